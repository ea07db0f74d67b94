/**
 * Every decision about connecting: `transition(model, event, stamp, policy)`, here and nowhere else.
 *
 * Theory of operation. Four things are kept apart: the user's will (`wanted`), the constraints (facts and hints about the
 * world), the live session (one attempt with one number), and the memory of failures (`attempt`, `lastFailure`). An event
 * changes one of them; then the model is brought to where they ask it to be: `settle` obeys will and constraints, `dialNow`
 * also ends a wait, `fail` is the one path of failure, `probe` asks an open connection whether it lives. The moves stand in
 * `connection-moves.ts`, the heartbeat in `connection-health-monitor.ts`, the waits in `backoff-policy.ts`.
 *
 * What an old session says, and what a timer says that is no longer pending, is dropped here, in one place.
 */
import { unreachable } from "../base/errors.ts";
import { doubt, onHealthAlarm, onSessionFact } from "./connection-attempt.ts";
import { credentialsChanged, renewalFailed, tokenRenewed } from "./connection-credentials.ts";
import type { ConnectionEvent, UserEvent, WorldEvent } from "./connection-event.ts";
import {
  isStaleSession,
  pendingDeadlines,
  wantsLife,
  withNetwork,
  type ConnectionModel,
  type DeadlineName,
} from "./connection-model.ts";
import * as moves from "./connection-moves.ts";
import { stay, type Moment, type Stamp, type Step } from "./connection-moves.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";
import { isLive } from "./connection-state.ts";

/** The next model and what to do about it. Pure and total: every event is answered in every state. */
export function transition(model: ConnectionModel, event: ConnectionEvent, stamp: Stamp, policy: ConnectionPolicy): Step {
  if (isStale(model, event, stamp, policy)) return { model, effects: [], stale: true };
  return listening(model, decide(model, event, { stamp, policy }));
}

function isStale(model: ConnectionModel, event: ConnectionEvent, stamp: Stamp, policy: ConnectionPolicy): boolean {
  if ("sessionId" in event) return isStaleSession(model, event.sessionId);
  if (event.type !== "alarm") return false;
  const deadline = pendingDeadlines(model, policy)[event.deadline];
  return deadline === undefined || stamp.now < deadline;
}

/** Inbound frames are reported only while one would change something: an open connection under traffic costs nothing. */
function listening(before: ConnectionModel, step: Step): Step {
  const { state, sessionId } = step.model;
  const on = wantsLife(step.model);
  if (state !== "open" || on === wantsLife(before)) return step;
  return { ...step, effects: [...step.effects, { type: "listenForLife", sessionId, on }] };
}

function decide(model: ConnectionModel, event: ConnectionEvent, moment: Moment): Step {
  if ("sessionId" in event) return onSessionFact(model, event, moment);
  switch (event.type) {
    case "alarm":
      return onAlarm(model, event.deadline, moment);
    case "faulted":
      return model.wanted ? moves.fail(model, "internal", event.detail, moment) : stay(model);
    case "start":
    case "stop":
    case "connectNow":
      return onUserEvent(model, event, moment);
    default:
      return onWorldEvent(model, event, moment);
  }
}

function onUserEvent(model: ConnectionModel, event: UserEvent, moment: Moment): Step {
  switch (event.type) {
    case "start":
      return model.wanted ? stay(model) : moves.settle({ ...model, wanted: true }, "started", moment);
    case "stop":
      return moves.halt(model, "userStop", moment);
    case "connectNow": {
      if (!model.wanted) return stay(model);
      if (model.state === "open") return doubt(model, moment);
      return moves.dialNow({ ...withNetwork(model, true), serverUntil: undefined }, "connectNow", moment);
    }
  }
}

function onWorldEvent(model: ConnectionModel, event: WorldEvent, moment: Moment): Step {
  switch (event.type) {
    case "credentialsChanged":
      return credentialsChanged(model, event, moment);
    case "tokenRenewed":
      return tokenRenewed(model, moment);
    case "renewalFailed":
      return renewalFailed(model, event.detail, moment);
    case "networkChanged": {
      const told = { ...withNetwork(model, event.available), quality: event.quality };
      if (told.state === "open") return doubt(told, moment);
      if (event.available) return moves.dialNow(told, "networkChanged", moment);
      return moves.settle(told, "networkLost", moment);
    }
    case "appForegrounded": {
      const constraints = { ...model.constraints, appActive: true, notFrozen: true };
      return resume({ ...model, constraints, graceDeadline: undefined }, "appActive", moment);
    }
    case "appBackgrounded":
      return backgrounded(model, moment);
    case "appFrozen":
      return moves.settle({ ...model, constraints: { ...model.constraints, notFrozen: false } }, "appFrozen", moment);
    case "appThawed":
      return resume({ ...model, constraints: { ...model.constraints, notFrozen: true } }, "appActive", moment);
    case "woke":
      return resume(model, "woke", moment);
    default:
      return unreachable(event);
  }
}

/** The process or the user is back: ask an open connection whether it lives (B01), dial a closed one. */
function resume(model: ConnectionModel, reason: "appActive" | "woke", moment: Moment): Step {
  return model.state === "open" ? doubt(model, moment) : moves.dialNow(model, reason, moment);
}

/** On phones a live session gets a grace; a second report does not lengthen it. Elsewhere only the heartbeat slows down. */
function backgrounded(model: ConnectionModel, moment: Moment): Step {
  const { policy, stamp } = moment;
  const told = { ...model, constraints: { ...model.constraints, appActive: false } };
  if (policy.background === "keep" || !model.constraints.appActive) return stay(told);
  const graced = { ...told, graceDeadline: stamp.now + policy.background.graceMs };
  return isLive(model.state) ? stay(graced) : moves.settle(told, "appInactive", moment);
}

function onAlarm(model: ConnectionModel, deadline: DeadlineName, moment: Moment): Step {
  const { stamp, policy } = moment;
  const { sessionId } = model;
  switch (deadline) {
    case "connect":
      return moves.fail(model, "connectTimeout", "no socket in time", moment);
    case "handshake":
      return moves.fail(model, "handshakeTimeout", "no welcome in time", moment);
    case "backoff":
      return moves.dialNow(model, "retry", moment);
    case "renewal":
      return renewalFailed(model, "no renewed token in time", moment);
    case "offlineRetry":
      return moves.dialAgainstHint(model, moment);
    case "grace":
      return moves.settle({ ...model, graceDeadline: undefined }, "appInactive", moment);
    case "stable": {
      const { stable: _, ...deadlines } = model.deadlines;
      return stay({ ...moves.recovered(model), deadlines });
    }
    case "tokenRenewal": {
      const tokenRenewal = stamp.now + policy.tokenRetryMs;
      return stay({ ...model, deadlines: { ...model.deadlines, tokenRenewal } }, [{ type: "sendToken", sessionId, forced: true }]);
    }
    case "leave": {
      const { leave: _, ...rest } = model.deadlines;
      const deadlines = { ...rest, drain: stamp.now + policy.drainMs };
      return stay({ ...model, deadlines }, [{ type: "drainSession", sessionId }]);
    }
    case "drain":
      return moves.redial(model, "goingAway", moment);
    default:
      return onHealthAlarm(model, deadline, moment);
  }
}
