/**
 * Invariants of dialling: one transport at a time, never too soon, never against the world's or the
 * user's will; and of what is remembered for it: failures, waits and deadlines.
 */
import {
  blockedBy,
  isLive,
  pendingDeadlines,
  type FailureReason,
  type DeadlineName,
} from "@holdfast/client/machine";

import { asksToStop, type StepRules, type StepView } from "./step-view.ts";

/** The reasons that count as attempts. */
export const FAILURES: Readonly<Record<FailureReason, true>> = {
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

export const DIAL_RULES: StepRules = {
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
    if (isOverride(step) || endsWithDelay(step))
      return !didOpen || now >= (after.serverUntil ?? now);
    if (didOpen && now < (before.serverUntil ?? now)) return false;
    return after.serverUntil === before.serverUntil || step.event.type === "welcomed";
  },
  "a dial asks for a forced renewal exactly when one is owed": ({ after, effects }) =>
    effects.every(
      (effect) =>
        effect.type !== "openTransport" || effect.renewToken === (after.renewal === "owed"),
    ),
  "attempt falls only after a stable period or a useful message": ({ before, after, event }) => {
    if (after.attempt >= before.attempt) return true;
    const isProof =
      event.type === "useful" || (event.type === "alarm" && event.deadline === "stable");
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
    after.since ===
    (after.state === before.state && after.since === before.since ? before.since : now),
  "a deadline that is set lies ahead": ({ before, after, now }) =>
    (Object.keys(after.deadlines) as DeadlineName[]).every((name) => {
      const at = after.deadlines[name] ?? NaN;
      return Number.isFinite(at) && (at === before.deadlines[name] || at >= now);
    }),
  "a deadline that was reached is gone or lies ahead": ({ after, event, now, policy }) => {
    if (event.type !== "alarm") return true;
    const at = pendingDeadlines(after, policy)[event.deadline];
    return at === undefined || at > now;
  },
  "a grace is given once to a session, and never lengthened": ({
    before,
    after,
    event,
    didOpen,
  }) => {
    if (after.deadlines.grace === undefined) return true;
    if (didOpen) return false;
    if (before.deadlines.grace !== undefined)
      return after.deadlines.grace === before.deadlines.grace;
    return event.type === "appBackgrounded";
  },
};

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

/** The user's own wish and another identity wait for no server. */
function isOverride({ before, event }: StepView): boolean {
  if (event.type === "connectNow") return before.state !== "open";
  if (event.type !== "credentialsChanged" || !event.available) return false;
  return before.account !== 0 && before.account !== event.account;
}

function endsWithDelay({ event }: StepView): boolean {
  return "retryAfterMs" in event || (event.type === "refused" && "windowMs" in event);
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
