/**
 * The calls of a session: who may run, who waits, whose time is up. Each admitted call gets one
 * answer. A handler keeps its place until it ends, so that a client cannot run more of them by
 * cancelling or by short deadlines.
 */
import { payloadFault } from "@holdfast/protocol";
import type { Call, Cancel, Failure, FailureCode, Result } from "@holdfast/protocol";

import { ownFailure } from "./call-failure.ts";
import { say, violate } from "./server-session-turn.ts";
import type { Turn } from "./server-session-turn.ts";

/** Admits a call, lets it wait, or refuses it. False says that it was refused. */
export function admitCall(turn: Turn, call: Call): boolean {
  const { model, policy, stamp } = turn;
  if (call.id <= model.lastCallId) {
    violate(turn, "a call id must rise");
    return true;
  }
  model.lastCallId = call.id;
  const deadline = stamp.now + Math.min(call.timeoutMs, policy.callTimeoutMaxMs);
  const obstacle = obstacleTo(turn, call);
  if (obstacle !== undefined) say(turn, ownFailure(call.id, obstacle));
  else if (hasPlace(turn)) start(turn, call, deadline);
  else wait(turn, call, deadline);
  return obstacle === undefined;
}

function obstacleTo({ model, policy, stamp }: Turn, call: Call): FailureCode | undefined {
  if (!policy.methods.has(call.method)) return "unknownMethod";
  if (payloadFault(call.input, policy.limits.nesting)) return "badInput";
  if (stamp.now >= model.callsRefusedFrom) return "draining";
  return model.waiting.length >= policy.callsWaiting ? "busy" : undefined;
}

function hasPlace({ model, policy }: Turn): boolean {
  return model.executing.length < policy.limits.callsExecuting;
}

/** A handler ended: its answer goes out, unless the caller has one, and its place to the next. */
export function settleCall(turn: Turn, id: number, answer: Result | Failure): void {
  const { model } = turn;
  const settled = model.executing.find((call) => call.id === id);
  if (!settled) return;
  if (settled.deadline !== Infinity) say(turn, answer);
  model.executing = model.executing.filter((call) => call !== settled);
  const next = model.waiting[0];
  if (!next) return;
  takeWaiting(turn, next.call.id);
  start(turn, next.call, next.deadline);
}

/**
 * The caller no longer waits. A call that has its answer, or never came, is none of ours: answers
 * cross cancels.
 */
export function cancelCall(turn: Turn, cancel: Cancel): void {
  const { id } = cancel;
  if (id !== undefined) giveUp(turn, id, "cancelled");
}

/** Answers every call whose time is up. */
export function expireCalls(turn: Turn): void {
  const { executing, waiting } = turn.model;
  const due = (deadline: number): boolean => deadline <= turn.stamp.now;
  for (const call of executing) if (due(call.deadline)) giveUp(turn, call.id, "timedOut");
  for (const { call, deadline } of waiting) if (due(deadline)) giveUp(turn, call.id, "timedOut");
}

function start(turn: Turn, call: Call, deadline: number): void {
  turn.model.executing = [...turn.model.executing, { id: call.id, deadline }];
  turn.effects.push({ type: "runCall", call });
}

/** Reading pauses with the first call that waits, not before: who keeps to the limit is heard. */
function wait(turn: Turn, call: Call, deadline: number): void {
  if (turn.model.waiting.length === 0) turn.effects.push({ type: "pauseReading" });
  turn.model.waiting = [...turn.model.waiting, { call, deadline }];
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
  } else if (model.waiting.some(({ call }) => call.id === id)) {
    takeWaiting(turn, id);
    // Its handler never ran, whatever the code says of calls in general.
    say(turn, { ...ownFailure(id, code), refused: true });
  }
}

/** Takes a call out of the queue; reading goes on when it was the last. */
function takeWaiting(turn: Turn, id: number): void {
  turn.model.waiting = turn.model.waiting.filter(({ call }) => call.id !== id);
  if (turn.model.waiting.length === 0) turn.effects.push({ type: "resumeReading" });
}
