import { bucket, defineContract } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import { BucketGate } from "../src/bucket-gate.ts";
import type { BucketRulesOf } from "../src/bucket-gate.ts";

const contract = defineContract({ buckets: { room: bucket(), toString: bucket() } });
const viewer = { account: "ada", accountData: undefined, sessionId: "s1" };

async function ask(authorize: () => unknown, key = "room:1"): Promise<[unknown, unknown[]]> {
  const errors: unknown[] = [];
  const rules = { room: { authorize } } as unknown as BucketRulesOf<typeof contract>;
  const gate = new BucketGate(contract, rules, (error) => errors.push(error));
  return [await gate.ask(viewer, key), errors];
}
const denied = { bucket: "room:1", code: "denied" };

describe("a bucket may be read", () => {
  test("if the application says true, at once or later", async () => {
    expect(await ask(() => true)).toEqual([{ bucket: "room:1" }, []]);
    expect(await ask(async () => await Promise.resolve(true))).toEqual([{ bucket: "room:1" }, []]);
  });

  test.each([false, 1, "yes", {}, undefined, null])("but not if it says %j", async (answer) => {
    expect((await ask(async () => await Promise.resolve(answer)))[0]).toEqual(denied);
    expect((await ask(() => answer))[0]).toEqual(denied);
  });

  test("but not if it throws, which is reported", async () => {
    const broken = new Error("no database");
    const throws = (): never => {
      throw broken;
    };
    expect(await ask(throws)).toEqual([denied, [broken]]);
    expect(await ask(async () => await Promise.reject(broken))).toEqual([denied, [broken]]);
  });

  test("but not if its kind has no rule, or does not exist", async () => {
    expect((await ask(() => true, "toString"))[0]).toEqual({ bucket: "toString", code: "denied" });
    expect((await ask(() => true, "hall:1"))[0]).toEqual({ bucket: "hall:1", code: "gone" });
    expect((await ask(() => true, "valueOf"))[0]).toEqual({ bucket: "valueOf", code: "gone" });
  });
});

describe("an update may be seen", () => {
  const update = { seq: 1, at: 1, data: "secret" };
  const see = (visible: () => unknown): [boolean | undefined, unknown[]] => {
    const errors: unknown[] = [];
    const rules = { room: { authorize: () => true, visible } } as unknown as BucketRulesOf<
      typeof contract
    >;
    const gate = new BucketGate(contract, rules, (error) => errors.push(error));
    return [gate.sight("room:1", () => viewer)?.(update), errors];
  };

  test("if the application says true", () => {
    expect(see(() => true)).toEqual([true, []]);
  });

  test.each([false, 1, "yes", Promise.resolve(true), undefined])(
    "but not if it says %j",
    (answer) => {
      expect(see(() => answer)).toEqual([false, []]);
    },
  );

  test("but not if it throws, which is reported without the update", () => {
    const [isSeen, errors] = see(() => {
      throw new Error("bug");
    });
    expect([isSeen, errors]).toEqual([false, [new Error("bug")]]);
  });

  test("by everybody who may read, where there is no such rule", () => {
    const gate = new BucketGate(contract, { room: { authorize: () => true } }, () => undefined);
    expect(gate.sight("room:1", () => viewer)).toBeUndefined();
    expect(gate.sight("toString", () => viewer)).toBeUndefined();
  });
});
