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
  readonly askedAt: Millis;
  readonly deadline: Millis;
  /** What waited to be written when it was asked: if this shrinks, the peer takes bytes and is alive. */
  readonly bufferedBytes: number;
  /** A probe whose alarm came late was given a second chance. */
  readonly repeated: boolean;
}

export interface ConnectionHealth {
  readonly lastInboundAt: Millis;
  readonly lastPingAt: Millis;
  /** The number of the last ping; its pong carries it back. */
  readonly nonce: number;
  readonly pending: PendingQuestion | undefined;
  /** The oldest ping whose own pong (or a later one) has not come. */
  readonly unanswered: { readonly nonce: number; readonly askedAt: Millis; readonly deadline: Millis } | undefined;
  /** Of the last pong that matched the last ping. */
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
  return {
    lastInboundAt: now,
    lastPingAt: now,
    nonce: 0,
    pending: undefined,
    unanswered: undefined,
    roundTripMs: undefined,
    bounds,
  };
}

/** The monitor's pending deadlines. */
export function healthDeadlines(
  health: ConnectionHealth,
  quiet: boolean,
  policy: ConnectionPolicy,
): Partial<Record<HealthDeadline, Millis>> {
  const { pending, unanswered } = health;
  const own = unanswered ? { ownPong: unanswered.deadline } : {};
  if (pending) return pending.kind === "ping" ? { pong: pending.deadline, ...own } : { probe: pending.deadline, ...own };
  return { ping: nextPingAt(health, quiet, policy), ...own };
}

function nextPingAt(health: ConnectionHealth, quiet: boolean, policy: ConnectionPolicy): Millis {
  const { minMs, maxMs } = health.bounds;
  const within = (ms: Millis): Millis => Math.max(minMs, Math.min(maxMs, ms));
  const idle = within(quiet ? policy.slowPingMs : policy.idlePingMs);
  const busy = Math.max(idle, within(quiet ? policy.slowPingMs : policy.busyPingMs));
  return Math.min(Math.max(health.lastInboundAt, health.lastPingAt) + idle, health.lastPingAt + busy);
}

/** Any inbound frame. */
export function heard(health: ConnectionHealth, now: Millis): ConnectionHealth {
  return { ...health, lastInboundAt: now, pending: undefined };
}

/** A pong: life, and proof of the uplink as of the ping it answers. A nonce that was never sent proves nothing more. */
export function answered(health: ConnectionHealth, nonce: number, now: Millis): ConnectionHealth {
  const alive = heard(health, now);
  const { unanswered } = health;
  if (!unanswered || nonce < unanswered.nonce || nonce > health.nonce) return alive;
  if (nonce === health.nonce) return { ...alive, unanswered: undefined, roundTripMs: now - health.lastPingAt };
  // An earlier ping was answered, a later one not yet: the oldest open one is now, at the latest, the last that was sent.
  const deadline = unanswered.deadline + (health.lastPingAt - unanswered.askedAt);
  return { ...alive, unanswered: { nonce: nonce + 1, askedAt: health.lastPingAt, deadline } };
}

/** Asks at once, because something made us doubt. A probe that already runs goes on: bursts of doubt are one (B10). */
export function probe(health: ConnectionHealth, view: HealthView, policy: ConnectionPolicy): HealthStep {
  if (health.pending?.kind === "probe") return { health, verdict: "fine" };
  return ask(health, "probe", view, policy);
}

/** One of the monitor's deadlines was reached. */
export function healthAlarm(
  health: ConnectionHealth,
  deadline: HealthDeadline,
  view: HealthView,
  policy: ConnectionPolicy,
): HealthStep {
  const seen = catchUp(health, view.vitals);
  switch (deadline) {
    case "ping":
      return pingDue(seen, view, policy);
    case "ownPong":
      return ownPongDue(seen, view, policy);
    case "pong":
    case "probe":
      return verdictDue(seen, view, policy);
  }
}

/** Frames that came in unreported, because nobody listened for them. */
function catchUp(health: ConnectionHealth, vitals: Vitals): ConnectionHealth {
  if (vitals.lastInboundAt <= health.lastInboundAt) return health;
  return heard(health, vitals.lastInboundAt);
}

function pingDue(health: ConnectionHealth, view: HealthView, policy: ConnectionPolicy): HealthStep {
  const due = nextPingAt(health, view.quiet, policy);
  if (view.now < due) return { health, verdict: "fine" };
  return ask(health, isLate(due, view, policy) ? "probe" : "ping", view, policy);
}

function verdictDue(health: ConnectionHealth, view: HealthView, policy: ConnectionPolicy): HealthStep {
  const { pending } = health;
  if (!pending) return { health, verdict: "fine" };
  const { bufferedBytes, inboundPaused } = view.vitals;
  if (inboundPaused || bufferedBytes < pending.bufferedBytes) {
    const deadline = view.now + patience(pending.kind, view.quality, policy);
    return { health: { ...health, pending: { ...pending, deadline, bufferedBytes } }, verdict: "fine" };
  }
  const late = isLate(pending.deadline, view, policy);
  if (pending.kind === "ping") {
    return late ? ask(health, "probe", view, policy) : { health, verdict: "pingTimeout" };
  }
  if (!late || pending.repeated) return { health, verdict: "probeFailed" };
  const again = ask(health, "probe", view, policy);
  return { ...again, health: repeated(again.health) };
}

function ownPongDue(health: ConnectionHealth, view: HealthView, policy: ConnectionPolicy): HealthStep {
  const { unanswered } = health;
  if (!unanswered) return { health, verdict: "fine" };
  const late = isLate(unanswered.deadline, view, policy);
  if (!late && !view.vitals.inboundPaused) return { health, verdict: "pingTimeout" };
  const deadline = view.now + ownPatience(view.quality, policy);
  const patient = { ...health, unanswered: { ...unanswered, deadline } };
  return late ? probe(patient, view, policy) : { health: patient, verdict: "fine" };
}

function ask(health: ConnectionHealth, kind: PendingQuestion["kind"], view: HealthView, policy: ConnectionPolicy): HealthStep {
  const { now, quality, vitals } = view;
  const nonce = health.nonce + 1;
  const deadline = now + patience(kind, quality, policy);
  const pending = { kind, askedAt: now, deadline, bufferedBytes: vitals.bufferedBytes, repeated: false };
  const lastInboundAt = Math.max(health.lastInboundAt, vitals.lastInboundAt);
  const unanswered = health.unanswered ?? { nonce, askedAt: now, deadline: now + ownPatience(quality, policy) };
  return { health: { ...health, nonce, lastInboundAt, lastPingAt: now, pending, unanswered }, verdict: "ask" };
}

function repeated(health: ConnectionHealth): ConnectionHealth {
  return health.pending ? { ...health, pending: { ...health.pending, repeated: true } } : health;
}

function patience(kind: PendingQuestion["kind"], quality: NetworkQuality, policy: ConnectionPolicy): Millis {
  if (kind === "probe") return policy.probeMs;
  return quality === "constrained" ? policy.pongConstrainedMs : policy.pongMs;
}

function ownPatience(quality: NetworkQuality, policy: ConnectionPolicy): Millis {
  return quality === "constrained" ? policy.ownPongConstrainedMs : policy.ownPongMs;
}

function isLate(deadline: Millis, view: HealthView, policy: ConnectionPolicy): boolean {
  return view.now - deadline > policy.lateMs;
}
