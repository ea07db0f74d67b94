/**
 * The session machine of the server, as one pure function: awaitingHello → authenticating → open →
 * closed.
 *
 * Theory of operation. Nothing but `hello` and `ping` is heard before `welcome`, and only one
 * hello. Time is data: each state has its deadlines in the model, silence follows from the last
 * frame, and an `alarm` acts on whatever is due. A session ends in one way: the typed `refuse`
 * first, then `release` of all it held, then the close, and after `linger` the end of TCP. What
 * comes later, from the socket or from handlers, meets a closed session and changes nothing.
 *
 * Credentials, calls and subscriptions have files of their own; the driver is `session-driver.ts`.
 */
import { capabilityOf } from "@holdfast/protocol";
import type { BucketKey, Cancel, ClientMessage } from "@holdfast/protocol";

import { admit, cancelRequest, expireCalls, settle } from "./server-session-calls.ts";
import { check, checked, greeted, unchecked } from "./server-session-credentials.ts";
import type { ServerSessionEffect } from "./server-session-effect.ts";
import type { KeyedCancel, ServerSessionEvent, SessionRequest } from "./server-session-event.ts";
import type {
  ServerSessionModel,
  ServerSessionPolicy,
  ServerStamp,
} from "./server-session-model.ts";
import { judge, revoke, subscribe, unsubscribe } from "./server-session-subscriptions.ts";
import {
  endAsTold,
  leave,
  refuse,
  say,
  setDeadlines,
  spend,
  spendFor,
  turnAway,
  violate,
} from "./server-session-turn.ts";
import type { Turn } from "./server-session-turn.ts";

export interface ServerStep {
  readonly model: ServerSessionModel;
  readonly effects: readonly ServerSessionEffect[];
}

/** What this event makes of the session, and what is to be done about it. */
export function serverSession(
  model: ServerSessionModel,
  event: ServerSessionEvent,
  stamp: ServerStamp,
  policy: ServerSessionPolicy,
): ServerStep {
  const turn: Turn = { model: { ...model }, effects: [], stamp, policy, ownTable: undefined };
  if (model.state === "closed") afterEnd(turn, event);
  else live(turn, event);
  return turn;
}

/** Only the end of the socket still matters. */
function afterEnd(turn: Turn, event: ServerSessionEvent): void {
  const { linger } = turn.model.deadlines;
  if (linger === undefined) return;
  const isLate = event.type === "alarm" && turn.stamp.now >= linger;
  if (!isLate && event.type !== "socketClosed") return;
  if (isLate) turn.effects.push({ type: "terminate" });
  turn.model.deadlines = {};
  turn.effects.push({ type: "forget" });
}

function live(turn: Turn, event: ServerSessionEvent): void {
  switch (event.type) {
    case "received":
      return received(turn, event.messages);
    case "callsSettled":
      return settle(turn, event.calls);
    case "named":
      return named(turn, event.buckets);
    case "authorized":
      return judge(turn, event.askId, event.verdicts);
    case "authenticated":
    case "authenticationRefused":
    case "authenticationFailed":
      return checked(turn, event);
    case "revoked":
      return revoke(turn, event.bucket);
    case "alarm":
      return alarm(turn);
    case "malformed":
      return violate(turn, event.detail);
    case "crowded":
      return turnAway(turn);
    case "unsupported":
      return refuse(turn, "unsupportedVersion");
    case "superseded":
      return refuse(turn, "superseded");
    case "disconnected":
      return endAsTold(turn, event.refusal);
    case "draining":
      return drain(turn, event.windowMs, event.graceMs);
    case "flooded":
      return refuse(turn, "rateLimited", { retryAfterMs: event.retryAfterMs });
    case "overflowed":
      return refuse(turn, "slowConsumer", { windowMs: turn.stamp.windowMs });
    case "faulted":
      return refuse(turn, "internal");
    case "socketClosed":
      return vanish(turn);
  }
}

function vanish(turn: Turn): void {
  leave(turn, {});
  turn.effects.push({ type: "forget" });
}

/** A frame is life, whatever it says. A message that ends the session ends the frame. */
function received(turn: Turn, messages: readonly ClientMessage[]): void {
  const { model, policy, stamp } = turn;
  model.lastFrameAt = stamp.now;
  const earned = ((stamp.now - model.allowanceAt) * policy.messagesPerSecond) / 1_000;
  model.allowance = Math.min(policy.messagesBurst, model.allowance + earned);
  model.allowanceAt = stamp.now;
  for (const message of messages) {
    hear(turn, message);
    if (model.state === "closed") return;
  }
}

function hear(turn: Turn, message: ClientMessage): void {
  const { state, capabilities } = turn.model;
  if (message.type === "ping") {
    say(turn, { type: "pong", nonce: message.nonce, windowMs: turn.stamp.windowMs });
    return spend(turn, 1);
  }
  if (state === "awaitingHello") {
    if (message.type === "hello") return greeted(turn, message);
    return refuse(turn, "helloExpected", { message: `${message.type} before hello` });
  }
  if (state !== "open") return violate(turn, `${message.type} before welcome`);
  const family = capabilityOf(message);
  if (family !== undefined && !capabilities.includes(family))
    return violate(turn, `${message.type} needs the capability ${family}`);
  hearOpen(turn, message);
}

function hearOpen(turn: Turn, message: Exclude<ClientMessage, { type: "ping" }>): void {
  switch (message.type) {
    case "call":
    case "fetch":
      return request(turn, message);
    case "cancel":
      if (isByKey(message)) return request(turn, message);
      cancelRequest(turn, message);
      return spend(turn, 1);
    case "subscribe":
      subscribe(turn, message.buckets);
      return spendFor(turn, message.buckets);
    case "unsubscribe":
      unsubscribe(turn, message.buckets);
      return spendFor(turn, message.buckets);
    case "token":
      check(turn, message);
      return spend(turn, 1);
    case "hello":
      return violate(turn, "a second hello");
  }
}

function isByKey(cancel: Cancel): cancel is KeyedCancel {
  return cancel.key !== undefined;
}

/**
 * Admitted calls are bounded by how many may execute; refused ones would be free otherwise, and a
 * fetch makes the server work for whoever asks.
 */
function request(turn: Turn, asked: SessionRequest): void {
  const isFree = admit(turn, asked) && asked.type !== "fetch";
  if (!isFree && turn.model.state === "open") spend(turn, 1);
}

/** Only an open session hears of buckets; what it asked for itself stays as it asked. */
function named(turn: Turn, buckets: readonly BucketKey[]): void {
  const { state, subscriptions } = turn.model;
  if (state !== "open") return;
  const others = buckets.filter((bucket) => !subscriptions.has(bucket));
  subscribe(
    turn,
    others.map((bucket) => ({ bucket })),
  );
}

/**
 * An open session is asked to go, and made to after window and grace; one that is not open never
 * starts.
 */
function drain(turn: Turn, windowMs: number, graceMs: number): void {
  const { model, stamp } = turn;
  if (model.state !== "open") return refuse(turn, "serverRestart", { windowMs });
  if (model.deadlines.drain !== undefined) return;
  model.callsRefusedFrom = stamp.now + windowMs;
  setDeadlines(turn, { drain: model.callsRefusedFrom + graceMs });
  say(turn, { type: "goAway", windowMs });
}

/** Acts on what is due, the weightiest first: one end is enough. */
function alarm(turn: Turn): void {
  const { model, stamp, policy } = turn;
  const isDue = (deadline: number | undefined): boolean =>
    deadline !== undefined && stamp.now >= deadline;
  if (isDue(model.deadlines.hello)) return refuse(turn, "helloTimeout");
  if (isDue(model.deadlines.tokenExpiry)) return refuse(turn, "tokenExpired");
  if (isDue(model.deadlines.drain))
    return refuse(turn, "serverRestart", { windowMs: stamp.windowMs });
  if (isDue(model.deadlines.authenticate)) {
    setDeadlines(turn, { authenticate: undefined });
    turn.effects.push({ type: "abortCheck" });
    unchecked(turn);
  }
  if (model.state === "open" && isDue(model.lastFrameAt + policy.silenceMs))
    return refuse(turn, "idle");
  expireCalls(turn);
}
