/**
 * Is the open connection alive? Pure: pings, probes, their deadlines and the round-trip time, as data that the connection
 * model carries while it is open. What a verdict leads to is the machine's business.
 *
 * Any inbound frame is life (L24). Besides, each ping wants its own pong within a longer time, since inbound traffic says
 * nothing about our uplink. An alarm that comes late says more about us than about the peer: it probes before it condemns.
 */
import type { Millis } from "../base/clock.ts";
import type { Vitals } from "./connection-effect.ts";
import type { NetworkQuality } from "./connection-event.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";

/** A question to the peer that waits for any inbound frame. */
export interface PendingQuestion {
  /** `probe`: asked because we doubt, with a short deadline. */
  readonly kind: "ping" | "probe";
  readonly deadline: Millis;
  /** What waited to be written when it was asked: if this shrinks, the peer takes bytes and is alive. */
  readonly bufferedBytes: number;
  /** A probe whose alarm came late was given a second chance. */
  readonly isSecond: boolean;
}

export interface ConnectionHealth {
  readonly lastInboundAt: Millis;
  readonly lastPingAt: Millis;
  /** The number of the last ping; its pong carries it back. */
  readonly nonce: number;
  readonly pending: PendingQuestion | undefined;
  /** Until when a pong must come, since inbound traffic says nothing of our uplink; undefined when none is due. */
  readonly ownPongBy: Millis | undefined;
  /** Of the last ping, once its pong has come. */
  readonly roundTripMs: Millis | undefined;
  /** The shortest and longest ping interval that the server bears. */
  readonly bounds: { readonly minMs: Millis; readonly maxMs: Millis };
}

export type HealthDeadline = "ping" | "pong" | "ownPong" | "probe";

/** What the world looks like to the monitor. */
export interface HealthView {
  readonly now: Millis;
  readonly vitals: Vitals;
  readonly quality: NetworkQuality;
  /** The app is in the background: ping less. */
  readonly quiet: boolean;
}

/** `ask` sends a ping with the health's nonce; `dead` ends the session; `fine` goes on. */
export type HealthStep = { readonly health: ConnectionHealth; readonly verdict: "fine" | "ask" | "pingTimeout" | "probeFailed" };

export function beginHealth(now: Millis, bounds: ConnectionHealth["bounds"]): ConnectionHealth {
  const nothingAsked = { nonce: 0, pending: undefined, ownPongBy: undefined, roundTripMs: undefined };
  return { ...nothingAsked, lastInboundAt: now, lastPingAt: now, bounds };
}

/** The monitor's pending deadlines. */
export function healthDeadlines(
  health: ConnectionHealth,
  quiet: boolean,
  policy: ConnectionPolicy,
): Partial<Record<HealthDeadline, Millis>> {
  const { pending, ownPongBy } = health;
  return {
    ...(ownPongBy !== undefined && { ownPong: ownPongBy }),
    ...(pending
      ? { [pending.kind === "ping" ? "pong" : "probe"]: pending.deadline }
      : { ping: nextPingAt(health, quiet, policy) }),
  };
}

function nextPingAt(health: ConnectionHealth, quiet: boolean, policy: ConnectionPolicy): Millis {
  const { lastInboundAt, lastPingAt, bounds } = health;
  const borne = (ms: Millis): Millis => Math.max(bounds.minMs, Math.min(bounds.maxMs, ms));
  const idleAt = Math.max(lastInboundAt, lastPingAt) + borne(quiet ? policy.slowPingMs : policy.idlePingMs);
  const busyAt = lastPingAt + borne(quiet ? policy.slowPingMs : policy.busyPingMs);
  return Math.min(idleAt, busyAt);
}

/** Any inbound frame. */
export function heard(health: ConnectionHealth, now: Millis): ConnectionHealth {
  return { ...health, lastInboundAt: now, pending: undefined };
}

/** A pong: life; of the last ping, also proof of the uplink and a measure. An older one earns the uplink more time. */
export function answered(health: ConnectionHealth, nonce: number, view: HealthView, policy: ConnectionPolicy): ConnectionHealth {
  const alive = heard(health, view.now);
  if (health.ownPongBy === undefined || nonce > health.nonce) return alive;
  if (nonce < health.nonce) return { ...alive, ownPongBy: view.now + ownPatience(view, policy) };
  return { ...alive, ownPongBy: undefined, roundTripMs: view.now - health.lastPingAt };
}

/** Asks at once, because something made us doubt. A probe that already runs goes on: bursts of doubt are one (B10). */
export function probe(health: ConnectionHealth, view: HealthView, policy: ConnectionPolicy): HealthStep {
  return health.pending?.kind === "probe" ? fine(health) : ask(health, "probe", view, policy);
}

/** One of the monitor's deadlines was reached. */
export function healthAlarm(
  health: ConnectionHealth,
  deadline: HealthDeadline,
  view: HealthView,
  policy: ConnectionPolicy,
): HealthStep {
  const { lastInboundAt } = view.vitals;
  // Frames came in unreported, because nobody listened for them.
  const seen = lastInboundAt > health.lastInboundAt ? heard(health, lastInboundAt) : health;
  if (deadline === "ping") return pingDue(seen, view, policy);
  return deadline === "ownPong" ? ownPongDue(seen, view, policy) : verdictDue(seen, view, policy);
}

function pingDue(health: ConnectionHealth, view: HealthView, policy: ConnectionPolicy): HealthStep {
  const due = nextPingAt(health, view.quiet, policy);
  if (view.now < due) return fine(health);
  return ask(health, isLate(due, view, policy) ? "probe" : "ping", view, policy);
}

function verdictDue(health: ConnectionHealth, view: HealthView, policy: ConnectionPolicy): HealthStep {
  const { pending } = health;
  const { bufferedBytes, inboundPaused } = view.vitals;
  if (!pending) return fine(health);
  if (inboundPaused || bufferedBytes < pending.bufferedBytes) {
    const deadline = view.now + patience(pending.kind, view, policy);
    return fine({ ...health, pending: { ...pending, deadline, bufferedBytes } });
  }
  const isProbe = pending.kind === "probe";
  if (isLate(pending.deadline, view, policy) && !pending.isSecond) return ask(health, "probe", view, policy, isProbe);
  return { health, verdict: isProbe ? "probeFailed" : "pingTimeout" };
}

function ownPongDue(health: ConnectionHealth, view: HealthView, policy: ConnectionPolicy): HealthStep {
  const { ownPongBy } = health;
  if (ownPongBy === undefined) return fine(health);
  const isOurFault = isLate(ownPongBy, view, policy);
  if (!isOurFault && !view.vitals.inboundPaused) return { health, verdict: "pingTimeout" };
  const patient = { ...health, ownPongBy: view.now + ownPatience(view, policy) };
  return isOurFault ? probe(patient, view, policy) : fine(patient);
}

function fine(health: ConnectionHealth): HealthStep {
  return { health, verdict: "fine" };
}

function ask(
  health: ConnectionHealth,
  kind: PendingQuestion["kind"],
  view: HealthView,
  policy: ConnectionPolicy,
  isSecond = false,
): HealthStep {
  const { now, vitals } = view;
  const { bufferedBytes } = vitals;
  const asked = {
    ...health,
    nonce: health.nonce + 1,
    lastPingAt: now,
    lastInboundAt: Math.max(health.lastInboundAt, vitals.lastInboundAt),
    pending: { kind, deadline: now + patience(kind, view, policy), bufferedBytes, isSecond },
    ownPongBy: health.ownPongBy ?? now + ownPatience(view, policy),
  };
  return { health: asked, verdict: "ask" };
}

function patience(kind: PendingQuestion["kind"], { quality }: HealthView, policy: ConnectionPolicy): Millis {
  if (kind === "probe") return policy.probeMs;
  return quality === "constrained" ? policy.pongConstrainedMs : policy.pongMs;
}

function ownPatience({ quality }: HealthView, policy: ConnectionPolicy): Millis {
  return quality === "constrained" ? policy.ownPongConstrainedMs : policy.ownPongMs;
}

function isLate(deadline: Millis, { now }: HealthView, policy: ConnectionPolicy): boolean {
  return now - deadline > policy.lateMs;
}
