/**
 * From what is known of a bucket to what is done next: whether updates lead on, whether something
 * is missing, and the one work that is begun.
 */
import type { Cursor } from "./apply-updates.ts";
import { baseOf, isMissing, reached } from "./bucket-model.ts";
import type { BucketModel, BucketTurn } from "./bucket-model.ts";
import { delay, release, start } from "./bucket-moves.ts";
import { take, unknownOf } from "./held-runs.ts";
import { SyncError } from "./sync-error.ts";

/** Brings the bucket to what its knowledge asks for. */
export function settle(turn: BucketTurn): void {
  const { model, effects } = turn;
  if (model.isRead && model.link === "attached") {
    model.link = "asked";
    model.asked = model.cursor;
    effects.push({ type: "subscribe", position: model.cursor });
  }
  if (model.isRead && model.link === "joined") judge(turn);
  if (!model.work) begin(turn);
}

/** Do updates lead on? Is something missing, and will it come by itself? */
function judge(turn: BucketTurn): void {
  const { model, policy, now } = turn;
  const { cursor, server, traits } = model;
  if (!cursor && traits?.from === "snapshot") model.reason ??= "noCursor";
  if (cursor && cursor.epoch !== server?.epoch) model.reason = "newEpoch";
  if (model.reason && !traits?.canSnapshot) {
    if (model.error?.kind !== "tooFarBehind") model.error = new SyncError("tooFarBehind", {});
    model.held = [];
  }
  const base = baseOf(model);
  if (model.reason || !base) {
    model.gapDeadline = undefined;
    return;
  }
  model.held = unknownOf(model.held, base.seq);
  const isGap = isMissing(model);
  if (!isGap) model.gapDeadline = undefined;
  else model.gapDeadline ??= now + (model.held.length > 0 ? policy.holdMs : policy.firstPageMs);
  if (reached(model) === server?.seq) model.isHurried = false;
  if (model.isPaused || model.isHurried) {
    // What is pushed before it is there is held behind a fetch.
    model.gapDeadline = undefined;
    if (model.held.some(({ isLive }) => isLive)) {
      model.held = model.held.map((one) => ({ ...one, isLive: false }));
    }
  } else if (!isGap && model.error?.kind === "fetchFailed") {
    // It came by itself.
    model.error = model.retryDeadline = undefined;
  }
}

/** Begins the next work, if there is any to be done. */
function begin(turn: BucketTurn): void {
  const { model } = turn;
  const isDelayed = model.retryDeadline !== undefined;
  if (!model.isRead) {
    if (!isDelayed) start(turn, { type: "read" }, { type: "read" });
    return;
  }
  if (model.link !== "joined") return;
  // A fetch that failed does not keep anybody from storing what comes.
  const canStore = !model.reason && (!isDelayed || model.error?.kind === "fetchFailed");
  if ((canStore && apply(turn)) || isDelayed) return;
  const from = model.reason ? undefined : fetchFrom(model);
  const isSnapshot = model.reason && model.traits?.canSnapshot;
  if (!from && !isSnapshot) return release(turn);
  if (isSnapshot && model.isFreshSnapshot) {
    model.isFreshSnapshot = false;
    delay(turn);
  } else if (model.turn === "none" || model.turn === "spent") {
    model.turn = "queued";
    turn.effects.push({ type: "queue" });
  } else if (model.turn === "held") {
    if (model.reason) makeSnapshot(turn);
    else if (from) start(turn, { type: "fetch", from }, { type: "fetch", from });
  }
}

function makeSnapshot(turn: BucketTurn): void {
  const { reason } = turn.model;
  const deadline = turn.now + turn.policy.snapshotMs;
  if (reason) start(turn, { type: "snapshot", deadline }, { type: "snapshot", reason });
}

/** Lets the app store what follows the cursor. Did it? */
function apply(turn: BucketTurn): boolean {
  const { bucket, cursor, held, traits, joinedAt } = turn.model;
  const base = baseOf(turn.model);
  const taken = base && held[0]?.run.epoch === base.epoch ? take(held, base.seq) : undefined;
  // From now on: what is stored first is the place, without any update.
  const place = !base && traits?.from === "now" ? joinedAt : undefined;
  const to = taken && base ? { epoch: base.epoch, seq: taken.upTo } : place;
  if (!to) return false;
  const { updates = [], isLive = false, runs = [] } = taken ?? {};
  turn.model.held = unknownOf(held, to.seq);
  const batch = { bucket, from: cursor, to, updates, isLive };
  start(turn, { type: "apply", batch, runs }, { type: "apply", batch });
  return true;
}

/** What a fetch must come after, if there is one to be made. */
function fetchFrom(model: BucketModel): Cursor | undefined {
  const { isPaused, isHurried, server } = model;
  const upTo = reached(model);
  const isDue = upTo !== undefined && (isPaused || (isHurried && upTo !== server?.seq));
  return isDue ? baseOf(model) : undefined;
}
