/**
 * One row of the table of `connection-machine.test.ts`: what an event did to a connection, in a few
 * words that name every difference between the model before and the model after.
 */
import type { ConnectionEffect } from "../../../src/connection/connection-effect.ts";
import type { HandledEvent } from "../../../src/connection/connection-manager.ts";
import {
  nextDeadline,
  type ConnectionModel,
  type DeadlineName,
} from "../../../src/connection/connection-model.ts";
import type { ConnectionRig, Fact } from "./connection-rig.ts";

/** What can happen, by the word that the table uses for it: an event's type and its variant. */
export const EVENTS: Readonly<Record<string, (rig: ConnectionRig) => void>> = {
  start: (rig) => void rig.tell("start"),
  stop: (rig) => void rig.tell("stop"),
  connectNow: (rig) => void rig.tell("connectNow"),
  "credentialsChanged lost": (rig) => void rig.logout(),
  "credentialsChanged same": (rig) => void rig.login(1),
  "credentialsChanged other": (rig) => void rig.login(2),
  tokenRenewed: (rig) => void rig.tell({ type: "tokenRenewed" }),
  renewalFailed: (rig) => void rig.tell({ type: "renewalFailed", detail: "provider" }),
  "networkChanged lost": (rig) => void rig.network(false),
  "networkChanged good": (rig) => void rig.network(true),
  "networkChanged slow": (rig) => void rig.network(true, "constrained"),
  appForegrounded: (rig) => void rig.tell({ type: "appForegrounded" }),
  appBackgrounded: (rig) => void rig.tell({ type: "appBackgrounded" }),
  appFrozen: (rig) => void rig.tell({ type: "appFrozen" }),
  appThawed: (rig) => void rig.tell({ type: "appThawed" }),
  woke: (rig) => void rig.tell({ type: "woke" }),
  faulted: (rig) => void rig.tell({ type: "faulted", detail: "TypeError" }),
};

export const FACTS: Readonly<Record<string, (rig: ConnectionRig) => Fact>> = {
  transportOpened: () => ({ type: "transportOpened" }),
  "openFailed retry": () => ({ type: "openFailed", meaning: "retry", detail: "1006" }),
  "openFailed later": () => ({
    type: "openFailed",
    meaning: "retry",
    detail: "503",
    retryAfterMs: 5_000,
  }),
  "openFailed reauthenticate": () => ({
    type: "openFailed",
    meaning: "reauthenticate",
    detail: "401",
  }),
  "openFailed stop": () => ({ type: "openFailed", meaning: "stop", detail: "426" }),
  "transportClosed retry": () => ({ type: "transportClosed", meaning: "retry", detail: "1006" }),
  "transportClosed reauthenticate": () => ({
    type: "transportClosed",
    meaning: "reauthenticate",
    detail: "4100",
  }),
  "transportClosed stop": () => ({ type: "transportClosed", meaning: "stop", detail: "4000" }),
  "refused retry": () => ({ type: "refused", action: "retry", code: "restart" }),
  "refused later": () => ({ type: "refused", action: "retry", code: "busy", windowMs: 4_000 }),
  "refused reauthenticate": () => ({
    type: "refused",
    action: "reauthenticate",
    code: "unauthorized",
  }),
  "refused stop": () => ({ type: "refused", action: "stop", code: "unsupportedVersion" }),
  sendFailed: () => ({ type: "sendFailed", detail: "not open" }),
  sendStalled: () => ({ type: "sendStalled" }),
  protocolViolated: () => ({ type: "protocolViolated", detail: "unknownType" }),
  welcomed: () => ({ type: "welcomed", windowMs: 700, heartbeat: { minMs: 1, maxMs: 60_000 } }),
  "welcomed expiring": () => ({
    type: "welcomed",
    windowMs: 700,
    heartbeat: { minMs: 1, maxMs: 60_000 },
    tokenExpiresInMs: 600_000,
  }),
  accountMismatched: () => ({ type: "accountMismatched" }),
  goingAway: () => ({ type: "goingAway", windowMs: 3_000 }),
  drained: () => ({ type: "drained" }),
  useful: () => ({ type: "useful" }),
  frameReceived: () => ({ type: "frameReceived" }),
  "pongReceived last": (rig) => ({
    type: "pongReceived",
    nonce: rig.model.health?.nonce ?? 1,
    windowMs: 800,
  }),
  "tokenAccepted for ever": () => ({ type: "tokenAccepted" }),
  "tokenAccepted expiring": () => ({ type: "tokenAccepted", tokenExpiresInMs: 400_000 }),
  tokenMissing: () => ({ type: "tokenMissing" }),
  tokenFailed: () => ({ type: "tokenFailed", detail: "provider" }),
};

export const ALARMS: readonly DeadlineName[] = [
  "connect",
  "handshake",
  "stable",
  "tokenRenewal",
  "leave",
  "drain",
  "backoff",
  "renewal",
  "offlineRetry",
  "grace",
  "ping",
  "pong",
  "ownPong",
  "probe",
];

export interface Happened {
  readonly rig: ConnectionRig;
  readonly handled: HandledEvent;
}

/** Makes the named event happen to a fresh connection, and tells what the machine made of it. */
export function happen(reach: () => ConnectionRig, name: string): Happened {
  const [type, variant, manner] = name.split(" ");
  if (type === "alarm") return ring(reach, variant as DeadlineName, manner as Manner | undefined);
  const rig = reach();
  const before = rig.handled.length;
  const { sessionId } = rig.model;
  const old = /^old (.*)$/.exec(name)?.[1] ?? "";
  if (FACTS[name]) rig.say(FACTS[name](rig));
  else if (FACTS[old]) rig.sayAs(sessionId - 1, FACTS[old](rig));
  else if (EVENTS[name]) EVENTS[name](rig);
  else throw new Error(`the table names an unknown event: ${name}`);
  return handledAt(rig, before);
}

/**
 * How an alarm comes: before its time; so late that it says more about us; after frames that nobody
 * reported; while we ourselves read nothing; after the peer took bytes.
 */
type Manner = "early" | "late" | "heard" | "paused" | "taken";

/** The alarm by itself, if the place comes to it; otherwise one that is no longer pending. */
function ring(reach: () => ConnectionRig, deadline: DeadlineName, manner?: Manner): Happened {
  const rig = reach();
  const { since } = rig.model;
  const { clock, control, policy } = rig.untilNextIs(deadline);
  const next = nextDeadline(rig.model, policy);
  const alarm = { type: "alarm", deadline } as const;
  const isPending = rig.model.since === since && next?.name === deadline;
  if (!isPending || manner === "early") {
    const still = isPending ? rig : reach();
    still.tell(alarm);
    return handledAt(still, still.handled.length - 1);
  }
  if (manner === "heard") clock.advanceTo(next.at - 1);
  if (manner === "heard") rig.inbound();
  if (manner === "paused") rig.inbound({ inboundPaused: true, lastInboundAt: -Infinity });
  if (manner === "taken" && control.current)
    control.current = { ...control.current, bufferedBytes: 0 };
  const before = rig.handled.length;
  if (manner === "late") {
    // Less than what counts as sleep, which would be found out first.
    Object.assign(policy, { lateMs: 1_000 });
    clock.sleep(next.at - clock.now() + 1_500);
    rig.tell(alarm);
  } else clock.advanceTo(next.at);
  return handledAt(rig, before);
}

function handledAt(rig: ConnectionRig, index: number): Happened {
  const handled = rig.handled[index];
  if (!handled || rig.faults.length > 0) throw new Error(`faults: ${rig.faults.join(", ")}`);
  return { rig, handled };
}

export interface Outcome {
  readonly to: string;
  readonly reason: string;
  readonly effects: string;
  readonly notes: string;
}

/** `stale`: dropped. `stay`: heard, and nothing is different. */
export function outcomeOf({ handled }: Happened): Outcome {
  const { before, step } = handled;
  const { model } = step;
  const notes = [...differences(handled)].join(", ");
  const effects = step.effects.map(wordOf).join(" ");
  const isStill =
    model.state === before.state && model.since === before.since && !notes && !effects;
  const to = step.stale ? "stale" : isStill ? "stay" : model.state;
  const reason = isStill || step.stale ? "-" : model.reason;
  return { to, reason, effects: effects || "-", notes: notes || "-" };
}

function wordOf(effect: ConnectionEffect): string {
  switch (effect.type) {
    case "openTransport":
      return `openTransport(${effect.attempt}${effect.renewToken ? " renew" : ""})`;
    case "closeTransport":
      return `closeTransport(${effect.detail})`;
    case "sendToken":
      return effect.forced ? "sendToken(forced)" : "sendToken";
    case "listenForLife":
      return `listenForLife(${effect.on ? "on" : "off"})`;
    default:
      return effect.type;
  }
}

function* differences(handled: HandledEvent): Generator<string> {
  const { before, stamp } = handled;
  const { now } = stamp;
  const after = handled.step.model;
  for (const [name, value] of Object.entries(after.constraints)) {
    if (value !== before.constraints[name as "auth"]) yield `${name} ${value ? "on" : "off"}`;
  }
  for (const name of ["account", "quality", "attempt", "authRejections", "renewal"] as const) {
    if (after[name] !== before[name]) yield `${name} ${after[name]}`;
  }
  if (after.tokenOwed !== before.tokenOwed) yield after.tokenOwed ? "token owed" : "token not owed";
  if (after.windowMs !== before.windowMs) yield `window ${after.windowMs}`;
  if (after.outageSince !== before.outageSince)
    yield after.outageSince === undefined ? "outage over" : "outage";
  if (after.lastFailure !== before.lastFailure) yield failureWord(after);
  if (after.serverUntil !== before.serverUntil)
    yield `serverUntil ${distance(after.serverUntil, now)}`;
  const all = Object.keys({ ...before.deadlines, ...after.deadlines }) as DeadlineName[];
  yield* changed(handled, all.filter((name) => !LAST_NAMED.includes(name)).sort());
  yield* changed(handled, ["grace"]);
  if (!before.health || !after.health) return;
  if (after.health.lastInboundAt !== before.health.lastInboundAt) yield "heard";
  yield* changed(handled, ["pong", "probe", "ownPong"]);
  const { roundTripMs } = after.health;
  if (roundTripMs !== before.health.roundTripMs) yield `roundTrip ${roundTripMs}`;
}

const LAST_NAMED: readonly DeadlineName[] = ["grace", "pong", "probe", "ownPong"];

/** Which of these deadlines were set or taken away; what is gone with its state goes unsaid. */
function* changed(
  { before, step: { model: after }, stamp }: HandledEvent,
  names: readonly DeadlineName[],
): Generator<string> {
  for (const name of names) {
    const at = after.deadlines[name];
    const isTold = at !== undefined || after.state === before.state;
    if (isTold && at !== before.deadlines[name]) yield `${name} ${distance(at, stamp.now)}`;
  }
}

/** The failure; its reason, too, where it is not the reason of the change. */
function failureWord({ lastFailure, reason }: ConnectionModel): string {
  if (!lastFailure) return "failure forgotten";
  return `failure ${lastFailure.reason === reason ? "" : `${lastFailure.reason} `}"${lastFailure.detail}"`;
}

function distance(instant: number | undefined, now: number): string {
  return instant === undefined ? "none" : `+${Math.round(instant - now)}`;
}
