/**
 * The credentials of a session: from hello to welcome, renewal over the open session, and the end
 * of a token. A check belongs to the session; only the answer to the latest one counts, and only in
 * time.
 */
import { commonCapabilities } from "@holdfast/protocol";
import type { Hello, Token } from "@holdfast/protocol";

import type { ServerSessionEvent } from "./server-session-event.ts";
import { subscribe } from "./server-session-subscriptions.ts";
import { endAsTold, refuse, say, setDeadlines, spendFor, turnAway } from "./server-session-turn.ts";
import type { Turn } from "./server-session-turn.ts";

export function greeted(turn: Turn, hello: Hello): void {
  turn.model.state = "authenticating";
  turn.model.hello = hello;
  setDeadlines(turn, { hello: undefined });
  check(turn, hello);
}

/** Has a credential checked. A newer one makes the answer about an older one stale. */
export function check(turn: Turn, { token }: Hello | Token): void {
  turn.model.checkId += 1;
  setDeadlines(turn, { authenticate: turn.stamp.now + turn.policy.authenticateMs });
  turn.effects.push({ type: "authenticate", checkId: turn.model.checkId, token });
}

type CheckedEvent = Extract<ServerSessionEvent, { readonly checkId: number }>;

export function checked(turn: Turn, event: CheckedEvent): void {
  const { model } = turn;
  const { hello, deadlines } = model;
  const isAwaited = event.checkId === model.checkId && deadlines.authenticate !== undefined;
  if (!hello || !isAwaited) return;
  setDeadlines(turn, { authenticate: undefined });
  switch (event.type) {
    case "authenticated":
      return model.state === "open" ? renew(turn, event) : open(turn, hello, event);
    case "authenticationRefused":
      // A check that could not be made says nothing about the token in force; that one still ends
      // by itself.
      if (model.state === "open" && event.refusal.action === "retry") return;
      return endAsTold(turn, event.refusal);
    case "authenticationFailed":
      return unchecked(turn);
  }
}

/**
 * No verdict: a hello is sent away, while an open session goes on until the token in force ends.
 */
export function unchecked(turn: Turn): void {
  if (turn.model.state !== "open") refuse(turn, "busy", { windowMs: turn.stamp.windowMs });
}

type Authenticated = Extract<ServerSessionEvent, { readonly type: "authenticated" }>;

function open(turn: Turn, hello: Hello, event: Authenticated): void {
  const { account, expiresAt, rivalSession, accountSessions } = event;
  const { model, stamp, policy } = turn;
  if (rivalSession !== undefined && rivalSession >= hello.session)
    return refuse(turn, "superseded");
  // Who comes back takes its own place, also where the limit was lowered meanwhile.
  if (rivalSession === undefined && accountSessions >= policy.connectionsPerAccount) {
    return turnAway(turn);
  }
  if (!armTokenExpiry(turn, expiresAt)) return;
  model.state = "open";
  model.account = account;
  model.hello = lastingOf(hello);
  model.capabilities = commonCapabilities(policy.capabilities, hello.capabilities);
  turn.effects.push({ type: "register" });
  // A client without `log` could not come to know what it missed of buckets that it never named.
  if (model.capabilities.includes("updates") && model.capabilities.includes("log")) {
    turn.effects.push({ type: "nameBuckets" });
  }
  say(turn, {
    type: "welcome",
    account,
    serverTime: stamp.wallNow,
    capabilities: model.capabilities,
    limits: policy.limits,
    heartbeat: policy.heartbeat,
    windowMs: stamp.windowMs,
    ...(expiresAt !== undefined && { tokenExpiresAt: expiresAt }),
    ...(model.capabilities.includes("keys") && { keyRetentionMs: policy.keyRetentionMs }),
  });
  if (hello.buckets && model.capabilities.includes("updates")) {
    subscribe(turn, hello.buckets);
    spendFor(turn, hello.buckets);
  }
}

const NONE: readonly never[] = [];

/** What a session keeps of its hello: no token, and nothing that was for the handshake. */
function lastingOf({ type, client, instanceId, session }: Hello): Hello {
  return { type, client, capabilities: NONE, instanceId, session };
}

function renew(turn: Turn, { account, expiresAt }: Authenticated): void {
  if (account !== turn.model.account) return refuse(turn, "accountChanged");
  if (!armTokenExpiry(turn, expiresAt)) return;
  say(turn, {
    type: "tokenAccepted",
    ...(expiresAt !== undefined && { tokenExpiresAt: expiresAt }),
  });
}

/** False when the credential has ended already, and the session with it. */
function armTokenExpiry(turn: Turn, expiresAt: number | undefined): boolean {
  const leftMs = (expiresAt ?? Infinity) - turn.stamp.wallNow;
  if (leftMs <= 0) {
    refuse(turn, "tokenExpired");
    return false;
  }
  setDeadlines(turn, { tokenExpiry: leftMs === Infinity ? undefined : turn.stamp.now + leftMs });
  return true;
}
