/** The subscriptions of a session: asked, then live or gone. Every answer names its bucket. */
import type { BucketKey, BucketPosition } from "@holdfast/protocol";

import type { BucketVerdict } from "./server-session-event.ts";
import type { Subscription } from "./server-session-model.ts";
import { say } from "./server-session-turn.ts";
import type { Turn } from "./server-session-turn.ts";

type Table = Map<BucketKey, Subscription>;

/** To be written to. There may be many: they are copied once a turn, if one changes at all. */
function ownTable(turn: Turn): Table {
  if (!turn.ownTable || turn.ownTable !== turn.model.subscriptions) {
    turn.ownTable = new Map(turn.model.subscriptions);
    turn.model.subscriptions = turn.ownTable;
  }
  return turn.ownTable;
}

/**
 * Asks for the right to read. A bucket that is live already is announced again, one that is asked
 * for is not asked twice.
 */
export function subscribe(turn: Turn, positions: readonly BucketPosition[]): void {
  const { model } = turn;
  const asked: BucketKey[] = [];
  const askId = model.askId + 1;
  const honoured = model.capabilities.includes("log");
  for (const asks of positions) {
    const { bucket } = asks;
    const standing = model.subscriptions.get(bucket);
    if (standing?.isLive) {
      turn.effects.push({ type: "join", bucket });
    } else if (standing === undefined && isFull(turn)) {
      say(turn, { type: "unsubscribed", bucket, code: "limit" });
    } else if (standing === undefined) {
      const position = honoured && asks.after !== undefined ? asks : undefined;
      ownTable(turn).set(bucket, { isLive: false, askId, position });
      model.asking++;
      asked.push(bucket);
    }
  }
  if (asked.length === 0) return;
  model.askId = askId;
  turn.effects.push({ type: "authorize", askId, buckets: asked });
}

/** A question keeps its place until it has its answer, though the bucket was left meanwhile. */
function isFull({ model, policy }: Turn): boolean {
  const { subscriptions: max } = policy.limits;
  return model.subscriptions.size >= max || model.asking >= max;
}

/**
 * A verdict about a bucket that is no longer asked for changes nothing: nor does one that was asked
 * for before the right was taken away, or the bucket left, though it is asked for again.
 */
export function judge(turn: Turn, askId: number, verdicts: readonly BucketVerdict[]): void {
  turn.model.asking -= verdicts.length;
  for (const { bucket, code } of verdicts) {
    const standing = turn.model.subscriptions.get(bucket);
    if (!standing || standing.isLive || standing.askId !== askId) continue;
    if (code === undefined) {
      ownTable(turn).set(bucket, { isLive: true, askId });
      turn.effects.push({ type: "join", bucket, position: standing.position });
    } else {
      ownTable(turn).delete(bucket);
      say(turn, { type: "unsubscribed", bucket, code });
    }
  }
}

/** Answers every bucket, also one that was never subscribed: the client waits for the answer. */
export function unsubscribe(turn: Turn, buckets: readonly BucketKey[]): void {
  for (const bucket of buckets) {
    const standing = turn.model.subscriptions.get(bucket);
    if (standing?.isLive) turn.effects.push({ type: "leave", bucket });
    if (standing) ownTable(turn).delete(bucket);
    say(turn, { type: "unsubscribed", bucket });
  }
}

/** Takes a right away, also one that is just being asked for, or that a fetch is reading by. */
export function revoke(turn: Turn, bucket: BucketKey): void {
  turn.effects.push({ type: "leave", bucket });
  const standing = turn.model.subscriptions.get(bucket);
  if (standing === undefined) return;
  ownTable(turn).delete(bucket);
  say(turn, { type: "unsubscribed", bucket, code: "revoked" });
}
