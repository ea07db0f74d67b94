/** The whole truth about one session on the server, and when time will next matter to it. */
import type { BucketKey, BucketPosition, Capability, Hello, WireLimits } from "@holdfast/protocol";

import type { Millis } from "./base/clock.ts";
import type { ServerPolicy } from "./server-policy.ts";
import type { SessionRequest } from "./server-session-event.ts";

/** `closed`: nothing more is said; with a `linger` deadline the socket is not gone yet. */
export type ServerSessionState = "awaitingHello" | "authenticating" | "open" | "closed";

/** Every pending timer by name, except silence and the calls', which follow from other fields. */
export type ServerSessionDeadlines = Readonly<
  Partial<Record<"hello" | "authenticate" | "tokenExpiry" | "drain" | "linger", Millis>>
>;

/** A request that runs. Its place is taken until it ends, even when nobody waits for its answer. */
export interface ExecutingCall {
  readonly id: number;
  /** Infinity once the caller has its answer: timed out or cancelled. */
  readonly deadline: Millis;
}

/** A request that waits for a place. */
export interface WaitingCall {
  readonly request: SessionRequest;
  readonly deadline: Millis;
}

/** A bucket that the session wants to hear of. */
export interface Subscription {
  /** The right to read is there, and its updates are pushed. */
  readonly isLive: boolean;
  /** The number of the `authorize` that asks for it; verdicts of earlier ones are stale. */
  readonly askId: number;
  /** From where on; undefined: from now on. */
  readonly position?: BucketPosition | undefined;
}

export interface ServerSessionModel {
  readonly state: ServerSessionState;
  readonly deadlines: ServerSessionDeadlines;
  /** When the last application frame came in. */
  readonly lastFrameAt: Millis;
  /** What may still be said at once, and when that was last reckoned. */
  readonly allowance: number;
  readonly allowanceAt: Millis;
  /** So many messages have counted so far: the driver charges them to the account. */
  readonly spent: number;
  /** Present from `authenticating` on: as it was said, and once open who the client is. */
  readonly hello: Hello | undefined;
  /** Present once open. */
  readonly account: string | undefined;
  /** The optional families of messages that both peers named. */
  readonly capabilities: readonly Capability[];
  /** The number of the latest check of a credential; answers of earlier ones are stale. */
  readonly checkId: number;
  /** The number of the latest `authorize`. */
  readonly askId: number;
  /** How many buckets were asked about and have no verdict yet. */
  readonly asking: number;
  readonly lastCallId: number;
  /** In the order of their start. */
  readonly executing: readonly ExecutingCall[];
  /** In the order of their arrival. While one waits, reading is paused. */
  readonly waiting: readonly WaitingCall[];
  readonly subscriptions: ReadonlyMap<BucketKey, Subscription>;
  /** From here on new calls are refused, because the server is closing. */
  readonly callsRefusedFrom: Millis;
}

/**
 * What decides beside the event: the server's numbers and what it knows. The same for all sessions
 * of a server.
 */
export interface ServerSessionPolicy extends ServerPolicy {
  readonly limits: WireLimits;
  /** How long results of keyed calls are kept, in ms. */
  readonly keyRetentionMs: number;
  /** The methods that exist. */
  readonly methods: { has(method: string): boolean };
  /** The optional families of messages that this server speaks. */
  readonly capabilities: readonly Capability[];
}

/** What the driver stamps on each event: the machine reads no clock. */
export interface ServerStamp {
  readonly now: Millis;
  /** Epoch ms. */
  readonly wallNow: Millis;
  /** Over how long reconnects should be spread at this moment, in ms. */
  readonly windowMs: number;
}

// Shared: a session that is at rest holds no lists of its own.
const NO_SUBSCRIPTIONS: ReadonlyMap<BucketKey, Subscription> = new Map();
const NONE: readonly never[] = [];

/** A connection that was just accepted. */
export function newServerSession(now: Millis, policy: ServerSessionPolicy): ServerSessionModel {
  return {
    state: "awaitingHello",
    deadlines: { hello: now + policy.helloMs },
    lastFrameAt: now,
    allowance: policy.messagesBurst,
    allowanceAt: now,
    spent: 0,
    hello: undefined,
    account: undefined,
    capabilities: NONE,
    checkId: 0,
    askId: 0,
    asking: 0,
    lastCallId: -1,
    executing: NONE,
    waiting: NONE,
    subscriptions: NO_SUBSCRIPTIONS,
    callsRefusedFrom: Infinity,
  };
}

/** When the session next needs an `alarm`; undefined when time does not matter to it. */
export function nextServerDeadline(
  model: ServerSessionModel,
  policy: ServerSessionPolicy,
): Millis | undefined {
  const { hello, authenticate, tokenExpiry, drain, linger } = model.deadlines;
  let next = Math.min(
    hello ?? Infinity,
    authenticate ?? Infinity,
    tokenExpiry ?? Infinity,
    drain ?? Infinity,
    linger ?? Infinity,
  );
  if (model.state === "open") next = Math.min(next, model.lastFrameAt + policy.silenceMs);
  for (const call of model.executing) if (call.deadline < next) next = call.deadline;
  for (const call of model.waiting) if (call.deadline < next) next = call.deadline;
  return next === Infinity ? undefined : next;
}
