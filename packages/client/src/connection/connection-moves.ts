/**
 * The moves of the connection machine: the few ways from one state to another, shared by all events. Which event makes which
 * move is told in `connection-machine.ts`.
 *
 * Entering a state replaces its deadlines, so no state exists without its timer and no timer outlives its state. Every dial
 * goes through `dial`, which keeps the floor; every failure goes through `fail`, which closes the socket first (B07, B09).
 */
import type { Millis } from "../base/clock.ts";
import { delayMs } from "./backoff-policy.ts";
import type { ConnectionEffect, Vitals } from "./connection-effect.ts";
import type { ConnectionModel, StateDeadline } from "./connection-model.ts";
import { blockedBy, earliestDial, type Blocker } from "./connection-model.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";
import { causeOf, isLive, type ConnectionReason, type ConnectionState, type FailureReason } from "./connection-state.ts";

/** What the driver stamps on each event: the machine reads no clock and rolls no dice. */
export interface Stamp {
  readonly now: Millis;
  /** In [0, 1). */
  readonly random: number;
  /** Of the live session, where there is one. */
  readonly vitals?: Vitals | undefined;
}

export interface Step {
  readonly model: ConnectionModel;
  readonly effects: readonly ConnectionEffect[];
  /** The event came from an old session or a timer no longer pending; it changed nothing. */
  readonly stale?: true;
}

/** The context of one transition. */
export interface Moment {
  readonly stamp: Stamp;
  readonly policy: ConnectionPolicy;
}

const NO_EFFECTS: readonly ConnectionEffect[] = [];

/** Nothing happens, or only a fact is noted: an intended no-op has a name. */
export function stay(model: ConnectionModel, effects: readonly ConnectionEffect[] = NO_EFFECTS): Step {
  return { model, effects };
}

function enter(
  model: ConnectionModel,
  state: ConnectionState,
  reason: ConnectionReason,
  now: Millis,
  deadlines: ConnectionModel["deadlines"],
): ConnectionModel {
  const withoutSession = { graceDeadline: undefined, health: undefined, tokenOwed: false };
  return { ...model, ...withoutSession, state, reason, since: now, deadlines };
}

/** From connecting to authenticating to open: the same attempt goes on, so what belongs to it stays. */
export function progress(
  model: ConnectionModel,
  state: "authenticating" | "open",
  reason: ConnectionReason,
  now: Millis,
  deadlines: ConnectionModel["deadlines"],
): ConnectionModel {
  return { ...model, state, reason, since: now, deadlines };
}

function closing(model: ConnectionModel, detail: string): readonly ConnectionEffect[] {
  return isLive(model.state) ? [{ type: "closeTransport", sessionId: model.sessionId, detail }] : NO_EFFECTS;
}

/**
 * Finds the place that the will and the constraints ask for. Not wanted: stopped. Blocked: parked. Live: stays. Backoff with
 * a later deadline: stays. Otherwise: dials. Doing it twice changes nothing.
 */
export function settle(model: ConnectionModel, reason: ConnectionReason, moment: Moment): Step {
  if (!model.wanted) return halt(model, reason, moment);
  const missing = blockedBy(model, moment.policy);
  if (missing.length > 0 && !mayGoOn(model, missing)) return park(model, missing, reason, moment);
  if (isLive(model.state) || model.state === "backoff") return stay(model);
  return dial(model, reason, moment);
}

/** A hint of the network never ends what runs: a dial's own deadline or a probe decides (B02). */
function mayGoOn(model: ConnectionModel, missing: readonly Blocker[]): boolean {
  return isLive(model.state) && onlyNetwork(missing);
}

function onlyNetwork(missing: readonly Blocker[]): boolean {
  return missing.length === 1 && missing[0] === "network";
}

/** As `settle`, but a trigger (a login, the network, the user) ends the wait of a backoff; never below the floor. */
export function dialNow(model: ConnectionModel, reason: ConnectionReason, moment: Moment): Step {
  const waits = model.wanted && model.state === "backoff" && blockedBy(model, moment.policy).length === 0;
  return waits ? dial(model, reason, moment) : settle(model, reason, moment);
}

/** The only way to a new session. Earlier than the floor or the server's word allows, it waits for that moment. */
function dial(model: ConnectionModel, reason: ConnectionReason, { stamp, policy }: Moment): Step {
  const { now } = stamp;
  const effects = closing(model, reason);
  const earliest = earliestDial(model, policy);
  if (now < earliest) {
    if (model.state === "backoff" && model.deadlines.backoff === earliest) return stay(model);
    return { model: enter(model, "backoff", "dialFloor", now, { backoff: earliest }), effects };
  }
  const sessionId = model.sessionId + 1;
  const dialling = enter(model, "connectingTransport", reason, now, { connect: now + policy.connectMs });
  const { attempt, renewal } = model;
  return {
    model: { ...dialling, sessionId, lastDialAt: now },
    effects: [...effects, { type: "openTransport", sessionId, attempt, renewToken: renewal === "owed" }],
  };
}

/** Ends a live session for a new one that is no failure. Its grace ends with it, so the app may block now. */
export function redial(model: ConnectionModel, reason: ConnectionReason, moment: Moment): Step {
  const alone = { ...model, graceDeadline: undefined };
  const missing = blockedBy(alone, moment.policy);
  return missing.length > 0 ? park(alone, missing, reason, moment) : dial(alone, reason, moment);
}

/** Blocked: close what is live and wait for the world. */
function park(model: ConnectionModel, missing: readonly Blocker[], reason: ConnectionReason, moment: Moment): Step {
  const state = missing.every((blocker) => blocker === "app" || blocker === "frozen")
    ? "backgroundSuspended"
    : "waitingForConstraints";
  const deadlines = parkedDeadlines(model, missing, moment);
  if (model.state === state) return stay({ ...model, deadlines });
  return { model: enter(model, state, reason, moment.stamp.now, deadlines), effects: closing(model, reason) };
}

function parkedDeadlines(model: ConnectionModel, missing: readonly Blocker[], { stamp, policy }: Moment): ConnectionModel["deadlines"] {
  const { renewal, offlineRetry } = model.deadlines;
  const deadlines: Partial<Record<StateDeadline, Millis>> = {};
  if (model.renewal === "pending") deadlines.renewal = renewal ?? stamp.now + policy.renewalMs;
  if (onlyNetwork(missing)) deadlines.offlineRetry = offlineRetry ?? stamp.now + policy.offlineRetryMs;
  return deadlines;
}

/** Final until `start`. A renewal that was running is owed: the next start asks for it again. */
export function halt(model: ConnectionModel, reason: ConnectionReason, { stamp }: Moment): Step {
  if (model.state === "stopped") return stay(model);
  const stopped = enter(model, "stopped", reason, stamp.now, {});
  return { model: { ...withoutRenewal(stopped), wanted: false, outageSince: undefined }, effects: closing(model, reason) };
}

/** What was parked only on a hint dials all the same. */
export function dialAgainstHint(model: ConnectionModel, moment: Moment): Step {
  const missing = blockedBy(model, moment.policy);
  return onlyNetwork(missing) ? dial(model, "retry", moment) : stay(model);
}

/** Nobody waits for a running renewal any more; the credentials count as there, and the renewal as owed. */
function withoutRenewal(model: ConnectionModel): ConnectionModel {
  if (model.renewal !== "pending") return model;
  return { ...model, renewal: "owed", constraints: { ...model.constraints, auth: true } };
}

/** The one path of failure: close first, count once, then wait as the cause asks. */
export function fail(model: ConnectionModel, reason: FailureReason, detail: string, moment: Moment): Step {
  const { stamp, policy } = moment;
  const { now, random } = stamp;
  const failed: ConnectionModel = {
    ...withFailure(model, reason, detail, now),
    attempt: model.attempt + 1,
    graceDeadline: undefined,
  };
  const missing = blockedBy(failed, policy);
  if (missing.length > 0) return park(failed, missing, reason, moment);
  const { attempt, windowMs, outageSince = now } = failed;
  const outageMs = now - outageSince;
  const wait = delayMs({ attempt, cause: causeOf(reason), windowMs, outageMs, random }, policy.backoff);
  const backoff = Math.max(now + wait, earliestDial(failed, policy));
  return { model: enter(failed, "backoff", reason, now, { backoff }), effects: closing(model, reason) };
}

function withFailure(model: ConnectionModel, reason: ConnectionReason, detail: string, at: Millis): ConnectionModel {
  return { ...model, lastFailure: { reason, at, detail }, outageSince: model.outageSince ?? at };
}

/** A session proved itself: earlier failures are forgotten. */
export function recovered(model: ConnectionModel): ConnectionModel {
  return { ...model, attempt: 0, authRejections: 0, outageSince: undefined, lastFailure: undefined };
}

/** The server said no to the credential. The first time a forced renewal may help; then only a new credential does. */
export function rejectCredential(model: ConnectionModel, detail: string, moment: Moment): Step {
  const { now } = moment.stamp;
  const first = model.authRejections === 0;
  const rejected: ConnectionModel = {
    ...withFailure(model, "authRejected", detail, now),
    authRejections: model.authRejections + 1,
    renewal: first ? "pending" : "none",
    constraints: { ...model.constraints, auth: false },
  };
  const parked = settle(rejected, "authRejected", moment);
  const ask: ConnectionEffect = { type: first ? "renewToken" : "reportAuthInvalidated" };
  return { model: parked.model, effects: [...parked.effects, ask] };
}

/** There is no usable credential: wait until there is. */
export function withoutCredential(model: ConnectionModel, reason: "authLost" | "accountMismatch", moment: Moment): Step {
  const constraints = { ...model.constraints, auth: false };
  const told: ConnectionModel = { ...model, constraints, renewal: "none" };
  if (reason === "authLost") return settle(told, reason, moment);
  return settle(withFailure(told, reason, "the server knows another account", moment.stamp.now), reason, moment);
}
