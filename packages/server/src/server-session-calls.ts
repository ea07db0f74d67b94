/**
 * The requests of a session, which are calls, fetches and cancels by key: who may run, who waits,
 * whose time is up. Each admitted one gets one answer. It keeps its place until it ends, so that a
 * client cannot run more of them by cancelling or by short deadlines.
 */
import { readPayloadFault } from "@holdfast/protocol";
import type { Ack, Cancel, Failure } from "@holdfast/protocol";

import { ownFailure } from "./call-failure.ts";
import type { ServerSessionEffect } from "./server-session-effect.ts";
import type { Answer, SessionRequest, SettledCall } from "./server-session-event.ts";
import type { ExecutingCall } from "./server-session-model.ts";
import { say, violate } from "./server-session-turn.ts";
import type { Turn } from "./server-session-turn.ts";

/** Shared: a session that is at rest holds no list of its own. */
const NONE: readonly ExecutingCall[] = [];

/** Admits a request, lets it wait, or refuses it. False says that it was refused. */
export function admit(turn: Turn, request: SessionRequest): boolean {
  const { model, policy, stamp } = turn;
  if (request.id <= model.lastCallId) {
    violate(turn, "a call id must rise");
    return true;
  }
  model.lastCallId = request.id;
  const timeoutMs = request.type === "call" ? request.timeoutMs : Infinity;
  const deadline = stamp.now + Math.min(timeoutMs, policy.callTimeoutMaxMs);
  const refused = obstacleTo(turn, request);
  if (refused) {
    say(turn, refused);
    return false;
  }
  // Before the answer, which may come at once.
  if (request.type === "call" && request.key !== undefined) say(turn, ackOf(request));
  if (hasPlace(turn)) start(turn, request, deadline);
  else wait(turn, request, deadline);
  return true;
}

function ackOf({ id }: SessionRequest): Ack {
  return { type: "ack", id };
}

function obstacleTo(turn: Turn, request: SessionRequest): Failure | undefined {
  const { model, policy, stamp } = turn;
  const { id } = request;
  if (request.type === "call") {
    if (!policy.methods.has(request.method)) return ownFailure(id, "unknownMethod");
    if (readPayloadFault(request.input, policy.limits.nesting)) return ownFailure(id, "badInput");
  }
  if (request.type === "fetch" && request.limit === 0) {
    return ownFailure(id, "badInput", "a fetch asks for at least one update");
  }
  if (stamp.now >= model.callsRefusedFrom) return ownFailure(id, "draining");
  return model.waiting.length >= policy.callsWaiting ? ownFailure(id, "busy") : undefined;
}

function hasPlace({ model, policy }: Turn): boolean {
  return model.executing.length < policy.limits.callsExecuting;
}

/** Requests ended: each answer goes out, unless the caller has one, and each place to the next. */
export function settle(turn: Turn, settled: readonly SettledCall[]): void {
  const { model } = turn;
  const running: ExecutingCall[] = [];
  for (const call of model.executing) {
    const answer = settled.find(({ id }) => id === call.id)?.answer;
    if (!answer) running.push(call);
    else if (call.deadline !== Infinity) say(turn, spoken(turn, answer));
  }
  model.executing = running.length > 0 ? running : NONE;
  for (let next = model.waiting[0]; next && hasPlace(turn); next = model.waiting[0]) {
    takeWaiting(turn, next.request.id);
    start(turn, next.request, next.deadline);
  }
}

/** Where a call's updates stand is of use only to who speaks of keys. */
function spoken({ model }: Turn, answer: Answer): Answer {
  if (answer.type !== "result" || !answer.at || model.capabilities.includes("keys")) return answer;
  const { at: _, ...rest } = answer;
  return rest;
}

/**
 * The caller no longer waits. A request that has its answer, or never came, is none of ours:
 * answers cross cancels.
 */
export function cancelRequest(turn: Turn, { id }: Cancel): void {
  giveUp(turn, id, "cancelled");
}

/** Answers every call whose time is up. */
export function expireCalls(turn: Turn): void {
  const { executing, waiting } = turn.model;
  const due = (deadline: number): boolean => deadline <= turn.stamp.now;
  for (const call of executing) if (due(call.deadline)) giveUp(turn, call.id, "timedOut");
  for (const { request, deadline } of waiting) {
    if (due(deadline)) giveUp(turn, request.id, "timedOut");
  }
}

function start(turn: Turn, request: SessionRequest, deadline: number): void {
  turn.model.executing = [...turn.model.executing, { id: request.id, deadline }];
  turn.effects.push(effectOf(request));
}

function effectOf(request: SessionRequest): ServerSessionEffect {
  switch (request.type) {
    case "call":
      return { type: "runCall", call: request };
    case "fetch":
      return { type: "fetchPage", fetch: request };
    case "cancel":
      return { type: "cancelKey", id: request.id, key: request.key };
  }
}

/** Reading pauses with the first call that waits, not before: who keeps to the limit is heard. */
function wait(turn: Turn, request: SessionRequest, deadline: number): void {
  if (turn.model.waiting.length === 0) turn.effects.push({ type: "pauseReading" });
  turn.model.waiting = [...turn.model.waiting, { request, deadline }];
}

function giveUp(turn: Turn, id: number, code: "cancelled" | "timedOut"): void {
  const { model } = turn;
  const running = model.executing.find((call) => call.id === id && call.deadline !== Infinity);
  if (running) {
    model.executing = model.executing.map((call) =>
      call === running ? { id, deadline: Infinity } : call,
    );
    turn.effects.push({ type: "abortCall", id, code });
    say(turn, ownFailure(id, code));
  } else if (model.waiting.some(({ request }) => request.id === id)) {
    takeWaiting(turn, id);
    // Its handler never ran, whatever the code says of calls in general.
    say(turn, { ...ownFailure(id, code), refused: true });
  }
}

/** Takes a call out of the queue; reading goes on when it was the last. */
function takeWaiting(turn: Turn, id: number): void {
  turn.model.waiting = turn.model.waiting.filter(({ request }) => request.id !== id);
  if (turn.model.waiting.length === 0) turn.effects.push({ type: "resumeReading" });
}
