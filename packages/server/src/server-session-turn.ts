/**
 * One turn of the session machine: the copy of the model that an event works on, and the effects it
 * collects. The machine's files share it, and the two ways in which a session speaks and ends.
 */
import { REFUSALS, refusalCloseCode } from "@holdfast/protocol";
import type { BucketKey, Refuse, RefusalCode, ServerMessage } from "@holdfast/protocol";

import type { ServerSessionEffect } from "./server-session-effect.ts";
import type { SpokenRefusal } from "./server-session-event.ts";
import type {
  ServerSessionDeadlines,
  ServerSessionModel,
  ServerSessionPolicy,
  ServerStamp,
  Subscription,
} from "./server-session-model.ts";

/**
 * The model may be assigned to, because it is this turn's own copy; what hangs on it is shared and
 * only replaced.
 */
export interface Turn {
  readonly model: { -readonly [Field in keyof ServerSessionModel]: ServerSessionModel[Field] };
  readonly effects: ServerSessionEffect[];
  readonly stamp: ServerStamp;
  readonly policy: ServerSessionPolicy;
  /** The copy of the subscriptions that this turn has made, once it changed any. */
  ownTable: Map<BucketKey, Subscription> | undefined;
}

/** Shared, for most sessions have none. */
const NO_DEADLINES: ServerSessionDeadlines = {};

export function say(turn: Turn, message: ServerMessage): void {
  turn.effects.push({ type: "send", message });
}

/** Sets deadlines by name; undefined takes one away. */
export function setDeadlines(
  turn: Turn,
  changes: { readonly [Name in keyof ServerSessionDeadlines]: number | undefined },
): void {
  const merged = Object.entries({ ...turn.model.deadlines, ...changes });
  const set = merged.filter(([, at]) => at !== undefined);
  turn.model.deadlines = set.length > 0 ? Object.fromEntries(set) : NO_DEADLINES;
}

/** Ends the session with one of the protocol's own refusals. */
export function refuse(
  turn: Turn,
  code: RefusalCode,
  details: Pick<Refuse, "message" | "retryAfterMs" | "windowMs"> = {},
): void {
  end(turn, { type: "refuse", action: REFUSALS[code].action, code, ...details });
}

/** Ends the session because there is no room for it. */
export function turnAway(turn: Turn): void {
  const { stamp, policy } = turn;
  refuse(turn, "busy", { retryAfterMs: policy.busyRetryMs, windowMs: stamp.windowMs });
}

/** Ends the session because its peer did what the protocol forbids. `detail` holds no payload. */
export function violate(turn: Turn, detail: string): void {
  refuse(turn, "protocolViolation", { message: detail });
}

/** The typed message first, then the close: no meaning hangs on a close code alone. */
export function end(turn: Turn, refusal: Refuse): void {
  say(turn, refusal);
  leave(turn, { linger: turn.stamp.now + turn.policy.lingerMs });
  const { action, code } = refusal;
  turn.effects.push({ type: "close", code: refusalCloseCode(action, code), reason: code });
}

/**
 * Ends the session in the words of somebody else: the application, or who checked the credential.
 */
export function endAsTold(turn: Turn, refusal: SpokenRefusal): void {
  const { action, code, message, retryAfterMs } = refusal;
  end(turn, {
    type: "refuse",
    action,
    code,
    ...(message !== undefined && { message }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** Gives up everything that the session holds. Only the socket may be left, until `linger`. */
export function leave(turn: Turn, deadlines: ServerSessionDeadlines): void {
  turn.model.state = "closed";
  turn.model.deadlines = deadlines;
  // Reading goes on, or the peer's own close would never be seen.
  if (turn.model.waiting.length > 0) turn.effects.push({ type: "resumeReading" });
  turn.model.executing = [];
  turn.model.waiting = [];
  turn.model.subscriptions = new Map();
  turn.effects.push({ type: "release" });
}

/**
 * Takes from the allowance; a session that overdraws it ends, and is told when it is full again.
 */
export function spend(turn: Turn, messages: number): void {
  const { model, policy } = turn;
  model.allowance -= messages;
  model.spent += messages;
  if (model.allowance >= 0) return;
  const retryAfterMs = Math.ceil((policy.messagesBurst / policy.messagesPerSecond) * 1_000);
  refuse(turn, "rateLimited", { retryAfterMs });
}

/** A message about no bucket is a message all the same. */
export function spendFor(turn: Turn, buckets: readonly unknown[]): void {
  spend(turn, Math.max(1, buckets.length));
}
