/**
 * Is the open connection alive? When to ping and to probe, and what silence means. What is
 * remembered of it stands in `connection-health.ts`. Pure, as all of the machine: its rows write to
 * the draft of a turn.
 *
 * Any inbound frame is life (L24). Besides, each ping wants its own pong within a longer time,
 * since inbound traffic says nothing about our uplink. An alarm that comes late says more about us
 * than about the peer: it probes before it condemns.
 */
import type { Millis } from "../base/clock.ts";
import type { ConnectionHealth, HealthDeadline, PendingQuestion } from "./connection-health.ts";
import { fail } from "./connection-moves.ts";
import { act, type Draft, type Turn } from "./connection-turn.ts";

/** A frame came in: life, and evidence that beats the network's hint. */
export function heard({ model, now }: Turn, at: Millis = now): void {
  if (model.health) model.constraints.network = true;
  change(model, { lastInboundAt: at, pending: undefined });
}

/**
 * A pong: of the last ping, also proof of the uplink and a measure. An older one earns the uplink
 * more time.
 */
export function answered(turn: Turn, nonce: number): void {
  const { model, now } = turn;
  const { health } = model;
  heard(turn);
  if (health?.ownPongBy === undefined || nonce > health.nonce) return;
  const isLast = nonce === health.nonce;
  change(
    model,
    isLast
      ? { ownPongBy: undefined, roundTripMs: now - health.lastPingAt }
      : { ownPongBy: now + ownPatience(turn) },
  );
}

/**
 * Something suggests that an open connection may be dead: ask, with a short deadline. Bursts of
 * doubt are one (B10).
 */
export function doubt(turn: Turn): void {
  if (turn.model.health?.pending?.kind !== "probe") ask(turn, "probe");
}

/** Frames that came in unreported, because nobody listened for them. */
export function catchUp(turn: Turn): void {
  const { lastInboundAt } = turn.vitals;
  if (lastInboundAt > (turn.model.health?.lastInboundAt ?? Infinity)) heard(turn, lastInboundAt);
}

/**
 * What each of the monitor's deadlines does when it is reached. `isLate`: it came so late that the
 * fault may be ours.
 */
export const HEALTH_ALARMS: Readonly<
  Record<HealthDeadline, (turn: Turn, isLate: boolean) => void>
> = {
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
    change(model, {
      pending: { ...pending, bufferedBytes, deadline: now + patience(turn, pending.kind) },
    });
  } else if (isLate && !pending.isSecond) ask(turn, "probe", isProbe);
  else fail(turn, isProbe ? "probeFailed" : "pingTimeout", "");
}

function ask(turn: Turn, kind: PendingQuestion["kind"], isSecond = false): void {
  const { model, now, vitals } = turn;
  const { health } = model;
  if (!health) return;
  const nonce = health.nonce + 1;
  const pending = {
    kind,
    deadline: now + patience(turn, kind),
    bufferedBytes: vitals.bufferedBytes,
    isSecond,
  };
  change(model, {
    nonce,
    lastPingAt: now,
    pending,
    ownPongBy: health.ownPongBy ?? now + ownPatience(turn),
  });
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
