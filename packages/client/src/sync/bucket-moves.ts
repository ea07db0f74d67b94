/** The moves that a bucket's events are made of. */
import type { Page, TooFarBehind, UpdateRun } from "@holdfast/protocol";
import type { Cursor } from "./apply-updates.ts";
import type { BucketEffect } from "./bucket-event.ts";
import { baseOf, isMissing } from "./bucket-model.ts";
import type { BucketTurn, Work } from "./bucket-model.ts";
import { bytesOf, held, isOverfull } from "./held-runs.ts";
import { SyncError } from "./sync-error.ts";
import { retryDelayMs } from "./sync-policy.ts";

/** Begins a work. What ran before is not waited for any more. */
export function start({ model, effects }: BucketTurn, work: Work, effect: BucketEffect): void {
  model.work = work;
  model.workId++;
  effects.push(effect);
}

/** Gives up the turn at the limiter, or the place in its queue. */
export function release({ model, effects }: BucketTurn): void {
  if (model.turn !== "none") effects.push({ type: "release" });
  model.turn = "none";
}

/** Lets some time pass before the next try: the one way out of whatever brings nothing. */
export function delay(turn: BucketTurn, atLeastMs = 0): void {
  const { model, policy, now, random } = turn;
  release(turn);
  const serverMs = Math.min(atLeastMs, policy.serverDelayMaxMs);
  model.retryDeadline = now + Math.max(retryDelayMs(model.failures++, random, policy), serverMs);
}

/** The work did not succeed. What it should have stored waits for the next try. */
export function fail(turn: BucketTurn, error: SyncError = noNews(), retryAfterMs?: number): void {
  const { model } = turn;
  putBack(model);
  model.work = undefined;
  model.error = error;
  delay(turn, retryAfterMs);
}

/** There was an answer, and it does not lead on. */
function noNews(): SyncError {
  return new SyncError("fetchFailed", {});
}

/** What was not stored after all is held again, unless it is of an epoch that is over. */
export function putBack(model: BucketTurn["model"]): void {
  if (model.work?.type !== "apply" || model.link !== "joined") return;
  const runs = model.work.runs.filter(({ run }) => run.epoch === model.server?.epoch);
  model.held = [...runs, ...model.held];
}

/** Ends what is no use without the session, or in another life of the bucket. */
export function abort(turn: BucketTurn): void {
  const { model, effects } = turn;
  if (model.work?.type === "fetch" || model.work?.type === "snapshot") {
    effects.push({ type: "abort" });
    model.work = undefined;
  }
  release(turn);
}

/** No more is heard of the bucket in this session, or there is none. */
export function leave(turn: BucketTurn, link: "none" | "refused"): void {
  const { model } = turn;
  abort(turn);
  model.link = link;
  model.held = [];
  model.isPaused = model.isHurried = model.isFreshSnapshot = false;
  model.asked = model.joinedAt = model.pushedTo = undefined;
  model.reason = model.gapDeadline = model.retryDeadline = undefined;
}

/** The server has the bucket up to `at`, by its latest word. Within an epoch it only grows. */
export function learn({ model }: BucketTurn, at: Cursor): void {
  if (model.server?.epoch !== at.epoch) {
    model.server = model.joinedAt = at;
    model.pushedTo = undefined;
    model.held = [];
  } else if (model.server.seq < at.seq) {
    model.server = at;
  }
}

/** A page has come. If it `decides` and ends at the head, the bucket is pushed from there. */
export function takePage(turn: BucketTurn, page: Page, decides: boolean): void {
  const { model } = turn;
  const { epoch, upTo, head } = page;
  learn(turn, { epoch, seq: head });
  if (decides) {
    model.isPaused = upTo < head;
    model.pushedTo = model.isPaused ? undefined : { epoch, seq: upTo };
  }
  model.held = held(model.held, { run: page, isLive: false, bytes: 0 });
}

/** Updates were pushed. Past what may be held, they go, and the log is asked for them instead. */
export function takePush(turn: BucketTurn, run: UpdateRun): void {
  const { model, policy } = turn;
  const isLive = !model.isPaused && !model.isHurried && !model.reason;
  const to = { epoch: run.epoch, seq: run.upTo };
  learn(turn, to);
  model.pushedTo = to;
  // What can be applied at once is not weighed.
  const isWaiting = model.held.length > 0 || model.work !== undefined;
  const bytes = isWaiting ? bytesOf(run.updates) : 0;
  model.held = held(model.held, { run, isLive, bytes });
  if (!isOverfull(model.held, policy)) return;
  model.held = [];
  model.isHurried = true;
}

/**
 * Updates alone do not lead from `asked` to the head. False if that is a place which we have left
 * meanwhile, by another tab's doing: it has to be asked again.
 */
export function fallBehind(turn: BucketTurn, answer: TooFarBehind, asked?: Cursor): boolean {
  const { model } = turn;
  const { epoch, head } = answer;
  learn(turn, { epoch, seq: head });
  const base = baseOf(model);
  // Of another epoch: that is seen from the cursor alone.
  if (base?.epoch !== epoch) return true;
  model.isHurried = true;
  if (asked?.epoch !== epoch || asked.seq !== base.seq) return false;
  model.reason = base.seq > head ? "aheadOfServer" : "tooFarBehind";
  if (base.seq > head) model.server = { epoch, seq: head };
  return true;
}

/** So much is stored. */
export function advance(turn: BucketTurn, to: Cursor | undefined): void {
  const { model } = turn;
  model.cursor = to;
  if (model.link !== "refused" && model.error?.kind !== "fetchFailed") model.error = undefined;
}

/**
 * Something else is stored than we thought, such as what another tab has stored meanwhile. From
 * there we go on at once if it is further, and after a delay if it is not.
 */
export function follow(turn: BucketTurn, moved: Cursor | undefined): void {
  const { model } = turn;
  const { cursor } = model;
  putBack(model);
  model.work = model.reason = undefined;
  advance(turn, moved);
  model.isHurried = model.held.length === 0 && isMissing(model);
  const isFurther = !cursor || (moved?.epoch === cursor.epoch && moved.seq > cursor.seq);
  if (!moved || !isFurther) delay(turn);
}
