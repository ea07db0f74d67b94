/**
 * The moves of the connection machine: the few ways from one state to another, shared by all
 * events. Which event makes which move is told in `connection-machine.ts` and
 * `connection-attempt.ts`.
 *
 * Leaving a session replaces all deadlines, each step within it the one of the state before, so no
 * state is without its timer and no timer outlives what it is for. Every dial goes through `dial`,
 * which keeps the floor; every failure goes through `fail`, which closes the socket first (B07,
 * B09).
 */
import { delayMs } from "./backoff-policy.ts";
import { blockedBy, earliestDial } from "./connection-model.ts";
import {
  causeOf,
  isLive,
  type ConnectionReason,
  type ConnectionState,
  type FailureReason,
} from "./connection-state.ts";
import { act, type Draft, type Turn } from "./connection-turn.ts";

export type { Stamp, Step } from "./connection-turn.ts";

/** Into a state. Who steps on within an attempt takes the deadline of the state before away. */
export function progress(turn: Turn, state: ConnectionState, reason: ConnectionReason): void {
  Object.assign(turn.model, { state, reason, since: turn.now });
}

/**
 * Into a state without the session that there was: it is closed, and all that belonged to it is
 * gone.
 */
function leaveFor(
  turn: Turn,
  state: ConnectionState,
  reason: ConnectionReason,
  deadlines: Draft["deadlines"],
): void {
  if (isLive(turn.model.state)) act(turn, "closeTransport", { detail: reason });
  turn.model.health = undefined;
  turn.model.tokenOwed = false;
  turn.model.deadlines = deadlines;
  progress(turn, state, reason);
}

/**
 * Finds the place that the will and the constraints ask for. Not wanted: stopped. Blocked: parked.
 * Live: stays. Backoff with a later deadline: stays. Otherwise: dials. Doing it twice changes
 * nothing.
 */
export function settle(turn: Turn, reason: ConnectionReason): void {
  const { wanted, state } = turn.model;
  const missing = missingTo(turn);
  if (!wanted) return halt(turn, reason);
  // A hint of the network never ends what runs: a dial's own deadline or a probe decides (B02).
  if (missing && !(isLive(state) && missing === "network")) park(turn, reason);
  else if (!missing && !isLive(state) && state !== "backoff") dial(turn, reason);
}

/**
 * As `settle`, but a trigger (a login, the network, the user) ends the wait of a backoff; never
 * below the floor.
 */
export function dialNow(turn: Turn, reason: ConnectionReason): void {
  (turn.model.state === "backoff" && !missingTo(turn) ? dial : settle)(turn, reason);
}

/**
 * Ends a live session for a new one that is no failure. Its grace ends with it, so the app may
 * block now.
 */
export function redial(turn: Turn, reason: ConnectionReason): void {
  delete turn.model.deadlines.grace;
  (missingTo(turn) ? park : dial)(turn, reason);
}

/** What blocks, as text: empty when nothing does. */
function missingTo(turn: Turn): string {
  return blockedBy(turn.model, turn.policy).join();
}

/**
 * The only way to a new session. Earlier than the floor or the server's word allows, it waits for
 * that moment.
 */
export function dial(turn: Turn, reason: ConnectionReason): void {
  const earliest = earliestDial(turn.model, turn.policy);
  if (turn.now >= earliest) {
    leaveFor(turn, "connectingTransport", reason, { connect: turn.now + turn.policy.connectMs });
    turn.model.sessionId++;
    turn.model.lastDialAt = turn.now;
    act(turn, "openTransport", {
      attempt: turn.model.attempt,
      renewToken: turn.model.renewal === "owed",
    });
  } else if (turn.model.deadlines.backoff !== earliest) {
    leaveFor(turn, "backoff", "dialFloor", { backoff: earliest });
  }
}

/** Blocked: close what is live and wait for the world. */
function park(turn: Turn, reason: ConnectionReason): void {
  const { auth, network } = turn.model.constraints;
  const deadlines: Draft["deadlines"] = {};
  if (turn.model.renewal === "pending")
    deadlines.renewal = turn.model.deadlines.renewal ?? turn.now + turn.policy.renewalMs;
  if (missingTo(turn) === "network") {
    deadlines.offlineRetry =
      turn.model.deadlines.offlineRetry ??
      Math.max(turn.now + turn.policy.offlineRetryMs, earliestDial(turn.model, turn.policy));
  }
  const state = auth && network ? "backgroundSuspended" : "waitingForConstraints";
  if (turn.model.state === state) turn.model.deadlines = deadlines;
  else leaveFor(turn, state, reason, deadlines);
}

/** Final until `start`. A renewal that was running is owed: the next start asks for it again. */
export function halt(turn: Turn, reason: ConnectionReason): void {
  if (turn.model.state === "stopped") return;
  leaveFor(turn, "stopped", reason, {});
  turn.model.wanted = false;
  turn.model.outageSince = undefined;
  if (turn.model.renewal === "pending") endRenewal(turn, "owed");
}

/** Nobody waits for a new token any more: the credentials count as there. */
export function endRenewal(turn: Turn, renewal: "none" | "owed"): void {
  turn.model.renewal = renewal;
  turn.model.constraints.auth = true;
}

/** The one path of failure: close first, count once, then wait as the cause asks. */
export function fail(turn: Turn, reason: FailureReason, detail = ""): void {
  noteFailure(turn, reason, detail);
  delete turn.model.deadlines.grace;
  turn.model.attempt++;
  if (missingTo(turn)) return park(turn, reason);
  const retryAt = turn.now + delayMs(turn, causeOf(reason));
  leaveFor(turn, "backoff", reason, {
    backoff: Math.max(retryAt, earliestDial(turn.model, turn.policy)),
  });
}

export function noteFailure(turn: Turn, reason: ConnectionReason, detail = ""): void {
  turn.model.lastFailure = { reason, at: turn.now, detail };
  turn.model.outageSince ??= turn.now;
}

/** A session proved itself: earlier failures are forgotten. */
export function recover(turn: Turn): void {
  turn.model.attempt = turn.model.authRejections = 0;
  turn.model.outageSince = turn.model.lastFailure = undefined;
}
