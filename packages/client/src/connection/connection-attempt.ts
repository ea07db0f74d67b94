/**
 * The life of one attempt: what the facts of its session do, from the open socket to the welcome and to its end, and what a
 * doubt about an open connection leads to. Facts of other sessions never come here.
 */
import { loseCredential, rejectCredential, renewalAt } from "./connection-credentials.ts";
import type { EventOf, Handlers, SessionFact } from "./connection-event.ts";
import { answered, beginHealth, healthAlarm, heard, probe, type ConnectionHealth, type HealthDeadline, type HealthStep, type HealthView } from "./connection-health-monitor.ts";
import { isQuiet } from "./connection-model.ts";
import { fail, halt, noteFailure, progress, recover, redial } from "./connection-moves.ts";
import type { Turn } from "./connection-turn.ts";

/** What each fact of the live session does. */
export const SESSION_FACTS: Handlers<SessionFact["type"], Turn> = {
  transportOpened(turn) {
    if (turn.model.state !== "connectingTransport") return;
    turn.changeConstraints({ network: true });
    progress(turn, "authenticating", turn.model.reason, { handshake: turn.now + turn.policy.handshakeMs });
    turn.act("startHandshake", {});
  },
  welcomed(turn, { windowMs, heartbeat, tokenExpiresInMs }) {
    if (turn.model.state !== "authenticating") return;
    turn.changeConstraints({ network: true });
    progress(turn, "open", "opened", { stable: turn.now + turn.policy.stableMs });
    if (turn.model.tokenOwed) turn.act("sendToken", { forced: false });
    const health = beginHealth(turn.now, heartbeat);
    turn.change({ health, windowMs, renewal: "none", tokenOwed: false, serverUntil: undefined });
    planRenewal(turn, tokenExpiresInMs);
  },
  openFailed: ended,
  transportClosed: ended,
  refused: (turn, event) => ended(turn, { ...event, meaning: event.action, detail: event.code }),
  sendFailed: (turn, { detail }) => fail(turn, "sendFailed", detail),
  protocolViolated: (turn, { detail }) => fail(turn, "protocolViolated", detail),
  tokenFailed: (turn, { detail }) => fail(turn, "tokenUnavailable", detail),
  tokenMissing: (turn) => loseCredential(turn, "authLost"),
  accountMismatched(turn) {
    noteFailure(turn, "accountMismatch", "the server knows another account");
    loseCredential(turn, "accountMismatch");
  },
  goingAway(turn, { windowMs }) {
    turn.change({ windowMs });
    const { state, deadlines } = turn.model;
    if (state !== "open") fail(turn, "goingAway", "before welcome");
    else if (deadlines.leave === undefined && deadlines.drain === undefined) {
      // A moment of the server's window, so that the fleet does not move at once.
      turn.changeDeadline("leave", turn.now + turn.stamp.random * windowMs);
    }
  },
  drained(turn) {
    if (turn.model.deadlines.drain !== undefined) redial(turn, "goingAway");
  },
  useful(turn) {
    if (turn.model.state === "open") recover(turn);
  },
  sendStalled: doubt,
  frameReceived(turn) {
    const { health } = turn.model;
    if (health) live(turn, heard(health, turn.now));
  },
  pongReceived(turn, { nonce, windowMs }) {
    turn.change({ windowMs });
    const { health } = turn.model;
    if (health) live(turn, answered(health, nonce, healthView(turn), turn.policy));
  },
  tokenAccepted(turn, { tokenExpiresInMs }) {
    if (turn.model.state === "open") planRenewal(turn, tokenExpiresInMs);
  },
};

function planRenewal(turn: Turn, expiresInMs: number | undefined): void {
  turn.changeDeadline("tokenRenewal", renewalAt(expiresInMs, turn.stamp));
}

type End = EventOf<"openFailed" | "transportClosed"> | (EventOf<"refused"> & { readonly meaning: SessionEnd; readonly detail: string });
type SessionEnd = EventOf<"refused">["action"];

/** The server or the network ended the session; what it asks of us decides. */
function ended(turn: Turn, event: End): void {
  const { meaning, detail, type } = event;
  const { leave, drain } = turn.model.deadlines;
  obeyDelay(turn, event);
  if (meaning === "stop") {
    noteFailure(turn, "serverStop", detail);
    halt(turn, "serverStop");
  } else if (meaning === "reauthenticate") rejectCredential(turn, detail);
  else if (drain !== undefined) redial(turn, "goingAway");
  else fail(turn, leave === undefined ? type : "goingAway", detail);
}

/** The server said when to come back: no trigger dials before, but the user's own wish and another identity. */
function obeyDelay(turn: Turn, { retryAfterMs, windowMs }: { readonly retryAfterMs?: number; readonly windowMs?: number }): void {
  if (retryAfterMs === undefined && windowMs === undefined) return;
  const delay = Math.min(Math.max(retryAfterMs ?? 0, 0), turn.policy.serverDelayMaxMs);
  const spread = turn.stamp.random * (windowMs ?? turn.model.windowMs);
  turn.change({ serverUntil: turn.now + delay + spread });
}

/** A deadline of the health monitor was reached. */
export function onHealthAlarm(turn: Turn, deadline: HealthDeadline): void {
  const { health } = turn.model;
  if (health) judge(turn, healthAlarm(health, deadline, healthView(turn), turn.policy));
}

/** Something suggests that an open connection may be dead: ask it, within the short deadline of a probe. */
export function doubt(turn: Turn): void {
  const { health } = turn.model;
  if (health) judge(turn, probe(health, healthView(turn), turn.policy));
}

function judge(turn: Turn, { health, verdict }: HealthStep): void {
  if (verdict === "ask") {
    turn.change({ health });
    turn.act("sendPing", { nonce: health.nonce });
  } else if (verdict !== "fine") fail(turn, verdict, "no answer in time");
  else if (health.pending) turn.change({ health });
  else live(turn, health);
}

function healthView({ model, now, stamp }: Turn): HealthView {
  const silent = { lastInboundAt: -Infinity, bufferedBytes: 0, inboundPaused: false };
  return { now, vitals: stamp.vitals ?? silent, quality: model.quality, quiet: isQuiet(model) };
}

/** Evidence beats hints: what answers is reachable. */
function live(turn: Turn, health: ConnectionHealth): void {
  turn.change({ health });
  turn.changeConstraints({ network: true });
}
