/** The heartbeat's part of the model while the connection is open, and its deadlines. */
import type { Millis } from "../base/clock.ts";
import type { ConnectionModel } from "./connection-model.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";

/** A question to the peer that waits for any inbound frame. */
export interface PendingQuestion {
  /** `probe`: asked because we doubt, with a short deadline. */
  readonly kind: "ping" | "probe";
  readonly deadline: Millis;
  /** What waited to be written when it was asked: if it shrinks, the peer takes bytes: it lives. */
  readonly bufferedBytes: number;
  /** A probe whose alarm came late was given a second chance. */
  readonly isSecond: boolean;
}

export interface ConnectionHealth {
  readonly lastInboundAt: Millis;
  readonly lastPingAt: Millis;
  /** The number of the last ping; its pong carries it back. */
  readonly nonce: number;
  readonly pending?: PendingQuestion | undefined;
  /**
   * Until when a pong must come, since inbound traffic says nothing of our uplink; undefined when
   * none is due.
   */
  readonly ownPongBy?: Millis | undefined;
  /** Of the last ping, once its pong has come. */
  readonly roundTripMs?: Millis | undefined;
  /** The shortest and longest ping interval that the server bears. */
  readonly bounds: { readonly minMs: Millis; readonly maxMs: Millis };
}

export type HealthDeadline = "ping" | "pong" | "ownPong" | "probe";

export function beginHealth(now: Millis, bounds: ConnectionHealth["bounds"]): ConnectionHealth {
  return { lastInboundAt: now, lastPingAt: now, nonce: 0, bounds };
}

/** The monitor's pending deadlines. */
export function healthDeadlines(
  model: ConnectionModel,
  policy: ConnectionPolicy,
): Partial<Record<HealthDeadline, Millis>> {
  const { pending, ownPongBy } = model.health ?? {};
  return {
    ...(ownPongBy !== undefined && { ownPong: ownPongBy }),
    ...(pending
      ? { [pending.kind === "ping" ? "pong" : "probe"]: pending.deadline }
      : nextPing(model, policy)),
  };
}

/**
 * After some silence, and now and then under traffic. In the background, where it is kept, a
 * connection pings less.
 */
function nextPing(
  { health, constraints }: ConnectionModel,
  policy: ConnectionPolicy,
): { readonly ping?: Millis } {
  if (!health) return {};
  const { lastInboundAt, lastPingAt, bounds } = health;
  // Whatever the server says it bears: never before a probe would have its answer.
  const within = (ms: Millis): Millis =>
    Math.max(
      policy.probeMs,
      bounds.minMs,
      Math.min(bounds.maxMs, constraints.appActive ? ms : policy.slowPingMs),
    );
  const idleSince = Math.max(lastInboundAt, lastPingAt);
  return {
    ping: Math.min(idleSince + within(policy.idlePingMs), lastPingAt + within(policy.busyPingMs)),
  };
}
