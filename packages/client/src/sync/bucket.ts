/**
 * Every decision about one bucket: `step(model, event, stamp, policy)`, here and in the moves.
 *
 * Theory of operation. A bucket does one thing at a time, its *work*: it reads the cursor, lets the
 * app store something, fetches a page, or has the app make a snapshot. Events only change what is
 * known: the cursor, the server's head, what is held, whether updates still lead on. After each of
 * them, `settle` looks at all of that and begins what is to be done next, so that nothing hangs on
 * an event that came at the wrong moment. What comes from the server goes through one list, `held`,
 * in order of its numbers: what follows the cursor is stored, what is known is dropped, what is
 * ahead waits. A page and a push differ only in what they say about the server.
 *
 * Each round brings the cursor further, or ends in `delay`. The end of a work that is no longer
 * waited for changes nothing: see `workId`.
 */
import type { Cursor } from "./apply-updates.ts";
import type { BucketEffect, BucketEvent } from "./bucket-event.ts";
import { baseOf, closedModel, isMissing, reached } from "./bucket-model.ts";
import type { BucketModel, BucketTurn } from "./bucket-model.ts";
import { abort, advance, fail, fallBehind, follow, learn, leave } from "./bucket-moves.ts";
import { start, takePage, takePush } from "./bucket-moves.ts";
import { settle } from "./bucket-settling.ts";
import type { SyncPolicy } from "./sync-policy.ts";

/** What the driver stamps on each event: the machine reads no clock and rolls no dice. */
export type BucketStamp = Pick<BucketTurn, "now" | "random">;

export interface BucketStep {
  readonly model: BucketModel;
  readonly effects: readonly BucketEffect[];
}

/**
 * The next model and what to do about it. Pure and total: every event is answered in every state.
 */
export function step(
  model: BucketModel,
  event: BucketEvent,
  stamp: BucketStamp,
  policy: SyncPolicy,
): BucketStep {
  if (isStale(model, event)) return { model, effects: [] };
  const draft = { ...model };
  const { now, random } = stamp;
  const turn: BucketTurn = { now, random, model: draft, effects: [], policy };
  if ("workId" in event && model.work?.type === "drain") draft.work = undefined;
  else (EVENTS[event.type] as (turn: BucketTurn, event: BucketEvent) => void)(turn, event);
  if (draft.traits) settle(turn);
  return { model: draft, effects: turn.effects };
}

function isStale({ work, workId, traits }: BucketModel, event: BucketEvent): boolean {
  if ("workId" in event) return !work || event.workId !== workId;
  return !traits && event.type !== "opened";
}

type Handlers = {
  readonly [Type in BucketEvent["type"]]: (
    turn: BucketTurn,
    event: Extract<BucketEvent, { readonly type: Type }>,
  ) => void;
};

/** What each event does. */
const EVENTS: Handlers = {
  opened({ model }, { traits }) {
    model.traits = traits;
  },
  closed(turn) {
    const { model, effects } = turn;
    abort(turn);
    if (model.link === "asked" || model.link === "joined") effects.push({ type: "unsubscribe" });
    // What the app is storing cannot be taken back. The next life waits for it.
    const isStoring = model.work && model.work.type !== "read";
    Object.assign(model, closedModel(model.bucket, model.workId));
    if (isStoring) model.work = { type: "drain" };
  },
  attached({ model }) {
    model.link = "attached";
    model.failures = 0;
    // Another tab may have got further, by a way that this one does not know.
    if (model.error?.kind === "tooFarBehind") model.isRead = !model.traits?.isStored;
    if (model.error?.kind !== "applyFailed") model.error = undefined;
  },
  detached: (turn) => leave(turn, "none"),
  subscribed(turn, { head: { epoch, head } }) {
    const { model } = turn;
    const at: Cursor = { epoch, seq: head };
    // Asked again, a server tells its present head, and goes on as before; or it could not go on
    // without a gap, and goes on from there (PROTOCOL.md §3.2): the next push tells which.
    const isAgain = model.link === "joined" && model.server?.epoch === epoch;
    learn(turn, at);
    if (isAgain) {
      if (head > (model.pushedTo?.seq ?? head)) model.pushedTo = undefined;
      return;
    }
    model.link = "joined";
    if (model.error?.kind === "unsubscribed") model.error = undefined;
    model.server = model.joinedAt = model.pushedTo = at;
    model.isPaused = false;
    // Subscribed by the server's own will, without our position, no page comes unasked. And its
    // word may be older than our question, which does not prove that we are ahead of it.
    const isAhead = model.asked?.epoch === epoch && model.asked.seq > head;
    const canFetch = model.isRead && baseOf(model) !== undefined;
    model.isHurried = canFetch && (!model.asked || isAhead);
  },
  unsubscribed(turn, { error }) {
    leave(turn, "refused");
    turn.model.error = error;
  },
  paged: (turn, { page }) => takePage(turn, page, true),
  fellBehind(turn, { answer }) {
    fallBehind(turn, answer, turn.model.asked);
  },
  hinted(turn, { head: { epoch, head } }) {
    learn(turn, { epoch, seq: head });
    turn.model.isPaused = true;
    turn.model.pushedTo = undefined;
  },
  pushed: (turn, { run }) => takePush(turn, run),
  granted({ model }) {
    model.turn = "held";
  },
  cursorRead(turn, { cursor }) {
    const { model } = turn;
    model.work = undefined;
    model.isRead = true;
    model.cursor = cursor;
    model.error = undefined;
    model.failures = 0;
    model.isHurried = model.link === "joined" && baseOf(model) !== undefined;
  },
  committed(turn, { outcome }) {
    const { model, effects } = turn;
    const { work } = model;
    // For the next page, it is decided anew who comes first.
    if (model.turn === "held") model.turn = "spent";
    if (outcome) {
      follow(turn, outcome.moved);
    } else if (work?.type === "apply") {
      advance(turn, work.batch.to);
      model.failures = 0;
      model.isFreshSnapshot = false;
    } else if (work?.type === "commit") {
      advance(turn, work.to);
      model.reason = undefined;
      model.isFreshSnapshot = true;
      model.isHurried = isMissing(model);
    }
    model.work = undefined;
    const batch = work?.type === "apply" ? { batch: work.batch } : {};
    if (model.cursor) effects.push({ type: "tell", cursor: model.cursor, ...batch });
  },
  fetched(turn, { answer }) {
    const { model } = turn;
    const from = model.work?.type === "fetch" ? model.work.from : undefined;
    model.work = undefined;
    if (answer.type === "tooFarBehind") {
      if (!fallBehind(turn, answer, from)) fail(turn);
      return;
    }
    takePage(turn, answer, turn.model.isPaused);
    const upTo = reached(model);
    if (model.error?.kind === "fetchFailed") model.error = undefined;
    if (upTo !== undefined && upTo === from?.seq) {
      // Nothing new. If that is not all there is, asking at once would go in circles.
      if (isMissing(model)) fail(turn);
      else model.isHurried = false;
    }
  },
  snapshotTaken(turn, { snapshot }) {
    const { cursor, reason } = turn.model;
    const to = snapshot.cursor;
    const isOlder = cursor?.epoch === to.epoch && to.seq < cursor.seq;
    if (isOlder && reason !== "aheadOfServer") fail(turn);
    else start(turn, { type: "commit", to }, { type: "commit", snapshot, from: cursor });
  },
  failed: (turn, { error, retryAfterMs }) => fail(turn, error, retryAfterMs),
  alarm(turn) {
    const { model, now } = turn;
    const isDue = (deadline = Infinity): boolean => deadline <= now;
    if (isDue(model.gapDeadline)) model.isHurried = true;
    if (isDue(model.retryDeadline)) model.retryDeadline = undefined;
    if (model.work?.type === "snapshot" && isDue(model.work.deadline)) {
      turn.effects.push({ type: "abort" });
      fail(turn);
    }
  },
};
