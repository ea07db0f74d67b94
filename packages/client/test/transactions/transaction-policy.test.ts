import { expect, test } from "vitest";

import {
  DEFAULT_TRANSACTION_POLICY,
  retryDelayMs,
} from "../../src/transactions/transaction-policy.ts";

test.each([
  [1, 750, 1_250],
  [2, 1_500, 2_500],
  [5, 12_000, 20_000],
  [6, 22_500, 37_500],
  [60, 22_500, 37_500],
])("wait number %i is from %i to %i ms", (count, least, most) => {
  const delay = (random: number): number => retryDelayMs(DEFAULT_TRANSACTION_POLICY, count, random);
  expect([delay(0), delay(1)]).toEqual([least, most]);
});

test("who wants no waits has none, after any number of tries", () => {
  const policy = { ...DEFAULT_TRANSACTION_POLICY, retryMs: 0 };
  expect([1, 2_000].map((count) => retryDelayMs(policy, count, 0.5))).toEqual([0, 0]);
});
