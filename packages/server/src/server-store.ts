/**
 * The durable half of the server as a port: the log of each bucket, the results of keyed calls, and
 * the epoch, changed together in one transaction. Shaped so that one machine and many look alike:
 * every method may take a round trip, and commits of one tick may share one durable transaction.
 */
import type { BucketHead, BucketKey, Update } from "@holdfast/protocol";

import type { Cancel } from "./base/clock.ts";

/** Names a keyed call. */
export interface CallKey {
  readonly account: string;
  readonly key: string;
}

/** A keyed call, as it is compared with an earlier one of the same key. */
export interface KeyedCall extends CallKey {
  readonly method: string;
  /** A digest of the input, so that payloads need not be kept. */
  readonly inputHash: string;
}

/** What is known of a key. */
export type KeyedOutcome =
  | {
      readonly type: "result";
      readonly method: string;
      readonly inputHash: string;
      readonly output: unknown;
      /** Where the updates stand that the call appended, by bucket. */
      readonly at: Readonly<Record<BucketKey, number>>;
    }
  /** It was cancelled before it had its effect, and never will have it. */
  | { readonly type: "cancelled" };

/** An update in the log. */
export interface LogUpdate extends Update {
  /** Who appended it; together with `key`, for the author's own sessions. */
  readonly account?: string | undefined;
  /**
   * The same as it was stored. Present where `data` is what the application appended: an object of
   * its own, which it may have changed by the time somebody reads it.
   */
  stored?(): LogUpdate;
}

/** What a unit of work may do, within its transaction. */
export interface StoreTransaction<Db = unknown> {
  /** Appends to a bucket and returns its place. Throws when the transaction cannot go on. */
  append(
    bucket: BucketKey,
    data: unknown,
    at: number,
  ): { readonly epoch: string; readonly seq: number };
  /** Where a bucket ends, as this transaction sees it. */
  head(bucket: BucketKey): BucketHead;
  /** The store's own handle, for the application's tables. What it writes commits together. */
  readonly db: Db;
}

/** What is committed together. It may be run more than once, so it does nothing else. */
export interface CommitUnit<Db, Output> {
  /** The keyed call that it answers: the result row is written in the same transaction. */
  readonly call?: KeyedCall | undefined;
  /** Synchronous. What it throws undoes all it did, and rejects `commit`. */
  run(tx: StoreTransaction<Db>): Output;
}

/** What became of a unit of work. */
export type CommitOutcome<Output> =
  | {
      readonly type: "committed";
      readonly output: Output;
      readonly at: Readonly<Record<BucketKey, number>>;
    }
  /** The key is taken: nothing was run or changed, and this is what stands. */
  | { readonly type: "known"; readonly outcome: KeyedOutcome };

/** Where a bucket's log begins and ends. `oldest` is head + 1 when nothing is left of it. */
export interface LogRange extends BucketHead {
  readonly oldest: number;
}

/** Which page of a log is asked for. */
export interface ReadRequest {
  readonly bucket: BucketKey;
  /** The page begins right after it. */
  readonly after: number;
}

/** How much of the log a page may hold. At least one update, however large, if there is one. */
export interface ReadLimits {
  readonly updates: number;
  /** Of encoded data. */
  readonly bytes: number;
}

/**
 * A page of the log: gapless from `after` to `upTo`. Empty, with `upTo = after`, where it would
 * begin before `oldest` or at or past the head.
 */
export interface LogPage extends LogRange {
  readonly after: number;
  readonly upTo: number;
  readonly updates: readonly LogUpdate[];
}

/** What is kept of each bucket, and how long results of keyed calls are. */
export interface Retention {
  /** Updates older than this are forgotten, in ms. Infinity: none is for its age. */
  readonly updateAgeMs: number;
  /** So many of the newest updates of each bucket are kept: a whole number. Infinity: all. */
  readonly updatesMax: number;
  /** Results of keyed calls are kept so long, in ms. */
  readonly keyMs: number;
}

/** How long results of keyed calls are kept by default: longer than any client asks again, 48 h. */
export const KEY_RETENTION_MS = 172_800_000;

/** What those who watch a store hear. */
export type StoreNotice =
  /** These updates are durable. `updates` are gapless; their data is as it was appended. */
  | {
      readonly type: "committed";
      readonly bucket: BucketKey;
      readonly epoch: string;
      readonly after: number;
      readonly updates: readonly LogUpdate[];
    }
  /** Somebody else may have written: heads must be read anew. */
  | { readonly type: "doubt" };

/**
 * The port of a durable store. Ready-made: `memoryStore`, and `sqliteStore` of
 * `@holdfast/server/sqlite`.
 */
export interface ServerStore<Db = unknown> {
  /**
   * Runs the unit and commits it, together with others of this tick, each in a savepoint of its
   * own. Resolves when it is durable, after `watch` has heard of it.
   */
  commit<Output>(unit: CommitUnit<Db, Output>): Promise<CommitOutcome<Output>>;
  /** What is known of a key; undefined: nothing. */
  outcome(call: CallKey): Promise<KeyedOutcome | undefined>;
  /** Stores the key as cancelled, unless a result stands. Resolves with what stands then. */
  cancel(call: CallKey, now: number): Promise<KeyedOutcome>;
  /** Where the buckets begin and end, in the order asked. An unknown bucket is an empty one. */
  ranges(buckets: readonly BucketKey[]): Promise<readonly LogRange[]>;
  /** One page for each request, in the order asked. */
  read(requests: readonly ReadRequest[], limits: ReadLimits): Promise<readonly LogPage[]>;
  /** Forgets what is past its time, at most `rowsMax` rows; resolves with how many went. */
  trim(retention: Retention, now: number, rowsMax: number): Promise<number>;
  /** Hears of every commit, in the order of the log, and before `commit` resolves. */
  watch(listener: (notice: StoreNotice) => void): Cancel;
  /** Finishes what was asked, and lets go. Idempotent. */
  close(): Promise<void>;
}
