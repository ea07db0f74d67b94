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
import type { HealthDeadline, PendingQuestion } from "./connection-health.ts";
import { fail } from "./connection-moves.ts";
import { act, type Turn } from "./connection-turn.ts";

/** A frame came in: life, and evidence that beats the network's hint. */
export function heard({ model, now }: Turn, at: Millis = now): void {
  const { health } = model;
  if (!health) return;
  health.lastInboundAt = at;
  health.pending = undefined;
  model.constraints.network = true;
}

/**
 * A pong: of the last ping, also proof of the uplink and a measure. An older one earns the uplink
 * more time.
 */
export function answered(turn: Turn, nonce: number): void {
  const { health } = turn.model;
  heard(turn);
  if (health?.ownPongBy === undefined || nonce > health.nonce) return;
  if (nonce < health.nonce) health.ownPongBy = ownPongBy(turn);
  else {
    health.ownPongBy = undefined;
    health.roundTripMs = turn.now - health.lastPingAt;
  }
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
    const { health } = turn.model;
    if (!isLate && !turn.vitals.inboundPaused) fail(turn, "pingTimeout");
    else if (health) {
      health.ownPongBy = ownPongBy(turn);
      if (isLate) doubt(turn);
    }
  },
};

function noAnswer(turn: Turn, isLate: boolean): void {
  const { bufferedBytes, inboundPaused } = turn.vitals;
  const { health } = turn.model;
  const pending = health?.pending;
  if (!pending) return;
  const { kind } = pending;
  if (inboundPaused || bufferedBytes < pending.bufferedBytes)
    health.pending = { ...pending, bufferedBytes, deadline: answerBy(turn, kind) };
  else if (isLate && !pending.isSecond) ask(turn, "probe", kind === "probe");
  else fail(turn, kind === "probe" ? "probeFailed" : "pingTimeout");
}

function ask(turn: Turn, kind: PendingQuestion["kind"], isSecond = false): void {
  const { health } = turn.model;
  if (!health) return;
  const nonce = ++health.nonce;
  const { bufferedBytes } = turn.vitals;
  health.lastPingAt = turn.now;
  health.pending = { kind, deadline: answerBy(turn, kind), bufferedBytes, isSecond };
  health.ownPongBy ??= ownPongBy(turn);
  act(turn, "sendPing", { nonce });
}

/** Until when any inbound frame must come after a question of this kind. */
function answerBy(turn: Turn, kind: PendingQuestion["kind"]): Millis {
  const { probeMs, pongMs, pongConstrainedMs } = turn.policy;
  return kind === "probe" ? turn.now + probeMs : within(turn, pongMs, pongConstrainedMs);
}

/** Until when a ping's own pong must come. */
function ownPongBy(turn: Turn): Millis {
  return within(turn, turn.policy.ownPongMs, turn.policy.ownPongConstrainedMs);
}

/** A moment from now, as the path allows. */
function within({ now, model }: Turn, goodMs: Millis, constrainedMs: Millis): Millis {
  return now + (model.quality === "constrained" ? constrainedMs : goodMs);
}
