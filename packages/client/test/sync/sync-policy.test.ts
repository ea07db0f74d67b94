/** The delays between tries. */
import { expect, test } from "vitest";

import { DEFAULT_SYNC_POLICY, retryDelayMs } from "../../src/sync/sync-policy.ts";

test.each([
  [0, 0, 1_000],
  [1, 0, 2_000],
  [4, 0, 16_000],
  [5, 0, 30_000],
  [2_000, 0, 30_000],
  [0, 0.5, 750],
  [5, 0.999, 15_015],
])("after %i failures, with the dice at %f: %i ms", (failures, random, ms) => {
  expect(retryDelayMs(failures, random, DEFAULT_SYNC_POLICY)).toBeCloseTo(ms);
});

test("who wants no delays has none, after any number of failures", () => {
  const policy = { ...DEFAULT_SYNC_POLICY, retryMinMs: 0 };
  expect([0, 2_000].map((failures) => retryDelayMs(failures, 0.5, policy))).toEqual([0, 0]);
});
