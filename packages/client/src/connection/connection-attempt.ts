/**
 * The life of one attempt: what the facts of its session do, from the open socket to the welcome
 * and to its end. Facts of other sessions never come here.
 */
import type { Millis } from "../base/clock.ts";
import { loseCredential, planRenewal, rejectCredential } from "./connection-credentials.ts";
import type { EventOf, Handlers, SessionFact } from "./connection-event.ts";
import { beginHealth } from "./connection-health.ts";
import { answered, doubt, heard } from "./connection-health-monitor.ts";
import { fail, halt, noteFailure, progress, recover, redial } from "./connection-moves.ts";
import { act, type Turn } from "./connection-turn.ts";

/** What each fact of the live session does. */
export const SESSION_FACTS: Handlers<SessionFact["type"], Turn> = {
  transportOpened(turn) {
    if (turn.model.state !== "connectingTransport") return;
    turn.model.constraints.network = true;
    progress(turn, "authenticating", turn.model.reason);
    delete turn.model.deadlines.connect;
    turn.model.deadlines.handshake = turn.now + turn.policy.handshakeMs;
    act(turn, "startHandshake");
  },
  welcomed(turn, { windowMs, heartbeat, tokenExpiresInMs }) {
    if (turn.model.state !== "authenticating") return;
    progress(turn, "open", "opened");
    delete turn.model.deadlines.handshake;
    turn.model.deadlines.stable = turn.now + turn.policy.stableMs;
    if (turn.model.tokenOwed) act(turn, "sendToken", { forced: false });
    turn.model.windowMs = bounded(turn, windowMs);
    turn.model.renewal = "none";
    turn.model.tokenOwed = false;
    turn.model.constraints.network = true;
    turn.model.health = beginHealth(turn.now, heartbeat);
    planRenewal(turn, tokenExpiresInMs);
  },
  openFailed: ended,
  transportClosed: ended,
  refused: (turn, event) => ended(turn, { ...event, meaning: event.action, detail: event.code }),
  sendFailed: (turn, { detail }) => fail(turn, "sendFailed", detail),
  protocolViolated: (turn, { detail }) => fail(turn, "protocolViolated", detail),
  tokenFailed: (turn, { detail }) => fail(turn, "tokenUnavailable", detail),
  tokenMissing(turn) {
    // That was the provider's answer before the app said that it has another.
    if (turn.model.tokenOwed) redial(turn, "credentialsGained");
    else loseCredential(turn, "authLost");
  },
  accountMismatched(turn) {
    noteFailure(turn, "accountMismatch");
    loseCredential(turn, "accountMismatch");
  },
  goingAway(turn, event) {
    const { state, deadlines } = turn.model;
    const windowMs = (turn.model.windowMs = bounded(turn, event.windowMs));
    if (state !== "open") fail(turn, "goingAway");
    // A moment of the server's window, so that the fleet does not move at once.
    else if (!isLeaving(turn)) deadlines.leave = turn.now + turn.random * windowMs;
  },
  drained(turn) {
    if (turn.model.deadlines.drain) redial(turn, "goingAway");
  },
  useful(turn) {
    if (turn.model.state === "open") recover(turn);
  },
  sendStalled: doubt,
  frameReceived: (turn) => heard(turn),
  pongReceived(turn, { nonce, windowMs }) {
    turn.model.windowMs = bounded(turn, windowMs);
    answered(turn, nonce);
  },
  tokenAccepted(turn, { tokenExpiresInMs }) {
    if (turn.model.state === "open") planRenewal(turn, tokenExpiresInMs);
  },
};

/**
 * The server said goodbye, and this session waits for its moment to leave, or for its last answers.
 */
function isLeaving(turn: Turn): boolean {
  return (turn.model.deadlines.leave ?? turn.model.deadlines.drain) !== undefined;
}

type End =
  | EventOf<"openFailed" | "transportClosed">
  | (EventOf<"refused"> & Pick<EventOf<"openFailed">, "meaning" | "detail">);

/** The server or the network ended the session; what it asks of us decides. */
function ended(turn: Turn, event: End): void {
  const { meaning, detail, type } = event;
  obeyDelay(turn, event);
  if (meaning === "stop") {
    noteFailure(turn, "serverStop", detail);
    halt(turn, "serverStop");
  } else if (meaning === "reauthenticate") rejectCredential(turn, detail);
  else if (turn.model.deadlines.drain) redial(turn, "goingAway");
  else fail(turn, isLeaving(turn) ? "goingAway" : type, detail);
}

/**
 * The server said when to come back: no trigger dials before, but the user's own wish and another
 * identity.
 */
function obeyDelay(
  turn: Turn,
  {
    retryAfterMs,
    windowMs,
  }: { readonly retryAfterMs?: number | undefined; readonly windowMs?: number | undefined },
): void {
  if (retryAfterMs === undefined && windowMs === undefined) return;
  const delay = bounded(turn, Math.max(retryAfterMs ?? 0, 0));
  turn.model.serverUntil =
    turn.now + delay + turn.random * bounded(turn, windowMs ?? turn.model.windowMs);
}

/** What a server may ask for: no word of its own parks a client for good. */
function bounded(turn: Turn, ms: Millis): Millis {
  return Math.min(ms, turn.policy.serverDelayMaxMs);
}
