/**
 * The moves of the connection machine: the few ways from one state to another, shared by all events. Which event makes which
 * move is told in `connection-machine.ts` and `connection-attempt.ts`.
 *
 * Entering a state replaces its deadlines, so no state exists without its timer and no timer outlives its state. Every dial
 * goes through `dial`, which keeps the floor; every failure goes through `fail`, which closes the socket first (B07, B09).
 */
import { delayMs } from "./backoff-policy.ts";
import { earliestDial, type ConnectionModel } from "./connection-model.ts";
import { causeOf, isLive, type ConnectionReason, type ConnectionState, type FailureReason } from "./connection-state.ts";
import type { Turn } from "./connection-turn.ts";

export type { Stamp, Step } from "./connection-turn.ts";

type StateDeadlines = ConnectionModel["deadlines"];

/** Into a state without a session of its own, or with a new one: what belonged to the last session is gone. */
function enter(turn: Turn, state: ConnectionState, reason: ConnectionReason, deadlines: StateDeadlines): void {
  turn.change({ graceDeadline: undefined, health: undefined, tokenOwed: false });
  progress(turn, state, reason, deadlines);
}

/** Into the next state of the same attempt. */
export function progress(turn: Turn, state: ConnectionState, reason: ConnectionReason, deadlines: StateDeadlines): void {
  turn.change({ state, reason, since: turn.now, deadlines });
}

function closeLive(turn: Turn, detail: string): void {
  if (isLive(turn.model.state)) turn.act("closeTransport", { detail });
}

/**
 * Finds the place that the will and the constraints ask for. Not wanted: stopped. Blocked: parked. Live: stays. Backoff with
 * a later deadline: stays. Otherwise: dials. Doing it twice changes nothing.
 */
export function settle(turn: Turn, reason: ConnectionReason): void {
  const { wanted, state } = turn.model;
  if (!wanted) halt(turn, reason);
  else if (turn.missing.length > 0) parkUnlessRunning(turn, reason);
  else if (!isLive(state) && state !== "backoff") dial(turn, reason);
}

/** As `settle`, but a trigger (a login, the network, the user) ends the wait of a backoff; never below the floor. */
export function dialNow(turn: Turn, reason: ConnectionReason): void {
  const waits = turn.model.state === "backoff" && turn.missing.length === 0;
  (waits ? dial : settle)(turn, reason);
}

/** Ends a live session for a new one that is no failure. Its grace ends with it, so the app may block now. */
export function redial(turn: Turn, reason: ConnectionReason): void {
  turn.change({ graceDeadline: undefined });
  (turn.missing.length > 0 ? park : dial)(turn, reason);
}

/** The only way to a new session. Earlier than the floor or the server's word allows, it waits for that moment. */
export function dial(turn: Turn, reason: ConnectionReason): void {
  const { now, policy } = turn;
  const { sessionId, attempt, renewal, state, deadlines } = turn.model;
  const earliest = earliestDial(turn.model, policy);
  closeLive(turn, reason);
  if (now >= earliest) {
    enter(turn, "connectingTransport", reason, { connect: now + policy.connectMs });
    turn.change({ sessionId: sessionId + 1, lastDialAt: now });
    turn.act("openTransport", { attempt, renewToken: renewal === "owed" });
  } else if (state !== "backoff" || deadlines.backoff !== earliest) {
    enter(turn, "backoff", "dialFloor", { backoff: earliest });
  }
}

/** A hint of the network never ends what runs: a dial's own deadline or a probe decides (B02). */
function parkUnlessRunning(turn: Turn, reason: ConnectionReason): void {
  if (!isLive(turn.model.state) || !onlyNetworkMissing(turn)) park(turn, reason);
}

function onlyNetworkMissing({ missing }: Turn): boolean {
  return missing.length === 1 && missing[0] === "network";
}

/** Blocked: close what is live and wait for the world. */
function park(turn: Turn, reason: ConnectionReason): void {
  const { model, now, policy } = turn;
  const { auth, network } = model.constraints;
  const { renewal = now + policy.renewalMs, offlineRetry = Math.max(now + policy.offlineRetryMs, earliestDial(model, policy)) } =
    model.deadlines;
  const state = auth && network ? "backgroundSuspended" : "waitingForConstraints";
  const deadlines = {
    ...(model.renewal === "pending" && { renewal }),
    ...(onlyNetworkMissing(turn) && { offlineRetry }),
  };
  if (model.state === state) return turn.change({ deadlines });
  closeLive(turn, reason);
  enter(turn, state, reason, deadlines);
}

/** Final until `start`. A renewal that was running is owed: the next start asks for it again. */
export function halt(turn: Turn, reason: ConnectionReason): void {
  if (turn.model.state === "stopped") return;
  closeLive(turn, reason);
  enter(turn, "stopped", reason, {});
  turn.change({ wanted: false, outageSince: undefined });
  if (turn.model.renewal === "pending") endRenewal(turn, "owed");
}

/** Nobody waits for a new token any more: the credentials count as there. */
export function endRenewal(turn: Turn, renewal: "none" | "owed"): void {
  turn.change({ renewal });
  turn.changeConstraints({ auth: true });
}

/** The one path of failure: close first, count once, then wait as the cause asks. */
export function fail(turn: Turn, reason: FailureReason, detail: string): void {
  const { now, policy, stamp } = turn;
  noteFailure(turn, reason, detail);
  turn.change({ attempt: turn.model.attempt + 1, graceDeadline: undefined });
  if (turn.missing.length > 0) return park(turn, reason);
  closeLive(turn, reason);
  const { attempt, windowMs, outageSince = now } = turn.model;
  const question = { attempt, cause: causeOf(reason), windowMs, outageMs: now - outageSince, random: stamp.random };
  const backoff = Math.max(now + delayMs(question, policy.backoff), earliestDial(turn.model, policy));
  enter(turn, "backoff", reason, { backoff });
}

export function noteFailure(turn: Turn, reason: ConnectionReason, detail: string): void {
  const { now, model } = turn;
  turn.change({ lastFailure: { reason, at: now, detail }, outageSince: model.outageSince ?? now });
}

/** A session proved itself: earlier failures are forgotten. */
export function recover(turn: Turn): void {
  turn.change({ attempt: 0, authRejections: 0, outageSince: undefined, lastFailure: undefined });
}
