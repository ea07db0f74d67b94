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
import { act, type Draft, type Turn } from "./connection-turn.ts";

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
export function healthDeadlines(model: ConnectionModel, policy: ConnectionPolicy): Partial<Record<HealthDeadline, Millis>> {
  const { pending, ownPongBy } = model.health ?? {};
  return {
    ...(ownPongBy !== undefined && { ownPong: ownPongBy }),
    ...(pending ? { [pending.kind === "ping" ? "pong" : "probe"]: pending.deadline } : nextPing(model, policy)),
  };
}

/** After some silence, and now and then under traffic. In the background, where it is kept, a connection pings less. */
function nextPing({ health, constraints }: ConnectionModel, policy: ConnectionPolicy): { readonly ping?: Millis } {
  if (!health) return {};
  const { lastInboundAt, lastPingAt, bounds } = health;
  // Whatever the server says it bears, a ping is never asked for before a probe would have its answer.
  const within = (ms: Millis): Millis =>
    Math.max(policy.probeMs, bounds.minMs, Math.min(bounds.maxMs, constraints.appActive ? ms : policy.slowPingMs));
  const idleSince = Math.max(lastInboundAt, lastPingAt);
  return { ping: Math.min(idleSince + within(policy.idlePingMs), lastPingAt + within(policy.busyPingMs)) };
}

/** A frame came in: life, and evidence that beats the network's hint. */
export function heard({ model, now }: Turn, at: Millis = now): void {
  if (model.health) model.constraints.network = true;
  change(model, { lastInboundAt: at, pending: undefined });
}

/** A pong: of the last ping, also proof of the uplink and a measure. An older one earns the uplink more time. */
export function answered(turn: Turn, nonce: number): void {
  const { model, now } = turn;
  const { health } = model;
  heard(turn);
  if (health?.ownPongBy === undefined || nonce > health.nonce) return;
  const isLast = nonce === health.nonce;
  change(model, isLast ? { ownPongBy: undefined, roundTripMs: now - health.lastPingAt } : { ownPongBy: now + ownPatience(turn) });
}

/** Something suggests that an open connection may be dead: ask, with a short deadline. Bursts of doubt are one (B10). */
export function doubt(turn: Turn): void {
  if (turn.model.health?.pending?.kind !== "probe") ask(turn, "probe");
}

/** Frames that came in unreported, because nobody listened for them. */
export function catchUp(turn: Turn): void {
  const { lastInboundAt } = turn.vitals;
  if (lastInboundAt > (turn.model.health?.lastInboundAt ?? Infinity)) heard(turn, lastInboundAt);
}

/** What each of the monitor's deadlines does when it is reached. `isLate`: it came so late that the fault may be ours. */
export const HEALTH_ALARMS: Readonly<Record<HealthDeadline, (turn: Turn, isLate: boolean) => void>> = {
  ping: (turn, isLate) => ask(turn, isLate ? "probe" : "ping"),
  pong: noAnswer,
  probe: noAnswer,
  ownPong(turn, isLate) {
    const { model, now, vitals } = turn;
    if (!isLate && !vitals.inboundPaused) return fail(turn, "pingTimeout", "");
    change(model, { ownPongBy: now + ownPatience(turn) });
    if (isLate) doubt(turn);
  },
};

function noAnswer(turn: Turn, isLate: boolean): void {
  const { model, now, vitals } = turn;
  const { bufferedBytes, inboundPaused } = vitals;
  const pending = model.health?.pending;
  if (!pending) return;
  const isProbe = pending.kind === "probe";
  if (inboundPaused || bufferedBytes < pending.bufferedBytes) {
    change(model, { pending: { ...pending, bufferedBytes, deadline: now + patience(turn, pending.kind) } });
  } else if (isLate && !pending.isSecond) ask(turn, "probe", isProbe);
  else fail(turn, isProbe ? "probeFailed" : "pingTimeout", "");
}

function ask(turn: Turn, kind: PendingQuestion["kind"], isSecond = false): void {
  const { model, now, vitals } = turn;
  const { health } = model;
  if (!health) return;
  const nonce = health.nonce + 1;
  const pending = { kind, deadline: now + patience(turn, kind), bufferedBytes: vitals.bufferedBytes, isSecond };
  change(model, { nonce, lastPingAt: now, pending, ownPongBy: health.ownPongBy ?? now + ownPatience(turn) });
  act(turn, "sendPing", { nonce });
}

function change(model: Draft, news: Partial<ConnectionHealth>): void {
  if (model.health) model.health = { ...model.health, ...news };
}

function patience(turn: Turn, kind: PendingQuestion["kind"]): Millis {
  const { probeMs, pongMs, pongConstrainedMs } = turn.policy;
  return kind === "probe" ? probeMs : isConstrained(turn) ? pongConstrainedMs : pongMs;
}

function ownPatience(turn: Turn): Millis {
  return isConstrained(turn) ? turn.policy.ownPongConstrainedMs : turn.policy.ownPongMs;
}

function isConstrained({ model }: Turn): boolean {
  return model.quality === "constrained";
}
