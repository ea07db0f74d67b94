/** The subscriptions of a session: asked, then live or gone. Every answer names its bucket. */
import type { BucketKey, BucketPosition } from "@holdfast/protocol";

import type { BucketVerdict } from "./server-session-event.ts";
import type { Subscription } from "./server-session-model.ts";
import { say } from "./server-session-turn.ts";
import type { Turn } from "./server-session-turn.ts";

type Table = Map<BucketKey, Subscription>;

/**
 * Asks for the right to read. A bucket that is live already is announced again, one that is asked
 * for is not asked twice.
 */
export function subscribe(turn: Turn, positions: readonly BucketPosition[]): void {
  const table: Table = new Map(turn.model.subscriptions);
  const asked: BucketKey[] = [];
  const askId = turn.model.askId + 1;
  const honoured = turn.model.capabilities.includes("log");
  for (const asks of positions) {
    const { bucket } = asks;
    const standing = table.get(bucket);
    if (standing?.isLive) {
      turn.effects.push({ type: "join", bucket });
    } else if (standing === undefined && table.size >= turn.policy.limits.subscriptions) {
      say(turn, { type: "unsubscribed", bucket, code: "limit" });
    } else if (standing === undefined) {
      const position = honoured && asks.after !== undefined ? asks : undefined;
      table.set(bucket, { isLive: false, askId, position });
      asked.push(bucket);
    }
  }
  turn.model.subscriptions = table;
  if (asked.length === 0) return;
  turn.model.askId = askId;
  turn.effects.push({ type: "authorize", askId, buckets: asked });
}

/**
 * A verdict about a bucket that is no longer asked for changes nothing: nor does one that was asked
 * for before the right was taken away, or the bucket left, though it is asked for again.
 */
export function judge(turn: Turn, askId: number, verdicts: readonly BucketVerdict[]): void {
  const table: Table = new Map(turn.model.subscriptions);
  for (const { bucket, code } of verdicts) {
    const standing = table.get(bucket);
    if (!standing || standing.isLive || standing.askId !== askId) continue;
    if (code === undefined) {
      table.set(bucket, { isLive: true, askId });
      turn.effects.push({ type: "join", bucket, position: standing.position });
    } else {
      table.delete(bucket);
      say(turn, { type: "unsubscribed", bucket, code });
    }
  }
  turn.model.subscriptions = table;
}

/** Answers every bucket, also one that was never subscribed: the client waits for the answer. */
export function unsubscribe(turn: Turn, buckets: readonly BucketKey[]): void {
  const table: Table = new Map(turn.model.subscriptions);
  for (const bucket of buckets) {
    if (table.get(bucket)?.isLive) turn.effects.push({ type: "leave", bucket });
    table.delete(bucket);
    say(turn, { type: "unsubscribed", bucket });
  }
  turn.model.subscriptions = table;
}

/** Takes a right away, also one that is just being asked for, or that a fetch is reading by. */
export function revoke(turn: Turn, bucket: BucketKey): void {
  turn.effects.push({ type: "leave", bucket });
  const standing = turn.model.subscriptions.get(bucket);
  if (standing === undefined) return;
  const table: Table = new Map(turn.model.subscriptions);
  table.delete(bucket);
  turn.model.subscriptions = table;
  say(turn, { type: "unsubscribed", bucket, code: "revoked" });
}
