/** What can happen to a bucket, and what it can want done about it. */
import type { BucketHead, Page, TooFarBehind, UpdateRun } from "@holdfast/protocol";
import type {
  ApplyOutcome,
  Cursor,
  Snapshot,
  SnapshotReason,
  UpdateBatch,
} from "./apply-updates.ts";
import type { SyncError } from "./sync-error.ts";

/** What the bucket's hooks can do. */
export interface BucketTraits {
  readonly from: "start" | "snapshot" | "now";
  readonly canSnapshot: boolean;
  /** The cursor is stored by the app; otherwise it is kept here. */
  readonly isStored: boolean;
}

/** The end of what an effect began. Of one that is no longer waited for, it changes nothing. */
export type WorkEvent =
  | { readonly type: "cursorRead"; readonly cursor: Cursor | undefined }
  | { readonly type: "committed"; readonly outcome: ApplyOutcome }
  | { readonly type: "fetched"; readonly answer: Page | TooFarBehind }
  | { readonly type: "snapshotTaken"; readonly snapshot: Snapshot }
  | { readonly type: "failed"; readonly error: SyncError; readonly retryAfterMs?: number };

export type BucketEvent =
  | { readonly type: "opened"; readonly traits: BucketTraits }
  | { readonly type: "closed" }
  /** A session says hello, and may be asked for the bucket. */
  | { readonly type: "attached" }
  | { readonly type: "detached" }
  | { readonly type: "subscribed"; readonly head: BucketHead }
  | { readonly type: "unsubscribed"; readonly error: SyncError }
  /** Unasked, after `subscribed`. */
  | { readonly type: "paged"; readonly page: Page }
  | { readonly type: "fellBehind"; readonly answer: TooFarBehind }
  | { readonly type: "hinted"; readonly head: BucketHead }
  | { readonly type: "pushed"; readonly run: UpdateRun }
  /** The limiter gives its turn. */
  | { readonly type: "granted" }
  | { readonly type: "alarm" }
  | (WorkEvent & { readonly workId: number });

/**
 * What starts a work is answered by a `WorkEvent` with the model's `workId`, within the call or
 * later. A step starts one at most.
 */
export type BucketEffect =
  | { readonly type: "read" }
  | { readonly type: "apply"; readonly batch: UpdateBatch }
  | { readonly type: "fetch"; readonly from: Cursor }
  | { readonly type: "snapshot"; readonly reason: SnapshotReason }
  | {
      readonly type: "commit";
      readonly snapshot: Snapshot;
      readonly from: Cursor | undefined;
    }
  /** The fetch or snapshot that runs is no longer waited for. */
  | { readonly type: "abort" }
  | { readonly type: "subscribe"; readonly position: Cursor | undefined }
  | { readonly type: "unsubscribe" }
  /**
   * Asks the limiter for a turn, also for one more; gives up the turn, or the place in the queue.
   */
  | { readonly type: "queue" }
  | { readonly type: "release" }
  /** The cursor has moved, past these updates: tell who waits for some of them. */
  | { readonly type: "tell"; readonly cursor: Cursor; readonly batch?: UpdateBatch };
