/** The handshake, pure: the first message, and what the first reply means (PROTOCOL.md §3). */
import type { BucketPosition, Hello, Refuse, ServerMessage } from "@holdfast/protocol";
import type { Millis } from "../base/clock.ts";
import type { SessionFact } from "./session-options.ts";

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

/**
 * What the first reply means. `expectedAccount`: whom the credentials name; undefined if they do not
 * say. Undefined: it is no reply, and violates the protocol.
 */
export function readFirstReply(
  message: ServerMessage,
  expectedAccount: string | undefined,
): Welcomed | AccountMismatched | Refused | undefined {
  if (message.type === "refuse") return refused(message);
  if (message.type !== "welcome") return undefined;
  const { account, heartbeat, serverTime, tokenExpiresAt, windowMs } = message;
  if ((expectedAccount ?? account) !== account) return { type: "accountMismatched" };
  return { type: "welcomed", windowMs, heartbeat, ...tokenLife(tokenExpiresAt, serverTime) };
}

/** What a refusal asks. Its sentence for people is left out: it may quote anything. */
export function refused({ action, code, retryAfterMs, windowMs }: Refuse): Refused {
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

type Fact<Type extends SessionFact["type"]> = Extract<SessionFact, { readonly type: Type }>;
type Welcomed = Fact<"welcomed">;
type AccountMismatched = Fact<"accountMismatched">;
type Refused = Fact<"refused">;
