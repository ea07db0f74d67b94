/** A transaction record for tests. */
import type { TransactionRecord } from "../../../src/transactions/transaction-record.ts";

export function sampleRecord(
  id: string,
  order: number,
  fields: Partial<TransactionRecord> = {},
): TransactionRecord {
  return {
    recordVersion: 1,
    id,
    owner: "tab1",
    order,
    name: "send",
    inputVersion: 1,
    method: "message.send",
    input: { text: `n${order}` },
    blockers: [],
    phase: "queued",
    createdAt: 1_800_000_000_000,
    deadlineAt: 1_800_086_400_000,
    attempts: 0,
    violations: 0,
    ...fields,
  };
}
