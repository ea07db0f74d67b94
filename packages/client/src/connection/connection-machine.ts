/**
 * Every decision about connecting: `transition(model, event, stamp, policy)`, here and nowhere
 * else.
 *
 * Theory of operation. Four things are kept apart: the user's will (`wanted`), the constraints
 * (facts and hints about the world), the live session (one attempt with one number), and the memory
 * of failures (`attempt`, `lastFailure`). An event changes one of them; then the model is brought
 * to where they ask it to be: `settle` obeys will and constraints, `dialNow` also ends a wait,
 * `fail` is the one path of failure, `doubt` asks an open connection whether it lives. Each event
 * has one row: the user's and the world's here, a session's in `connection-attempt.ts`. The moves
 * stand in `connection-moves.ts`, the heartbeat in `connection-health-monitor.ts`, the waits in
 * `backoff-policy.ts`.
 *
 * What an old session says, and what a timer says that is no longer pending, is dropped here, in
 * one place.
 */
import { SESSION_FACTS } from "./connection-attempt.ts";
import { credentialsChanged, renewalFailed, tokenRenewed } from "./connection-credentials.ts";
import type { ConnectionEvent, ConnectionEventType, Handlers } from "./connection-event.ts";
import { catchUp, doubt, HEALTH_ALARMS } from "./connection-health-monitor.ts";
import {
  deadlineOf,
  isStaleSession,
  wantsLife,
  type ConnectionModel,
  type DeadlineName,
} from "./connection-model.ts";
import { dial, dialNow, fail, halt, recover, redial, settle } from "./connection-moves.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";
import { isLive } from "./connection-state.ts";
import { act, turnOf, type Stamp, type Step, type Turn } from "./connection-turn.ts";

/**
 * The next model and what to do about it. Pure and total: every event is answered in every state.
 */
export function transition(
  model: ConnectionModel,
  event: ConnectionEvent,
  stamp: Stamp,
  policy: ConnectionPolicy,
): Step {
  if (isStale(model, event, stamp, policy)) return { model, effects: [], stale: true };
  const turn = turnOf(model, stamp, policy);
  catchUp(turn);
  (EVENTS[event.type] as (turn: Turn, event: ConnectionEvent) => void)(turn, event);
  // Inbound frames are reported only while one would change something: traffic on an open
  // connection costs nothing.
  const on = wantsLife(turn.model);
  if (turn.model.state === "open" && on !== wantsLife(model)) act(turn, "listenForLife", { on });
  return { model: turn.model, effects: turn.effects };
}

function isStale(
  model: ConnectionModel,
  event: ConnectionEvent,
  { now }: Stamp,
  policy: ConnectionPolicy,
): boolean {
  if ("sessionId" in event) return isStaleSession(model, event.sessionId);
  return event.type === "alarm" && now < deadlineOf(model, event.deadline, policy);
}

/** What each event does. */
const EVENTS: Handlers<ConnectionEventType, Turn> = {
  ...SESSION_FACTS,
  start(turn) {
    turn.model.wanted = true;
    settle(turn, "started");
  },
  stop: (turn) => halt(turn, "userStop"),
  connectNow(turn) {
    if (turn.model.state === "open") return doubt(turn);
    if (!turn.model.wanted) return;
    turn.model.serverUntil = undefined;
    turn.model.constraints.network = true;
    dialNow(turn, "connectNow");
  },
  credentialsChanged,
  tokenRenewed,
  renewalFailed,
  networkChanged(turn, { available, quality }) {
    turn.model.quality = quality;
    turn.model.constraints.network = available;
    if (available || turn.model.state === "open") resume(turn, "networkChanged");
    else settle(turn, "networkLost");
  },
  appForegrounded(turn) {
    delete turn.model.deadlines.grace;
    turn.model.constraints.appActive = turn.model.constraints.notFrozen = true;
    resume(turn, "appActive");
  },
  appBackgrounded(turn) {
    const { background } = turn.policy;
    const isNews = turn.model.constraints.appActive;
    turn.model.constraints.appActive = false;
    // Off phones only the heartbeat slows down; and a second report does not lengthen a grace.
    if (background === "keep" || !isNews) return;
    if (isLive(turn.model.state)) turn.model.deadlines.grace = turn.now + background.graceMs;
    else settle(turn, "appInactive");
  },
  appFrozen(turn) {
    turn.model.constraints.notFrozen = false;
    settle(turn, "appFrozen");
  },
  appThawed(turn) {
    turn.model.constraints.notFrozen = true;
    resume(turn, "appActive");
  },
  woke: (turn) => resume(turn, "woke"),
  faulted(turn, { detail }) {
    if (turn.model.wanted) fail(turn, "internal", detail);
  },
  alarm(turn, { deadline }) {
    const { model, now, policy } = turn;
    const at = deadlineOf(model, deadline, policy);
    // What was heard meanwhile may have put it off.
    if (now < at) return;
    delete model.deadlines[deadline];
    ALARMS[deadline](turn, now - at > policy.lateMs);
  },
};

/**
 * The process, the path or the user is back: ask an open connection whether it lives (B01), dial a
 * closed one.
 */
function resume(turn: Turn, reason: "networkChanged" | "appActive" | "woke"): void {
  if (turn.model.state === "open") doubt(turn);
  else dialNow(turn, reason);
}

/** What each deadline does when it is reached; it is no longer pending then. */
const ALARMS: Readonly<Record<DeadlineName, (turn: Turn, isLate: boolean) => void>> = {
  connect: (turn) => fail(turn, "connectTimeout"),
  handshake: (turn) => fail(turn, "handshakeTimeout"),
  // Where a dial is planned nothing blocks, or only the hint that it is made against.
  backoff: (turn) => dial(turn, "retry"),
  offlineRetry: (turn) => dial(turn, "retry"),
  renewal: (turn) => renewalFailed(turn, { detail: "" }),
  grace: (turn) => settle(turn, "appInactive"),
  stable: recover,
  tokenRenewal(turn) {
    turn.model.deadlines.tokenRenewal = turn.now + turn.policy.tokenRetryMs;
    act(turn, "sendToken", { forced: true });
  },
  leave(turn) {
    turn.model.deadlines.drain = turn.now + turn.policy.drainMs;
    act(turn, "drainSession");
  },
  drain: (turn) => redial(turn, "goingAway"),
  ...HEALTH_ALARMS,
};
