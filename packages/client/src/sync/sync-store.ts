/**
 * The port to what keeps the debt of sync: the buckets that are known to have more than is stored
 * here. Cursors are not in it; they live with the data that they cover.
 */
import type { BucketKey } from "@holdfast/protocol";

/** The server has this bucket up to `head`, as far as is known. */
export interface BucketDebt {
  readonly bucket: BucketKey;
  readonly epoch: string;
  readonly head: number;
}

/** Where debt is kept: what was promised by the server and is not here yet. */
export interface SyncStore {
  /** All debt of the account. What cannot be read is no debt: the next hello finds it again. */
  debts(): Promise<readonly BucketDebt[]>;
  /** Remembers `owed`, replacing by bucket, and forgets `paid`, in one transaction. */
  saveDebts(owed: readonly BucketDebt[], paid: readonly BucketKey[]): Promise<void>;
}
