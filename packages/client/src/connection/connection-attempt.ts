/**
 * The life of one attempt: what the facts of its session do, from the open socket to the welcome and to its end, and what a
 * doubt about an open connection leads to. Facts of other sessions never come here.
 */
import type { Millis } from "../base/clock.ts";
import type { ConnectionEffect } from "./connection-effect.ts";
import type { SessionFact } from "./connection-event.ts";
import { renewalAt } from "./connection-credentials.ts";
import {
  answered,
  beginHealth,
  healthAlarm,
  heard,
  probe,
  type HealthDeadline,
  type HealthStep,
  type HealthView,
} from "./connection-health-monitor.ts";
import { isQuiet, withNetwork, type ConnectionModel } from "./connection-model.ts";
import * as moves from "./connection-moves.ts";
import { stay, type Moment, type Step } from "./connection-moves.ts";
import { unreachable } from "../base/errors.ts";

export function onSessionFact(model: ConnectionModel, event: SessionFact, moment: Moment): Step {
  const { now } = moment.stamp;
  switch (event.type) {
    case "transportOpened":
      return transportOpened(model, moment);
    case "welcomed":
      return welcomed(model, event, moment);
    case "openFailed":
    case "transportClosed":
    case "refused":
      return ended(model, event, moment);
    case "sendFailed":
    case "protocolViolated":
      return moves.fail(model, event.type === "sendFailed" ? "sendFailed" : "protocolViolated", event.detail, moment);
    case "tokenFailed":
      return moves.fail(model, "tokenUnavailable", event.detail, moment);
    case "tokenMissing":
      return moves.withoutCredential(model, "authLost", moment);
    case "accountMismatched":
      return moves.withoutCredential(model, "accountMismatch", moment);
    case "goingAway":
      return goingAway({ ...model, windowMs: event.windowMs }, moment);
    case "drained":
      return model.deadlines.drain === undefined ? stay(model) : moves.redial(model, "goingAway", moment);
    case "useful":
      return stay(model.state === "open" ? moves.recovered(model) : model);
    case "sendStalled":
      return model.state === "open" ? doubt(model, moment) : stay(model);
    case "frameReceived":
      return stay(alive(model, model.health && heard(model.health, now)));
    case "pongReceived":
      return stay(alive({ ...model, windowMs: event.windowMs }, model.health && answered(model.health, event.nonce, now)));
    case "tokenAccepted":
      return stay(model.state === "open" ? tokenAccepted(model, event.tokenExpiresInMs, moment) : model);
    default:
      return unreachable(event);
  }
}

function transportOpened(model: ConnectionModel, { stamp, policy }: Moment): Step {
  if (model.state !== "connectingTransport") return stay(model);
  const deadlines = { handshake: stamp.now + policy.handshakeMs };
  const next = moves.progress(withNetwork(model, true), "authenticating", model.reason, stamp.now, deadlines);
  return stay(next, [{ type: "startHandshake", sessionId: model.sessionId }]);
}

function welcomed(model: ConnectionModel, event: SessionFact & { readonly type: "welcomed" }, { stamp, policy }: Moment): Step {
  if (model.state !== "authenticating") return stay(model);
  const deadlines = { stable: stamp.now + policy.stableMs, ...renewalAt(event.tokenExpiresInMs, stamp) };
  const open = moves.progress(withNetwork(model, true), "open", "opened", stamp.now, deadlines);
  const health = beginHealth(stamp.now, event.heartbeat);
  const token: readonly ConnectionEffect[] = model.tokenOwed
    ? [{ type: "sendToken", sessionId: model.sessionId, forced: false }]
    : [];
  const { windowMs } = event;
  return stay({ ...open, health, windowMs, renewal: "none", tokenOwed: false, serverUntil: undefined }, token);
}

function tokenAccepted(model: ConnectionModel, expiresInMs: Millis | undefined, { stamp }: Moment): ConnectionModel {
  const { tokenRenewal: _, ...deadlines } = model.deadlines;
  return { ...model, deadlines: { ...deadlines, ...renewalAt(expiresInMs, stamp) } };
}

/** The server or the network ended the session; what it asks of us decides. */
function ended(
  model: ConnectionModel,
  event: SessionFact & { readonly type: "openFailed" | "transportClosed" | "refused" },
  moment: Moment,
): Step {
  const meaning = event.type === "refused" ? event.action : event.meaning;
  const detail = event.type === "refused" ? event.code : event.detail;
  const told = withServerDelay(model, event, moment);
  if (meaning === "stop") {
    const lastFailure = { reason: "serverStop", at: moment.stamp.now, detail } as const;
    return moves.halt({ ...told, lastFailure }, "serverStop", moment);
  }
  if (meaning === "reauthenticate") return moves.rejectCredential(told, detail, moment);
  if (told.deadlines.drain !== undefined) return moves.redial(told, "goingAway", moment);
  return moves.fail(told, told.deadlines.leave === undefined ? event.type : "goingAway", detail, moment);
}

/** The server said when to come back: no trigger dials before, but the user's own wish and another identity. */
function withServerDelay(
  model: ConnectionModel,
  event: { readonly retryAfterMs?: number; readonly windowMs?: number },
  { stamp, policy }: Moment,
): ConnectionModel {
  if (event.retryAfterMs === undefined && event.windowMs === undefined) return model;
  const delay = Math.min(Math.max(event.retryAfterMs ?? 0, 0), policy.serverDelayMaxMs);
  const spread = stamp.random * (event.windowMs ?? model.windowMs);
  return { ...model, serverUntil: stamp.now + delay + spread };
}

/** The server leaves soon: choose a moment of its window, so that the fleet does not move at once. */
function goingAway(model: ConnectionModel, moment: Moment): Step {
  const { stamp } = moment;
  if (model.state !== "open") return moves.fail(model, "goingAway", "before welcome", moment);
  const { leave, drain } = model.deadlines;
  if (leave !== undefined || drain !== undefined) return stay(model);
  return stay({ ...model, deadlines: { ...model.deadlines, leave: stamp.now + stamp.random * model.windowMs } });
}

/** A deadline of the health monitor was reached. */
export function onHealthAlarm(model: ConnectionModel, deadline: HealthDeadline, moment: Moment): Step {
  if (!model.health) return stay(model);
  return judged(model, healthAlarm(model.health, deadline, healthView(model, moment), moment.policy), moment);
}

/** Something suggests that an open connection may be dead: ask it, within the short deadline of a probe. */
export function doubt(model: ConnectionModel, moment: Moment): Step {
  if (!model.health) return stay(model);
  return judged(model, probe(model.health, healthView(model, moment), moment.policy), moment);
}

function judged(model: ConnectionModel, { health, verdict }: HealthStep, moment: Moment): Step {
  const { sessionId } = model;
  switch (verdict) {
    case "fine":
      return stay(health.pending ? { ...model, health } : alive(model, health));
    case "ask":
      return stay({ ...model, health }, [{ type: "sendPing", sessionId, nonce: health.nonce }]);
    case "pingTimeout":
    case "probeFailed":
      return moves.fail(model, verdict, "no answer in time", moment);
  }
}

function healthView(model: ConnectionModel, { stamp }: Moment): HealthView {
  const silent = { lastInboundAt: -Infinity, bufferedBytes: 0, inboundPaused: false };
  return { now: stamp.now, vitals: stamp.vitals ?? silent, quality: model.quality, quiet: isQuiet(model) };
}

/** Evidence beats hints: what answers is reachable. */
function alive(model: ConnectionModel, health: ConnectionModel["health"]): ConnectionModel {
  return { ...withNetwork(model, true), health };
}
