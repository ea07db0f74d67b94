/**
 * What holds between two models, whatever the event: the invariants that one model cannot show.
 * Each is a sentence and a question about one step. Explorations ask them of every step, the
 * property tests and the simulator of each step that a real manager makes.
 */
import {
  blockedBy,
  brokenInvariant,
  isLive,
  pendingDeadlines,
  wantsLife,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionModel,
  type ConnectionPolicy,
  type FailureReason,
  type Stamp,
  type StateDeadline,
  type Step,
} from "@holdfast/client/machine";

interface StepView {
  readonly before: ConnectionModel;
  readonly after: ConnectionModel;
  readonly event: ConnectionEvent;
  readonly effects: readonly ConnectionEffect[];
  readonly stamp: Stamp;
  readonly now: number;
  readonly policy: ConnectionPolicy;
  readonly didOpen: boolean;
  readonly didClose: boolean;
}

type Rule = (step: StepView) => boolean;

/** What the step breaks, in words; undefined when everything holds. */
export function brokenStep(
  before: ConnectionModel,
  event: ConnectionEvent,
  stamp: Stamp,
  { model: after, effects, stale }: Step,
  policy: ConnectionPolicy,
): string | undefined {
  if (isStale(before, event, stamp, policy)) {
    const isDropped = after === before && effects.length === 0 && stale === true;
    return isDropped ? undefined : "a stale event changes nothing";
  }
  if (stale) return "only stale events are dropped";
  const didOpen = effects.some(({ type }) => type === "openTransport");
  const didClose = effects.some(({ type }) => type === "closeTransport");
  const { now } = stamp;
  const step = { before, after, event, effects, stamp, now, policy, didOpen, didClose };
  for (const [sentence, holds] of STEP_RULES) if (!holds(step)) return sentence;
  return brokenInvariant(after, policy);
}

/** By the exploration's own account, so that the machine cannot forget to ask. */
function isStale(
  model: ConnectionModel,
  event: ConnectionEvent,
  { now }: Stamp,
  policy: ConnectionPolicy,
): boolean {
  if ("sessionId" in event) return event.sessionId !== model.sessionId || !isLive(model.state);
  if (event.type !== "alarm") return false;
  const deadline = pendingDeadlines(model, policy)[event.deadline];
  return deadline === undefined || now < deadline;
}

/** What may make an open connection doubt, or proves it alive, but never ends a session. */
const NEVER_ENDS: ReadonlySet<string> = new Set([
  ...["start", "connectNow", "networkChanged", "appForegrounded", "appBackgrounded", "appThawed"],
  ...["woke", "tokenRenewed", "renewalFailed"],
  ...["transportOpened", "welcomed", "sendStalled", "useful", "frameReceived", "pongReceived"],
  "tokenAccepted",
]);

const FAILURES: Readonly<Record<FailureReason, true>> = {
  pingTimeout: true,
  probeFailed: true,
  sendFailed: true,
  transportClosed: true,
  openFailed: true,
  connectTimeout: true,
  handshakeTimeout: true,
  refused: true,
  goingAway: true,
  tokenUnavailable: true,
  protocolViolated: true,
  internal: true,
};

const QUESTIONS: ReadonlySet<string> = new Set(["pong", "ownPong", "probe"]);

const RULES: Readonly<Record<string, Rule>> = {
  "there is at most one transport, and only in the states that have one": hasOneTransport,
  "each dial raises the session's number by one": ({ before, after, didOpen }) =>
    after.sessionId === before.sessionId + Number(didOpen),
  "two dials are never closer than the floor": ({ before, didOpen, now, policy }) =>
    !didOpen || now - (before.lastDialAt ?? -Infinity) >= policy.dialFloorMs,
  "a dial is remembered": ({ before, after, didOpen, now }) =>
    after.lastDialAt === (didOpen ? now : before.lastDialAt),
  "a dial has its own deadline and none of another attempt": ({ after, didOpen, now, policy }) =>
    !didOpen || isSame(after.deadlines, { connect: now + policy.connectMs }),
  "nobody dials while something blocks, but now and then against the network's hint": (step) => {
    const { after, event, didOpen, policy } = step;
    if (!didOpen) return true;
    const missing = blockedBy(after, policy);
    const isRetry = event.type === "alarm" && event.deadline === "offlineRetry";
    return missing.length === 0 || (isRetry && isSame(missing, ["network"]));
  },
  "no trigger dials before the server's time but the user and another account": (step) => {
    const { before, after, didOpen, now } = step;
    if (isOverride(step) || endsWithDelay(step)) return !didOpen || now >= (after.serverUntil ?? now);
    if (didOpen && now < (before.serverUntil ?? now)) return false;
    return after.serverUntil === before.serverUntil || step.event.type === "welcomed";
  },
  "a dial asks for a forced renewal exactly when one is owed": ({ after, effects }) =>
    effects.every((effect) => effect.type !== "openTransport" || effect.renewToken === (after.renewal === "owed")),
  "attempt falls only after a stable period or a useful message": ({ before, after, event }) => {
    if (after.attempt >= before.attempt) return true;
    const isProof = event.type === "useful" || (event.type === "alarm" && event.deadline === "stable");
    return isProof && before.state === "open" && after.state === "open";
  },
  "a failure counts once, and nothing else does": ({ before, after }) => {
    const { lastFailure } = after;
    if (after.attempt < before.attempt) return lastFailure === undefined;
    const isNew = lastFailure !== undefined && lastFailure !== before.lastFailure;
    const hasFailed = isNew && lastFailure.reason in FAILURES;
    return after.attempt === before.attempt + Number(hasFailed);
  },
  "a session that fails counts": ({ before, after, didClose, event }) => {
    if (!didClose || after.state !== "backoff" || after.reason === "dialFloor") return true;
    return after.attempt === before.attempt + 1 && event.type !== "stop";
  },
  "an outage begins with its first failure and lasts until a session proves itself": (step) => {
    const { before, after, now } = step;
    if (after.attempt < before.attempt || !after.wanted) return after.outageSince === undefined;
    if (after.lastFailure === before.lastFailure) return after.outageSince === before.outageSince;
    return after.outageSince === (after.lastFailure ? (before.outageSince ?? now) : undefined);
  },
  "only the user starts, only the user and the server stop": ({ before, after, event }) => {
    if (event.type === "stop") return !after.wanted;
    if (event.type === "start") return after.wanted;
    return after.wanted === (before.wanted && !asksToStop(event));
  },
  "a server that says stop is obeyed": ({ after, event }) => !asksToStop(event) || !after.wanted,
  "nothing is scheduled once stopped": ({ after, policy }) =>
    after.wanted || Object.keys(pendingDeadlines(after, policy)).length === 0,
  "a state is entered now": ({ before, after, now }) =>
    after.since === (after.state === before.state && after.since === before.since ? before.since : now),
  "a deadline that is set lies ahead": ({ before, after, now }) =>
    (Object.keys(after.deadlines) as StateDeadline[]).every((name) => {
      const at = after.deadlines[name] ?? NaN;
      return Number.isFinite(at) && (at === before.deadlines[name] || at >= now);
    }),
  "a deadline that was reached is gone or lies ahead": ({ after, event, now, policy }) => {
    if (event.type !== "alarm") return true;
    const at = pendingDeadlines(after, policy)[event.deadline];
    return at === undefined || at > now;
  },
  "a grace is given once to a session, and never lengthened": ({ before, after, event, didOpen }) => {
    if (after.graceDeadline === undefined) return true;
    if (didOpen) return false;
    if (before.graceDeadline !== undefined) return after.graceDeadline === before.graceDeadline;
    return event.type === "appBackgrounded";
  },
  "hints, doubts and signs of life never end a session": ({ before, event, didClose }) =>
    !didClose || !NEVER_ENDS.has(event.type) || !isLive(before.state),
  "an attempt goes on step by step": ({ before, after, event, didOpen }) => {
    if (after.state === "connectingTransport") return didOpen || before.state === "connectingTransport";
    if (after.state === before.state) return true;
    if (after.state === "authenticating") return event.type === "transportOpened" && before.state === "connectingTransport";
    return after.state !== "open" || (event.type === "welcomed" && before.state === "authenticating");
  },
  "a handshake starts when the socket opens": ({ before, after, effects }) =>
    did(effects, "startHandshake") === (after.state === "authenticating" && before.state !== "authenticating"),
  "a session that opens owes no renewal": ({ after }) => after.state !== "open" || after.renewal === "none",
  "a token that came while dialling is sent at open": ({ before, after, effects, event }) => {
    if (before.state === "authenticating" && after.state === "open") return did(effects, "sendToken") === before.tokenOwed;
    const isDialling = after.state === "connectingTransport" || after.state === "authenticating";
    const isNew = event.type === "credentialsChanged" && event.account === before.account && event.available;
    return !isDialling || !isNew || after.tokenOwed || after.sessionId !== before.sessionId;
  },
  "a token whose renewal is due is renewed, and again until it is accepted": ({ after, effects, event }) => {
    if (event.type !== "alarm" || event.deadline !== "tokenRenewal") return true;
    return did(effects, "sendToken") && after.deadlines.tokenRenewal !== undefined;
  },
  "a new token is asked for when a renewal begins": ({ before, after, effects }) =>
    did(effects, "renewToken") === (after.renewal === "pending" && before.renewal !== "pending"),
  "the app hears of a rejection only after a renewal": ({ before, effects }) =>
    !did(effects, "reportAuthInvalidated") || before.authRejections > 0,
  "calls in flight are awaited before leaving": ({ before, after, effects }) =>
    did(effects, "drainSession") === (after.deadlines.drain !== undefined && before.deadlines.drain === undefined),
  "each ping is sent, each with a new number": ({ before, after, effects }) => {
    const ping = effects.find((effect) => effect.type === "sendPing");
    const last = before.health?.nonce ?? 0;
    if (!ping) return !after.health || after.health.nonce === last;
    return ping.nonce === last + 1 && after.health?.nonce === ping.nonce;
  },
  "frames are listened to exactly while one would change something": ({ before, after, effects }) => {
    const told = effects.filter((effect) => effect.type === "listenForLife");
    if (after.state !== "open" || wantsLife(before) === wantsLife(after)) return told.length === 0;
    return told.length === 1 && told[0]?.on === wantsLife(after);
  },
  "silence past a deadline ends the session, a late alarm's at the second time": silenceEnds,
};

const STEP_RULES: readonly (readonly [string, Rule])[] = Object.entries(RULES);

/** The invariants between two models, as sentences. */
export const STEP_INVARIANTS: readonly string[] = Object.keys(RULES);

/** Interprets the effects against a world that has at most one transport. */
function hasOneTransport({ before, after, effects }: StepView): boolean {
  let live = isLive(before.state) ? before.sessionId : undefined;
  for (const effect of effects) {
    if (effect.type === "openTransport") {
      if (live !== undefined) return false;
      live = effect.sessionId;
    } else if ("sessionId" in effect) {
      if (live !== effect.sessionId) return false;
      if (effect.type === "closeTransport") live = undefined;
    }
  }
  return live === (isLive(after.state) ? after.sessionId : undefined);
}

function silenceEnds({ before, event, didClose, now, stamp, policy }: StepView): boolean {
  if (event.type !== "alarm" || !QUESTIONS.has(event.deadline) || !before.health) return true;
  const { pending, lastInboundAt } = before.health;
  const { vitals } = stamp;
  const isHeard = (vitals?.lastInboundAt ?? -Infinity) > lastInboundAt && event.deadline !== "ownPong";
  const isTaken = (vitals?.bufferedBytes ?? 0) < (pending?.bufferedBytes ?? 0) && event.deadline !== "ownPong";
  if (isHeard || isTaken || vitals?.inboundPaused) return !didClose;
  const isLate = now - (pendingDeadlines(before, policy)[event.deadline] ?? now) > policy.lateMs;
  return didClose === (!isLate || (event.deadline === "probe" && pending?.isSecond === true));
}

/** The user's own wish and another identity wait for no server. */
function isOverride({ before, event }: StepView): boolean {
  if (event.type === "connectNow") return before.state !== "open";
  if (event.type !== "credentialsChanged" || !event.available) return false;
  return before.account !== 0 && before.account !== event.account;
}

function endsWithDelay({ event }: StepView): boolean {
  return "retryAfterMs" in event || (event.type === "refused" && "windowMs" in event);
}

function asksToStop(event: ConnectionEvent): boolean {
  if (event.type === "refused") return event.action === "stop";
  return (event.type === "openFailed" || event.type === "transportClosed") && event.meaning === "stop";
}

function did(effects: readonly ConnectionEffect[], type: ConnectionEffect["type"]): boolean {
  return effects.some((effect) => effect.type === type);
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
