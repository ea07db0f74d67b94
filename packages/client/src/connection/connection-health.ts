/**
 * The heartbeat's part of the model while the connection is open, and when it pings next. Its other
 * deadlines stand with all others: `pong` and `probe` wait for any inbound frame, `ownPong` for the
 * pong of a ping, since inbound traffic says nothing of our uplink.
 */
import type { Millis } from "../base/clock.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";

export interface ConnectionHealth {
  readonly lastInboundAt: Millis;
  readonly lastPingAt: Millis;
  /** The number of the last ping; its pong carries it back. */
  readonly nonce: number;
  /**
   * What waited to be written at the last question: if it shrinks, the peer takes bytes: it lives.
   */
  readonly bufferedBytes: number;
  /** The last question is a second probe, since the alarm of the first came late. */
  readonly isSecond: boolean;
  /** Of the last ping, once its pong has come. */
  readonly roundTripMs?: Millis | undefined;
  /** The shortest and longest ping interval that the server bears. */
  readonly bounds: { readonly minMs: Millis; readonly maxMs: Millis };
}

/**
 * A question to the peer that waits for any inbound frame. `probe`: asked because we doubt, with a
 * short deadline.
 */
export type Question = "pong" | "probe";
export type HealthDeadline = Question | "ping" | "ownPong";

export function beginHealth(now: Millis, bounds: ConnectionHealth["bounds"]): ConnectionHealth {
  return {
    lastInboundAt: now,
    lastPingAt: now,
    nonce: 0,
    bufferedBytes: 0,
    isSecond: false,
    roundTripMs: undefined,
    bounds,
  };
}

/**
 * After some silence, and now and then under traffic. In the background, where it is kept, a
 * connection pings less.
 */
export function nextPing(
  { lastInboundAt, lastPingAt, bounds }: ConnectionHealth,
  appActive: boolean,
  policy: ConnectionPolicy,
): Millis {
  // Whatever the server says it bears: never before a probe would have its answer, and never less
  // than in the background, or nobody would notice a dead path.
  const within = (ms: Millis): Millis =>
    Math.max(
      policy.probeMs,
      Math.min(bounds.minMs, policy.slowPingMs),
      Math.min(bounds.maxMs, appActive ? ms : policy.slowPingMs),
    );
  const idleSince = Math.max(lastInboundAt, lastPingAt);
  return Math.min(idleSince + within(policy.idlePingMs), lastPingAt + within(policy.busyPingMs));
}
