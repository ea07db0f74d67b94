/**
 * Is the open connection alive? Pings, probes, their deadlines and the round-trip time, as data that the model carries while
 * it is open. Pure, as all of the machine: its rows write to the draft of a turn.
 *
 * Any inbound frame is life (L24). Besides, each ping wants its own pong within a longer time, since inbound traffic says
 * nothing about our uplink. An alarm that comes late says more about us than about the peer: it probes before it condemns.
 */
import type { Millis } from "../base/clock.ts";
import type { ConnectionModel } from "./connection-model.ts";
import { fail } from "./connection-moves.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";
import { act, type Turn } from "./connection-turn.ts";

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
  readonly pending?: PendingQuestion | undefined;
  /** Until when a pong must come, since inbound traffic says nothing of our uplink; undefined when none is due. */
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
  { health, constraints }: ConnectionModel,
  policy: ConnectionPolicy,
): Partial<Record<HealthDeadline, Millis>> {
  if (!health) return {};
  const { pending, ownPongBy } = health;
  const own = ownPongBy === undefined ? {} : { ownPong: ownPongBy };
  if (pending) return { ...own, [pending.kind === "ping" ? "pong" : "probe"]: pending.deadline };
  return { ...own, ping: nextPingAt(health, !constraints.appActive, policy) };
}

/** After some silence, and now and then under traffic. In the background, where it is kept, a connection pings less. */
function nextPingAt({ lastInboundAt, lastPingAt, bounds }: ConnectionHealth, isQuiet: boolean, policy: ConnectionPolicy): Millis {
  const borne = (ms: Millis): Millis => Math.max(bounds.minMs, Math.min(bounds.maxMs, isQuiet ? policy.slowPingMs : ms));
  return Math.min(Math.max(lastInboundAt, lastPingAt) + borne(policy.idlePingMs), lastPingAt + borne(policy.busyPingMs));
}

/** A frame came in: life, and evidence that beats the network's hint. */
export function heard({ model, now }: Turn, at: Millis = now): void {
  if (!model.health) return;
  model.health = { ...model.health, lastInboundAt: at, pending: undefined };
  model.constraints.network = true;
}

/** A pong: of the last ping, also proof of the uplink and a measure. An older one earns the uplink more time. */
export function answered(turn: Turn, nonce: number): void {
  heard(turn);
  const { model, now } = turn;
  const { health } = model;
  if (health?.ownPongBy === undefined || nonce > health.nonce) return;
  model.health =
    nonce < health.nonce
      ? { ...health, ownPongBy: now + ownPatience(turn) }
      : { ...health, ownPongBy: undefined, roundTripMs: now - health.lastPingAt };
}

/** Something suggests that an open connection may be dead: ask, with a short deadline. Bursts of doubt are one (B10). */
export function doubt(turn: Turn): void {
  if (turn.model.health?.pending?.kind !== "probe") ask(turn, "probe");
}

/** What each of the monitor's deadlines does when it is reached. */
export const HEALTH_ALARMS: Readonly<Record<HealthDeadline, (turn: Turn) => void>> = {
  ping(turn) {
    const { now, policy, model } = catchUp(turn);
    const due = model.health ? nextPingAt(model.health, !model.constraints.appActive, policy) : now;
    if (now >= due) ask(turn, isLate(turn, due) ? "probe" : "ping");
  },
  pong: noAnswer,
  probe: noAnswer,
  ownPong(turn) {
    const { model, now, vitals } = catchUp(turn);
    const { health } = model;
    if (health?.ownPongBy === undefined) return;
    const isOurFault = isLate(turn, health.ownPongBy);
    if (!isOurFault && !vitals?.inboundPaused) return fail(turn, "pingTimeout", "");
    model.health = { ...health, ownPongBy: now + ownPatience(turn) };
    if (isOurFault) doubt(turn);
  },
};

function noAnswer(turn: Turn): void {
  const { model, now, vitals } = catchUp(turn);
  const { health } = model;
  const pending = health?.pending;
  if (!pending) return;
  const { kind, isSecond } = pending;
  const bufferedBytes = vitals?.bufferedBytes ?? 0;
  if (vitals?.inboundPaused || bufferedBytes < pending.bufferedBytes) {
    model.health = { ...health, pending: { ...pending, bufferedBytes, deadline: now + patience(turn, kind) } };
  } else if (isLate(turn, pending.deadline) && !isSecond) ask(turn, "probe", kind === "probe");
  else fail(turn, kind === "probe" ? "probeFailed" : "pingTimeout", "");
}

/** Frames that came in unreported, because nobody listened for them. */
function catchUp(turn: Turn): Turn {
  const { model, vitals } = turn;
  if (vitals && model.health && vitals.lastInboundAt > model.health.lastInboundAt) heard(turn, vitals.lastInboundAt);
  return turn;
}

function ask(turn: Turn, kind: PendingQuestion["kind"], isSecond = false): void {
  const { model, now, vitals } = turn;
  const { health } = model;
  if (!health) return;
  const nonce = health.nonce + 1;
  const bufferedBytes = vitals?.bufferedBytes ?? 0;
  model.health = {
    ...health,
    nonce,
    lastPingAt: now,
    lastInboundAt: Math.max(health.lastInboundAt, vitals?.lastInboundAt ?? 0),
    pending: { kind, deadline: now + patience(turn, kind), bufferedBytes, isSecond },
    ownPongBy: health.ownPongBy ?? now + ownPatience(turn),
  };
  act(turn, "sendPing", { nonce });
}

function patience({ model, policy }: Turn, kind: PendingQuestion["kind"]): Millis {
  if (kind === "probe") return policy.probeMs;
  return model.quality === "constrained" ? policy.pongConstrainedMs : policy.pongMs;
}

function ownPatience({ model, policy }: Turn): Millis {
  return model.quality === "constrained" ? policy.ownPongConstrainedMs : policy.ownPongMs;
}

function isLate({ now, policy }: Turn, deadline: Millis): boolean {
  return now - deadline > policy.lateMs;
}
