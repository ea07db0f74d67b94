/**
 * Every decision about transactions: `step(queue, event, stamp, policy)` brings the queue from one
 * state to the next and returns what is to be done about it. It reads no clock, rolls no dice and
 * awaits nothing: the same queue, event and stamp make the same effects.
 *
 * Theory of operation. An entry holds a record twice: as it should be stored, and as it is. An
 * event changes what should be; then three passes look at the whole, not at the event: what may go
 * is sent (`transaction-dispatch.ts`), what is not stored as it should be is written
 * (`transaction-saving.ts`), and phases that changed are told. So no edge can be missed, nothing is
 * sent before the store knows that it may have run, and nothing is told that a crash could undo.
 * What answers mean stands in `transaction-answer.ts`, what ends do to dependants in
 * `transaction-end.ts`, what several owners of one store do in `transaction-claim.ts`.
 */
import { answered } from "./transaction-answer.ts";
import { claimed, outcomesRead, waitForBlockers } from "./transaction-claim.ts";
import { dispatch } from "./transaction-dispatch.ts";
import { fail, finish, revoke } from "./transaction-end.ts";
import type { TransactionEffect, TransactionEvent, TransactionStamp } from "./transaction-event.ts";
import { joinLane } from "./transaction-lane.ts";
import {
  change,
  entryOf,
  hide,
  phaseOf,
  remind,
  show,
  type TransactionQueue,
  type Turn,
} from "./transaction-model.ts";
import type { TransactionPolicy } from "./transaction-policy.ts";
import { recovered, tendStore, troubled, writeFailed, written } from "./transaction-saving.ts";

/** Changes `queue` in place. Total: every event is answered in every state. */
export function step(
  queue: TransactionQueue,
  event: TransactionEvent,
  stamp: TransactionStamp,
  policy: TransactionPolicy,
): readonly TransactionEffect[] {
  const { now, wallNow, random } = stamp;
  const turn: Turn = {
    now,
    wallNow,
    random,
    queue,
    policy,
    effects: [],
    touched: new Set(),
  };
  (EVENTS[event.type] as (turn: Turn, event: TransactionEvent) => void)(turn, event);
  if (queue.alarmAt <= turn.now) review(turn);
  dispatch(turn);
  tendStore(turn);
  for (const entry of turn.touched) {
    const phase = phaseOf(entry);
    if (phase !== entry.phase) turn.effects.push({ type: "phase", id: entry.id, phase });
    entry.phase = phase;
  }
  return turn.effects;
}

type Rows = {
  readonly [Type in TransactionEvent["type"]]: (
    turn: Turn,
    event: Extract<TransactionEvent, { type: Type }>,
  ) => void;
};

/** What each event does. */
const EVENTS: Rows = {
  made(turn, { record, rules, hasFailedBlocker }) {
    const { queue, policy, wallNow } = turn;
    queue.lastOrder = Math.max(queue.lastOrder + 1, wallNow);
    const entry = entryOf({ ...record, order: queue.lastOrder }, undefined, rules, record.input);
    if (queue.entries.size >= policy.queueMax)
      return fail(turn, entry, "storeFailed", { code: "queueFull" });
    if (hasFailedBlocker) return fail(turn, entry, "blockerFailed");
    queue.entries.set(entry.id, entry);
    queue.dirty.add(entry);
    joinLane(turn, entry);
    show(turn, entry);
    waitForBlockers(turn, entry);
    remind(turn, turn.now + record.deadlineAt - wallNow);
  },
  cancelRequested(turn, { id }) {
    const entry = turn.queue.entries.get(id);
    if (entry) revoke(turn, entry, "user");
  },
  claimed(turn, claim) {
    recovered(turn);
    // A claim that ends in a frozen page has taken a lock that nobody may hold.
    if (turn.queue.isFrozen) turn.effects.push({ type: "release" });
    else claimed(turn, claim);
  },
  claimFailed(turn, { code }) {
    const { queue } = turn;
    queue.claimAt = troubled(turn, code);
    // A freeze gives up the lock that is being asked for: the claim after it decides.
    if (queue.isClaimed || queue.isFrozen || code === "closed") return;
    for (const entry of queue.entries.values())
      if (!entry.stored) fail(turn, entry, "storeFailed", { code });
  },
  written: (turn, { lost }) => written(turn, lost),
  writeFailed: (turn, { code }) => writeFailed(turn, code),
  outcomesRead(turn, { outcomes }) {
    recovered(turn);
    outcomesRead(turn, outcomes);
  },
  // The next claim asks again.
  outcomesFailed: (turn, { code }) => void troubled(turn, code),
  storeChanged(turn) {
    const { queue, policy, now } = turn;
    queue.claimAt = Math.min(queue.claimAt, Math.max(now, queue.claimedAt + policy.claimFloorMs));
    remind(turn, queue.claimAt);
  },
  sessionOpened({ queue, now }, { keyRetentionMs }) {
    queue.session = { keyRetentionMs };
    queue.alarmAt = now;
    for (const entry of queue.entries.values()) if (entry.waitsForSession) entry.notBefore = now;
  },
  sessionClosed(turn, { isViolation }) {
    const { queue, policy } = turn;
    queue.session = undefined;
    for (const entry of queue.flown) {
      const violations = isViolation ? entry.record.violations + 1 : 0;
      if (violations >= policy.violationsMax) fail(turn, entry, "poisoned");
      else if (violations !== entry.record.violations) change(turn, entry, { violations });
    }
    queue.flown.clear();
  },
  acked(turn, { id, sending }) {
    const entry = turn.queue.entries.get(id);
    if (entry?.call !== sending) return;
    entry.isAcked = true;
    turn.touched.add(entry);
  },
  answered,
  bucketReached(turn, { bucket, seq, keys }) {
    const { entries, awaiting } = turn.queue;
    for (const key of keys) {
      const entry = entries.get(key);
      if (entry) hide(turn, entry, false);
    }
    for (const entry of awaiting) {
      if ((entry.awaits.get(bucket) ?? Infinity) > seq) continue;
      entry.awaits.delete(bucket);
      finish(turn, entry);
    }
  },
  frozen({ queue, effects }) {
    queue.isFrozen = true;
    queue.isClaimed = false;
    effects.push({ type: "release" });
  },
  thawed({ queue, now }) {
    queue.isFrozen = false;
    queue.claimAt = now;
  },
  alarm: () => {},
};

/** Acts on what time alone has changed, and finds when it will next. */
function review(turn: Turn): void {
  const { queue, now, wallNow } = turn;
  queue.alarmAt = Infinity;
  remind(turn, queue.claimAt);
  remind(turn, queue.writeAt);
  for (const entry of queue.entries.values()) {
    const { deadlineAt } = entry.record;
    if (queue.awaiting.has(entry)) {
      if (entry.awaitsUntil <= now) entry.awaits.clear();
      remind(turn, entry.awaitsUntil);
      finish(turn, entry);
    } else if (deadlineAt <= wallNow) revoke(turn, entry, "deadline");
    else remind(turn, now + deadlineAt - wallNow);
    remind(turn, entry.notBefore);
  }
}
