/**
 * The port to what keeps transactions over reloads and crashes. One store is one account's; several
 * client objects, in several tabs or processes, may share it. A record belongs to its owner, who
 * holds a lock while awake; only the owner sends it. Locks save work, they do not prove anything:
 * that nothing runs twice is the key's doing, at the server.
 */
import type { Cancel } from "../base/clock.ts";
import type { TransactionRecord } from "./transaction-record.ts";

/** One change of a `write`. */
export type TransactionChange =
  /** A record that is not there yet. */
  | { readonly type: "add"; readonly record: TransactionRecord }
  /** Replaces a record that is still its owner's. One that another has adopted stays as it is. */
  | { readonly type: "put"; readonly record: TransactionRecord }
  /** Removes it. `outcome` stays for `OUTCOME_KEPT_MS`, for whoever made the record. */
  | { readonly type: "remove"; readonly id: string; readonly outcome?: TransactionOutcome };

/** How a transaction ended, for an owner that slept meanwhile. */
export interface TransactionOutcome {
  readonly id: string;
  /** Epoch ms. */
  readonly endedAt: number;
  readonly phase: "done" | "failed" | "cancelled";
  readonly output?: unknown;
  /** Of a `TransactionError`; no text of it holds a payload but `data`, which is the server's. */
  readonly error?: { readonly kind: string; readonly code?: string; readonly data?: unknown };
}

/** How long outcomes of adopted records are kept, in ms: 24 h. */
export const OUTCOME_KEPT_MS = 86_400_000;

/** Something stored that cannot be read. It stays where it is, out of the way. */
export interface SetAside {
  readonly id: string;
  /** `corrupt`: not a record. `version`: of another version of this library. */
  readonly reason: "corrupt" | "version";
}

/** What a client found in the store, and now answers for. */
export interface Claim {
  /** The caller's records, those adopted included, in the order of the queue. */
  readonly records: readonly TransactionRecord[];
  /** What was found and cannot be read, told once a claim. */
  readonly setAside: readonly SetAside[];
  /** Ids of the records that were another owner's until this claim. */
  readonly adopted: readonly string[];
}

/** A rejection of any of these means that nothing was changed. */
export interface TransactionStore {
  /**
   * Takes the owner's lock, and every record whose owner's lock is free. Called at the start, after
   * a thaw, and now and then, to adopt what others left.
   */
  claim(owner: string): Promise<Claim>;
  /**
   * Makes all changes in one durable transaction, or none. Resolves with the ids of `put` and
   * `remove` that another owner has adopted meanwhile: those were left alone.
   */
  write(owner: string, changes: readonly TransactionChange[]): Promise<readonly string[]>;
  /**
   * How these ended, as far as that is kept. One of which nothing is kept, no record either, has
   * `failed`, without an `error`: it was forgotten.
   */
  outcomes(ids: readonly string[]): Promise<readonly TransactionOutcome[]>;
  /** Gives up the owner's lock at once, within this call: others may adopt what is left. */
  release(owner: string): void;
  /** Calls back when another client of this store may have changed something. */
  watch(changed: () => void): Cancel;
}
