/** All that is known of one bucket, and what follows from it. */
import type { BucketKey } from "@holdfast/protocol";
import type { Millis } from "../base/clock.ts";
import type { Cursor, SnapshotReason, UpdateBatch } from "./apply-updates.ts";
import type { BucketEffect, BucketTraits } from "./bucket-event.ts";
import type { BucketPhase, BucketState } from "./bucket-state.ts";
import { reach } from "./held-runs.ts";
import type { HeldRun } from "./held-runs.ts";
import type { SyncError } from "./sync-error.ts";
import type { SyncPolicy } from "./sync-policy.ts";

/** The one thing that a bucket does at a time. */
export type Work =
  | { readonly type: "read" }
  | { readonly type: "apply"; readonly batch: UpdateBatch; readonly runs: readonly HeldRun[] }
  | { readonly type: "fetch"; readonly from: Cursor }
  | { readonly type: "snapshot"; readonly deadline: Millis }
  | { readonly type: "commit"; readonly to: Cursor }
  /** What the app still stores for a life of this bucket that is over. */
  | { readonly type: "drain" };

export interface BucketModel {
  readonly bucket: BucketKey;
  /** Undefined: nobody wants it. */
  readonly traits: BucketTraits | undefined;
  /** The stored cursor was read. */
  readonly isRead: boolean;
  readonly cursor: Cursor | undefined;
  /** `asked` and `joined`: there may be pushes. `refused`: not in this session. */
  readonly link: "none" | "attached" | "asked" | "joined" | "refused";
  /** With what position this session was asked. */
  readonly asked: Cursor | undefined;
  /** The server's newest, as last told. Outlives the session. */
  readonly server: Cursor | undefined;
  /** Where this session began to push. */
  readonly joinedAt: Cursor | undefined;
  /** Up to where this session has pushed; undefined: not known, and anything may follow. */
  readonly pushedTo: Cursor | undefined;
  /** The server pushes nothing until a fetch has reached the head. */
  readonly isPaused: boolean;
  /** What is missing will not come by itself: fetch. */
  readonly isHurried: boolean;
  /** Updates do not lead on. */
  readonly reason: SnapshotReason | undefined;
  /** The last progress was a snapshot: a second one in a row is not made at once. */
  readonly isFreshSnapshot: boolean;
  readonly held: readonly HeldRun[];
  readonly work: Work | undefined;
  /** Rises with each work. */
  readonly workId: number;
  /** At the limiter. `spent`: it was used, and is given up next. */
  readonly turn: "none" | "queued" | "held" | "spent";
  /** When what is missing must have come; after that it is fetched. */
  readonly gapDeadline: Millis | undefined;
  /** Nothing is begun before. */
  readonly retryDeadline: Millis | undefined;
  /** In a row, without progress. */
  readonly failures: number;
  readonly error: SyncError | undefined;
}

export function closedModel(bucket: BucketKey, workId = 0): BucketModel {
  return {
    bucket,
    traits: undefined,
    isRead: false,
    cursor: undefined,
    link: "none",
    asked: undefined,
    server: undefined,
    joinedAt: undefined,
    pushedTo: undefined,
    isPaused: false,
    isHurried: false,
    reason: undefined,
    isFreshSnapshot: false,
    held: [],
    work: undefined,
    workId,
    turn: "none",
    gapDeadline: undefined,
    retryDeadline: undefined,
    failures: 0,
    error: undefined,
  };
}

/** Where the next update must begin: at the cursor, or at the start. Undefined: nowhere yet. */
export function baseOf({ cursor, traits, server }: BucketModel): Cursor | undefined {
  return cursor ?? (traits?.from === "start" && server ? { ...server, seq: 0 } : undefined);
}

/**
 * How far everything leads that is here, applied or not. Undefined: in the server's epoch, nowhere.
 */
export function reached(model: BucketModel): number | undefined {
  const { work, held, server } = model;
  const base = work?.type === "apply" ? work.batch.to : baseOf(model);
  return base && base.epoch === server?.epoch ? reach(held, base.seq) : undefined;
}

/** The server has more than is here. */
export function isMissing(model: BucketModel): boolean {
  const upTo = reached(model);
  return model.server !== undefined && (upTo === undefined || upTo < model.server.seq);
}

export function phaseOf(model: BucketModel): BucketPhase {
  const { error, isRead, link, work, reason, isPaused } = model;
  if (error && error.kind !== "fetchFailed") return "stopped";
  if (!model.traits || (isRead && link !== "joined")) return "waiting";
  if (!isRead) return "loading";
  const isOnItsWay = work?.type === "commit" || (work?.type === "apply" && !work.batch.isLive);
  return reason || isPaused || isOnItsWay || isMissing(model) ? "behind" : "live";
}

export function stateOf(model: BucketModel): BucketState {
  const { cursor, server, error } = model;
  const state = { phase: phaseOf(model), cursor, head: server?.seq };
  return error ? { ...state, error } : state;
}

/** Something is missing, and something is done about it. */
export function isCatchingUp(model: BucketModel): boolean {
  return phaseOf(model) === "behind" && model.retryDeadline === undefined;
}

/** The server told of more than is stored here, and it is not merely on its way in. */
export function isOwing(model: BucketModel): boolean {
  const { isRead, server, traits, reason } = model;
  if (!isRead || !server || phaseOf(model) === "live") return false;
  const base = baseOf(model);
  if (!base) return traits?.from === "snapshot";
  return reason !== undefined || base.epoch !== server.epoch || base.seq < server.seq;
}

/** The earliest moment at which an `alarm` would change something. */
export function nextDeadline({
  gapDeadline,
  retryDeadline,
  work,
}: BucketModel): Millis | undefined {
  const workDeadline = work?.type === "snapshot" ? work.deadline : undefined;
  const next = Math.min(
    gapDeadline ?? Infinity,
    retryDeadline ?? Infinity,
    workDeadline ?? Infinity,
  );
  return next < Infinity ? next : undefined;
}

type Draft = { -readonly [Key in keyof BucketModel]: BucketModel[Key] };

/** One step of a bucket: a draft of the next model, and what is to be done about it. */
export interface BucketTurn {
  readonly now: Millis;
  /** In [0, 1). */
  readonly random: number;
  readonly model: Draft;
  readonly effects: BucketEffect[];
  readonly policy: SyncPolicy;
}
