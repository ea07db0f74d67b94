import { expect, test } from "vitest";

import type { CallKey, KeyedOutcome } from "../../src/server-store.ts";
import { KeyLookups } from "../../src/stores/key-lookups.ts";

const ADA = { account: "ada", key: "1" };
const CANCELLED: KeyedOutcome = { type: "cancelled" };

/** Lookups of keys that are all cancelled, but for "none", and "broken", which cannot be read. */
function lookups(begin = (): void => {}): { keys: KeyLookups; reads: string[][] } {
  const reads: string[][] = [];
  const keys = new KeyLookups({
    reading(task) {
      begin();
      reads.push([]);
      return task();
    },
    outcome({ key }: CallKey) {
      reads.at(-1)?.push(key);
      if (key === "broken") throw new Error("a payload");
      return key === "none" ? undefined : CANCELLED;
    },
  });
  return { keys, reads };
}

test("the keys of a frame are looked up in one transaction, each for whom it concerns", async () => {
  const { keys, reads } = lookups();
  const asked = ["1", "none", "2"].map((key) => keys.find({ ...ADA, key }));
  expect(reads).toEqual([]);
  expect(await Promise.all(asked)).toEqual([CANCELLED, undefined, CANCELLED]);
  expect(reads).toEqual([["1", "none", "2"]]);
  await keys.find(ADA);
  expect(reads).toHaveLength(2);
});

test("a key that cannot be read keeps nobody from the others", async () => {
  const { keys } = lookups();
  const [broken, other] = [keys.find({ ...ADA, key: "broken" }), keys.find(ADA)];
  await expect(broken).rejects.toMatchObject({ name: "StoreError", code: "failed" });
  expect(await other).toBe(CANCELLED);
});

test("where no transaction can begin, everybody hears why, and the next ones are tried", async () => {
  let fault: Error | undefined = new Error("busy");
  const { keys } = lookups(() => {
    if (fault) throw fault;
  });
  const asked = [keys.find(ADA), keys.find(ADA)];
  for (const one of asked) await expect(one).rejects.toBe(fault);
  fault = undefined;
  expect(await keys.find(ADA)).toBe(CANCELLED);
});
