/**
 * Invariants of a session's life: how it comes to open, what may end it and what must, and that its
 * grace, tokens, pings and goodbyes are each done once.
 */
import {
  isLive,
  pendingDeadlines,
  wantsLife,
  type ConnectionEventType,
} from "@holdfast/client/machine";

import { asksForCredentials, did, type StepRules, type StepView } from "./step-view.ts";

/** What may make an open connection doubt, or proves it alive, but never ends a session. */
const NEVER_ENDS: ReadonlySet<string> = new Set<ConnectionEventType>([
  "start",
  "connectNow",
  "networkChanged",
  "appForegrounded",
  "appBackgrounded",
  "appThawed",
  "woke",
  "tokenRenewed",
  "renewalFailed",
  "transportOpened",
  "welcomed",
  "sendStalled",
  "useful",
  "frameReceived",
  "pongReceived",
  "tokenAccepted",
]);

const QUESTIONS: ReadonlySet<string> = new Set(["pong", "ownPong", "probe"]);

export const SESSION_RULES: StepRules = {
  "hints, doubts and signs of life never end a session": ({ before, event, didClose }) =>
    !didClose || !NEVER_ENDS.has(event.type) || !isLive(before.state),
  "an attempt goes on step by step": ({ before, after, event, didOpen }) => {
    if (after.state === "connectingTransport")
      return didOpen || before.state === "connectingTransport";
    if (after.state === before.state) return true;
    if (after.state === "authenticating")
      return event.type === "transportOpened" && before.state === "connectingTransport";
    return (
      after.state !== "open" || (event.type === "welcomed" && before.state === "authenticating")
    );
  },
  "a handshake starts when the socket opens": ({ before, after, effects }) =>
    did(effects, "startHandshake") ===
    (after.state === "authenticating" && before.state !== "authenticating"),
  "a session that opens owes no renewal": ({ after }) =>
    after.state !== "open" || after.renewal === "none",
  "a token that came while dialling is sent at open": ({ before, after, effects, event }) => {
    if (before.state === "authenticating" && after.state === "open")
      return did(effects, "sendToken") === before.tokenOwed;
    const isDialling = after.state === "connectingTransport" || after.state === "authenticating";
    const isNew =
      event.type === "credentialsChanged" && event.account === before.account && event.available;
    return !isDialling || !isNew || after.tokenOwed || after.sessionId !== before.sessionId;
  },
  "a token whose renewal is due is renewed, and again until it is accepted": ({
    after,
    effects,
    event,
  }) => {
    if (event.type !== "alarm" || event.deadline !== "tokenRenewal") return true;
    return did(effects, "sendToken") && after.deadlines.tokenRenewal !== undefined;
  },
  "a new token is asked for when a renewal begins": ({ before, after, effects }) =>
    did(effects, "renewToken") === (after.renewal === "pending" && before.renewal !== "pending"),
  "a rejection is counted": ({ before, after, event }) =>
    !asksForCredentials(event) || after.authRejections === before.authRejections + 1,
  "a rejected token is renewed once, then the app is told": ({ before, event, effects }) => {
    const isAsked = asksForCredentials(event);
    const isFirst = before.authRejections === 0;
    if (did(effects, "renewToken") !== (isAsked && isFirst)) return false;
    return did(effects, "reportAuthInvalidated") === (isAsked && !isFirst);
  },
  "calls in flight are awaited before leaving": ({ before, after, effects }) =>
    did(effects, "drainSession") ===
    (after.deadlines.drain !== undefined && before.deadlines.drain === undefined),
  "each ping is sent, each with a new number": ({ before, after, effects }) => {
    const ping = effects.find((effect) => effect.type === "sendPing");
    const last = before.health?.nonce ?? 0;
    if (!ping) return !after.health || after.health.nonce === last;
    return ping.nonce === last + 1 && after.health?.nonce === ping.nonce;
  },
  "frames are listened to exactly while one would change something": ({
    before,
    after,
    effects,
  }) => {
    const told = effects.filter((effect) => effect.type === "listenForLife");
    if (after.state !== "open" || wantsLife(before) === wantsLife(after)) return told.length === 0;
    return told.length === 1 && told[0]?.on === wantsLife(after);
  },
  "silence past a deadline ends the session, a late alarm's at the second time": silenceEnds,
};

function silenceEnds({ before, event, didClose, now, stamp, policy }: StepView): boolean {
  if (event.type !== "alarm" || !QUESTIONS.has(event.deadline) || !before.health) return true;
  const { isSecond, lastInboundAt } = before.health;
  const isAsking = (before.deadlines.pong ?? before.deadlines.probe) !== undefined;
  const askedBytes = isAsking ? before.health.bufferedBytes : 0;
  const { vitals } = stamp;
  const isHeard =
    (vitals?.lastInboundAt ?? -Infinity) > lastInboundAt && event.deadline !== "ownPong";
  const isTaken = (vitals?.bufferedBytes ?? 0) < askedBytes && event.deadline !== "ownPong";
  if (isHeard || isTaken || vitals?.inboundPaused) return !didClose;
  const isLate = now - (pendingDeadlines(before, policy)[event.deadline] ?? now) > policy.lateMs;
  return didClose === (!isLate || (event.deadline === "probe" && isSecond));
}
