/**
 * The whole truth about the connection, as one immutable value; and the questions that others ask
 * of it.
 */
import type { Millis } from "../base/clock.ts";
import type { NetworkQuality } from "./connection-event.ts";
import { nextPing, type ConnectionHealth, type HealthDeadline } from "./connection-health.ts";
import type { ConnectionPolicy } from "./connection-policy.ts";
import { isLive, type ConnectionReason, type ConnectionState } from "./connection-state.ts";

/** Deadlines that belong to one state. */
export type StateDeadline =
  | "connect"
  | "handshake"
  | "stable"
  | "tokenRenewal"
  | "leave"
  | "drain"
  | "backoff"
  | "renewal"
  | "offlineRetry";

/**
 * Every timer by name. `grace` lives from connecting to open, the health monitor's only while open;
 * none outlives its session.
 */
export type DeadlineName = StateDeadline | "grace" | HealthDeadline;

export type Deadlines = Readonly<Partial<Record<DeadlineName, Millis>>>;

/** The four gates before a dial. */
export interface ConnectionConstraints {
  /** There are credentials that the server has not rejected. */
  readonly auth: boolean;
  /** The platform's hint. */
  readonly network: boolean;
  readonly appActive: boolean;
  /** The page is neither frozen nor in the page cache, the system is not suspended. */
  readonly notFrozen: boolean;
}

/** What is missing before the client may dial. */
export type Blocker = "auth" | "network" | "app" | "frozen";

/** What went wrong the last time, for people and logs. */
export interface ConnectionFailure {
  readonly reason: ConnectionReason;
  readonly at: Millis;
  /** A code or a short fact, never a payload, token or URL query. */
  readonly detail: string;
}

/** All that the machine remembers. Instants are those of `Clock.now`, in ms. */
export interface ConnectionModel {
  readonly state: ConnectionState;
  readonly reason: ConnectionReason;
  /** When the state was entered. */
  readonly since: Millis;
  /** The user's will. `stopped` exactly when false. */
  readonly wanted: boolean;
  readonly constraints: ConnectionConstraints;
  /** The alias of the last known identity; 0 before the first. */
  readonly account: number;
  readonly quality: NetworkQuality;
  /** The number of the last dial; events that carry another change nothing. */
  readonly sessionId: number;
  /** Failures since the last stable or useful session. */
  readonly attempt: number;
  readonly outageSince?: Millis | undefined;
  readonly lastFailure?: ConnectionFailure | undefined;
  readonly lastDialAt?: Millis | undefined;
  /** The server asked for no dial before. */
  readonly serverUntil?: Millis | undefined;
  /** The reconnect window that the server advertised. */
  readonly windowMs: Millis;
  readonly authRejections: number;
  /** A forced token renewal: running, or due before the next hello. */
  readonly renewal: "none" | "pending" | "owed";
  /** The app has a newer token than the one the hello may carry: send it once open. */
  readonly tokenOwed: boolean;
  /** All but the next ping, which follows from what was heard and asked. */
  readonly deadlines: Deadlines;
  /** Only while open. */
  readonly health?: ConnectionHealth | undefined;
}

/** What the adapters report before anything has happened. */
export type InitialFacts = Pick<ConnectionModel, "constraints" | "account" | "quality">;

/** A machine that nobody has started. */
export function stoppedModel(
  facts: InitialFacts,
  now: Millis,
  policy: ConnectionPolicy,
): ConnectionModel {
  // The copy comes last: V8 is slow to add fields to one.
  return {
    state: "stopped",
    reason: "userStop",
    since: now,
    wanted: false,
    sessionId: 0,
    attempt: 0,
    windowMs: policy.windowMs,
    authRejections: 0,
    renewal: "none",
    tokenOwed: false,
    deadlines: {},
    // All fields from the first, so that each copy has the shape of the one before.
    outageSince: undefined,
    lastFailure: undefined,
    lastDialAt: undefined,
    serverUntil: undefined,
    health: undefined,
    ...facts,
  };
}

/**
 * What is missing, in a fixed order. Inactivity blocks only on phones, and only once its grace is
 * over.
 */
export function blockedBy(model: ConnectionModel, policy: ConnectionPolicy): readonly Blocker[] {
  const { auth, network, appActive, notFrozen } = model.constraints;
  const missing: Blocker[] = [];
  if (!auth) missing.push("auth");
  if (!network) missing.push("network");
  if (!appActive && policy.background !== "keep" && model.deadlines.grace === undefined)
    missing.push("app");
  if (!notFrozen) missing.push("frozen");
  return missing;
}

/** All pending deadlines: those that are set, and the next ping. */
export function pendingDeadlines(model: ConnectionModel, policy: ConnectionPolicy): Deadlines {
  const { deadlines, health } = model;
  if (!health || isAsking(model)) return deadlines;
  const ping = nextPing(health, model.constraints.appActive, policy);
  // Assigned, because V8 gives a spread object with fields added a hidden class of its own.
  return Object.assign({}, deadlines, { ping });
}

/** When a deadline comes; never, if it is not pending. */
export function deadlineOf(
  model: ConnectionModel,
  name: DeadlineName,
  policy: ConnectionPolicy,
): Millis {
  return pendingDeadlines(model, policy)[name] ?? Infinity;
}

/** Was the peer asked for a sign of life, which has not come yet? */
export function isAsking({ deadlines }: ConnectionModel): boolean {
  return (deadlines.pong ?? deadlines.probe) !== undefined;
}

/** A deadline's name and its moment. */
export type DueDeadline = readonly [name: DeadlineName, at: Millis];

/** All pending deadlines, the earliest first. */
export function dueDeadlines(
  model: ConnectionModel,
  policy: ConnectionPolicy,
): readonly DueDeadline[] {
  const pending = Object.entries(pendingDeadlines(model, policy)) as [DeadlineName, Millis][];
  return pending.sort(([, one], [, other]) => one - other);
}

export interface NamedDeadline {
  readonly name: DeadlineName;
  readonly at: Millis;
}

/** The earliest pending deadline: the one alarm of the driver. */
export function nextDeadline(
  model: ConnectionModel,
  policy: ConnectionPolicy,
): NamedDeadline | undefined {
  const [next] = dueDeadlines(model, policy);
  return next && { name: next[0], at: next[1] };
}

/** The earliest moment at which any trigger may dial: the floor, and what the server asked for. */
export function earliestDial(model: ConnectionModel, policy: ConnectionPolicy): Millis {
  const { lastDialAt = -Infinity, serverUntil = -Infinity } = model;
  return Math.max(lastDialAt + policy.dialFloorMs, serverUntil);
}

/** Should the session report inbound frames? Only while one would change something. */
export function wantsLife(model: ConnectionModel): boolean {
  return model.state === "open" && (isAsking(model) || !model.constraints.network);
}

/** Is the event of a session that is no longer, or not yet, ours? */
export function isStaleSession(model: ConnectionModel, sessionId: number): boolean {
  return sessionId !== model.sessionId || !isLive(model.state);
}
