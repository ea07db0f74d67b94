/** What of the updates that came may be applied, and what has to wait. */
import { describe, expect, test } from "vitest";

import {
  bytesOf,
  held,
  isOverfull,
  reach,
  take,
  unknownOf,
  type HeldRun,
} from "../../src/sync/held-runs.ts";
import { DEFAULT_SYNC_POLICY } from "../../src/sync/sync-policy.ts";
import { run } from "./support/bucket-places.ts";

const one = (after: number, upTo: number, isLive = true, bytes = 10): HeldRun => ({
  run: run(after, upTo),
  isLive,
  bytes,
});
const places = (runs: readonly HeldRun[]): string =>
  runs.map(({ run: { after, upTo } }) => `${after}-${upTo}`).join(" ");
const holding = (...runs: HeldRun[]): readonly HeldRun[] =>
  runs.reduce<readonly HeldRun[]>((all, next) => held(all, next), []);

test("runs are held in the order of their numbers, however they came", () => {
  expect(places(holding(one(7, 8), one(5, 6), one(9, 9), one(5, 7)))).toBe("5-6 5-7 7-8 9-9");
});

test.each([
  ["nothing", holding(), 5],
  ["what follows", holding(one(5, 6), one(6, 9)), 9],
  ["what overlaps", holding(one(3, 7), one(6, 9)), 9],
  ["only up to the gap", holding(one(5, 6), one(7, 9)), 6],
  ["not back to what is known", holding(one(1, 3)), 5],
])("from 5, %s leads on", (_, runs, to) => {
  expect(reach(runs, 5)).toBe(to);
});

test("what is known is dropped, the rest stays the same list", () => {
  const news = holding(one(5, 6), one(7, 9));
  expect(unknownOf(news, 5)).toBe(news);
  expect(places(unknownOf(news, 6))).toBe("7-9");
});

describe("what is taken", () => {
  test("a run that follows is handed over as it is, without a copy", () => {
    const only = one(5, 8);
    const taken = take(holding(only), 5);
    expect(taken?.updates).toBe(only.run.updates);
    expect(taken).toMatchObject({ upTo: 8, isLive: true });
  });

  test("several that follow are taken in one go", () => {
    const taken = take(holding(one(5, 6), one(6, 8), one(9, 10)), 5);
    expect(taken?.updates.map(({ seq }) => seq)).toEqual([6, 7, 8]);
    expect(taken?.upTo).toBe(8);
    expect(taken && places(taken.runs)).toBe("5-6 6-8");
  });

  test("what is live and what is not are taken apart", () => {
    const taken = take(holding(one(5, 6, false), one(6, 7, true)), 5);
    expect(taken).toMatchObject({ upTo: 6, isLive: false });
  });

  test("the known part of one that overlaps is dropped (B36)", () => {
    const taken = take(holding(one(2, 7), one(6, 8)), 5);
    expect(taken?.updates.map(({ seq }) => seq)).toEqual([6, 7, 8]);
  });

  test("one that is known as a whole is passed over", () => {
    expect(take(holding(one(2, 4), one(5, 5)), 5)).toBeUndefined();
    expect(take(holding(one(2, 4), one(5, 6)), 5)?.upTo).toBe(6);
  });

  test("nothing is taken beyond a gap", () => {
    expect(take(holding(one(6, 7)), 5)).toBeUndefined();
  });

  test("numbers that are skipped are passed without updates", () => {
    const hidden = { ...one(5, 8), run: { ...run(5, 8), updates: [], skipped: [[6, 8]] as const } };
    expect(take([hidden], 5)).toMatchObject({ upTo: 8, updates: [] });
  });
});

describe("how much is held", () => {
  const policy = { ...DEFAULT_SYNC_POLICY, heldUpdatesMax: 4, heldBytesMax: 100 };

  test("as many updates as may be, and not one more", () => {
    expect(isOverfull(holding(one(5, 7), one(8, 10)), policy)).toBe(false);
    expect(isOverfull(holding(one(5, 7), one(8, 11)), policy)).toBe(true);
  });

  test("as many bytes as may be, and not one more", () => {
    expect(isOverfull(holding(one(5, 6, true, 50), one(8, 9, true, 50)), policy)).toBe(false);
    expect(isOverfull(holding(one(5, 6, true, 50), one(8, 9, true, 51)), policy)).toBe(true);
  });

  test("one alone may be of any size", () => {
    expect(isOverfull(holding(one(5, 99, true, 5_000)), policy)).toBe(false);
  });

  test.each([
    ["a number", 7, 16],
    ["nothing", null, 16],
    ["a text", "abcd", 20],
    ["bytes", new Uint8Array(100), 116],
    ["a list", [1, 2], 50],
    ["an object", { name: "abcd" }, 40],
    ["a number that JSON has not", 7n, 16],
  ])("%s is weighed", (_, value, bytes) => {
    expect(bytesOf(value)).toBe(bytes);
  });
});
