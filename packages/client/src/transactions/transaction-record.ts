/** A transaction as it is stored: everything that must survive a reload, and nothing else. */

/** The shape of this record. A stored record of another version is set aside, never deleted. */
export const RECORD_VERSION = 1;

/**
 * Where a stored transaction stands. `queued`: wants to run. `cancelling`: may have run, and the
 * user or its deadline no longer wants it; the server is asked.
 */
export type StoredPhase = "queued" | "cancelling";

/** A transaction as it is stored. */
export interface TransactionRecord {
  readonly recordVersion: number;
  /** 128 random bits in hexadecimal. It is the call's key at the server. */
  readonly id: string;
  /** The `instanceId` of the client object that sends it. */
  readonly owner: string;
  /** Rises from record to record of an account: the order of the queue. */
  readonly order: number;
  /** The definition's name, and the version of its input. */
  readonly name: string;
  readonly inputVersion: number;
  readonly method: string;
  /** What travels; a plain JSON value. */
  readonly input: unknown;
  /** Records of one lane go one after the other. Absent: no order. */
  readonly lane?: string | undefined;
  /** Ids of transactions that must be done first. One that is done is taken out. */
  readonly blockers: readonly string[];
  readonly phase: StoredPhase;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Epoch ms. Past it a record that was never sent fails, one that was sent is cancelled. */
  readonly deadlineAt: number;
  /** Epoch ms, shortly before the first sending. Absent: it was never sent, and cannot have run. */
  readonly sentAt?: number | undefined;
  /** Why it is `cancelling`. */
  readonly cancelledBy?: "user" | "deadline" | undefined;
  /** Failures so far that asked for another try. */
  readonly attempts: number;
  /** Sessions in a row that ended with a protocol violation while it was in flight. */
  readonly violations: number;
}
