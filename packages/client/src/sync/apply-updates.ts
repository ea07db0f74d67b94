/** The app's side of sync: how it takes in updates, and a snapshot where updates no longer help. */
import type { BucketKey, Update } from "@holdfast/protocol";

/** Up to where a bucket is known: everything of `epoch` up to and including `seq`. */
export interface Cursor {
  readonly epoch: string;
  readonly seq: number;
}

/** A contiguous run of updates, to be stored together with the cursor that it leads to. */
export interface UpdateBatch<Data = unknown> {
  readonly bucket: BucketKey;
  /** What must be stored now; undefined: nothing yet. If something else is, the batch is stale. */
  readonly from: Cursor | undefined;
  readonly to: Cursor;
  /** In order. Numbers that are not there are skips: the viewer may not see them. May be empty. */
  readonly updates: readonly (Update & { readonly data: Data })[];
  /** False while catching up: what it brings is old, and deserves no sound and no notification. */
  readonly isLive: boolean;
}

/**
 * Nothing, or whatever has no `moved`: data and cursor are stored, both. `moved`: the stored cursor
 * is this, not `from`, for example because another tab was faster, or undefined, because the data
 * was deleted; nothing was changed.
 */
export type ApplyOutcome = void | { readonly moved: Cursor | undefined };

/** Why a snapshot is needed. */
export type SnapshotReason = "noCursor" | "tooFarBehind" | "newEpoch" | "aheadOfServer";

/** For which bucket a snapshot is wanted, and why. */
export interface SnapshotContext {
  readonly bucket: BucketKey;
  readonly reason: SnapshotReason;
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** The state of a bucket as of `cursor`: both were read in one transaction of the server. */
export interface Snapshot {
  readonly cursor: Cursor;
  /** Replaces what is stored by the snapshot and its cursor, together. */
  commit(from: Cursor | undefined): ApplyOutcome | Promise<ApplyOutcome>;
}

/** What an app knows to do with the buckets of a kind. */
export interface BucketHooks<Data = unknown> {
  /**
   * The stored cursor; undefined: none. One whose `epoch` is no name or whose `seq` is no whole
   * number from 0 on stops the bucket with `applyFailed`. Default: kept in memory, which suits apps
   * that show updates and store nothing.
   */
  cursor?(bucket: BucketKey): Cursor | undefined | Promise<Cursor | undefined>;
  /**
   * Stores updates and the new cursor, both or neither. What it throws stops the bucket with
   * `applyFailed`; it is tried again later, and nothing is passed over.
   */
  apply(batch: UpdateBatch<Data>): ApplyOutcome | Promise<ApplyOutcome>;
  /** Fetches the state of the bucket, usually by a call. Without it such a bucket stops. */
  snapshot?(context: SnapshotContext): Promise<Snapshot>;
  /**
   * Where to begin without a cursor. Default `"start"`, or `"snapshot"` where there is the hook.
   */
  readonly from?: "start" | "snapshot" | "now";
}
