/** The handshake, pure: the first message, and what the first reply means (PROTOCOL.md §3). */
import type { BucketPosition, Hello, RefusalAction } from "@holdfast/protocol";
import type { Refuse, ServerMessage, Welcome } from "@holdfast/protocol";
import type { Millis } from "../base/clock.ts";

/** What a client says of itself in every hello. */
export interface HelloFacts {
  readonly client: { readonly name: string; readonly version: string };
  readonly capabilities: readonly string[];
  /** 128 random bits for the life of one client object, in hexadecimal. */
  readonly instanceId: string;
}

/** The first message of a session. No token: cookies carry the credential. */
export function hello(
  facts: HelloFacts,
  session: number,
  token: string | undefined,
  buckets: readonly BucketPosition[],
): Hello {
  const { client, capabilities, instanceId } = facts;
  return {
    type: "hello",
    client,
    capabilities,
    instanceId,
    session,
    ...(token !== undefined && { token }),
    ...(buckets.length > 0 && { buckets }),
  };
}

/** What the reply to a hello means. `violated`: the reply is none. */
export type FirstReply =
  | { readonly type: "welcomed"; readonly welcome: Welcome }
  | { readonly type: "accountMismatched" }
  | Refusal
  | { readonly type: "violated" };

/** Reads the reply. `expectedAccount`: whom the credentials name; undefined if they do not say. */
export function readFirstReply(
  message: ServerMessage,
  expectedAccount: string | undefined,
): FirstReply {
  if (message.type === "refuse") return refusalOf(message);
  if (message.type !== "welcome") return { type: "violated" };
  if (expectedAccount !== undefined && message.account !== expectedAccount) {
    return { type: "accountMismatched" };
  }
  return { type: "welcomed", welcome: message };
}

/** What a refusal asks. Its sentence for people is left out: it may quote anything. */
export interface Refusal {
  readonly type: "refused";
  readonly action: RefusalAction;
  readonly code: string;
  readonly retryAfterMs?: Millis;
  readonly windowMs?: Millis;
}

export function refusalOf({ action, code, retryAfterMs, windowMs }: Refuse): Refusal {
  return {
    type: "refused",
    action,
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(windowMs !== undefined && { windowMs }),
  };
}

/**
 * What is left of a token, as an event's fields. Both instants are the server's, so that a wrong
 * clock at the client does no harm. Without an expiry: nothing.
 */
export function tokenLife(
  expiresAt: Millis | undefined,
  serverNow: Millis,
): { readonly tokenExpiresInMs?: Millis } {
  return expiresAt === undefined ? {} : { tokenExpiresInMs: Math.max(0, expiresAt - serverNow) };
}
