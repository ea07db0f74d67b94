import { RealtimeError } from "@holdfast/client";
import { expect, test } from "vitest";

import {
  TransactionError,
  type TransactionErrorKind,
} from "../../src/transactions/transaction-error.ts";

test.each<readonly [TransactionErrorKind, boolean, boolean]>([
  ["rejected", false, false],
  ["timedOut", true, false],
  ["cancelled", false, false],
  ["outcomeUnknown", false, true],
  ["poisoned", false, true],
  ["blockerFailed", true, false],
  ["storeFailed", true, false],
  ["closed", false, true],
])("%s: to be made anew %s, may have run %s", (kind, retryable, mayHaveRun) => {
  const error = new TransactionError(kind, { code: "c", data: 1 });
  expect(error).toMatchObject({ name: "TransactionError", kind, code: "c", data: 1 });
  expect([error.retryable, error.mayHaveRun, error.message]).toEqual([retryable, mayHaveRun, kind]);
  expect(error).toBeInstanceOf(RealtimeError);
});
