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
import type { HealthDeadline, Question } from "./connection-health.ts";
import { fail } from "./connection-moves.ts";
import { act, type Turn } from "./connection-turn.ts";

/** A frame came in: life, and evidence that beats the network's hint. */
export function heard({ model, now }: Turn, at: Millis = now): void {
  const { health, deadlines, constraints } = model;
  if (!health) return;
  health.lastInboundAt = at;
  delete deadlines.pong;
  delete deadlines.probe;
  constraints.network = true;
}

/**
 * A pong: of the last ping, also proof of the uplink and a measure. An older one earns the uplink
 * more time.
 */
export function answered(turn: Turn, nonce: number): void {
  const { health, deadlines } = turn.model;
  heard(turn);
  if (!health || deadlines.ownPong === undefined || nonce > health.nonce) return;
  if (nonce < health.nonce) deadlines.ownPong = ownPongBy(turn);
  else {
    delete deadlines.ownPong;
    health.roundTripMs = turn.now - health.lastPingAt;
  }
}

/**
 * Something suggests that an open connection may be dead: ask, with a short deadline. Bursts of
 * doubt are one (B10).
 */
export function doubt(turn: Turn): void {
  if (turn.model.deadlines.probe === undefined) ask(turn, "probe");
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
  ping: (turn, isLate) => ask(turn, isLate ? "probe" : "pong"),
  pong: (turn, isLate) => noAnswer(turn, "pong", isLate),
  probe: (turn, isLate) => noAnswer(turn, "probe", isLate),
  ownPong(turn, isLate) {
    if (!isLate && !turn.vitals.inboundPaused) return fail(turn, "pingTimeout");
    turn.model.deadlines.ownPong = ownPongBy(turn);
    if (isLate) doubt(turn);
  },
};

function noAnswer(turn: Turn, kind: Question, isLate: boolean): void {
  const { bufferedBytes, inboundPaused } = turn.vitals;
  const { health, deadlines } = turn.model;
  if (!health) return;
  if (inboundPaused || bufferedBytes < health.bufferedBytes) {
    health.bufferedBytes = bufferedBytes;
    deadlines[kind] = answerBy(turn, kind);
  } else if (isLate && !health.isSecond) ask(turn, "probe", kind === "probe");
  else fail(turn, kind === "probe" ? "probeFailed" : "pingTimeout");
}

function ask(turn: Turn, kind: Question, isSecond = false): void {
  const { health, deadlines } = turn.model;
  if (!health) return;
  const nonce = ++health.nonce;
  health.lastPingAt = turn.now;
  health.bufferedBytes = turn.vitals.bufferedBytes;
  health.isSecond = isSecond;
  delete deadlines.pong; // A probe takes its place.
  deadlines[kind] = answerBy(turn, kind);
  deadlines.ownPong ??= ownPongBy(turn);
  act(turn, "sendPing", { nonce });
}

/** Until when any inbound frame must come after a question of this kind. */
function answerBy(turn: Turn, kind: Question): Millis {
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
