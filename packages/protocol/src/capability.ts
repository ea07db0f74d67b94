/**
 * Capabilities: the optional families of messages (PROTOCOL.md §3). A peer says only what both
 * sides named, in `hello` and in `welcome`. What belongs to no family is always there.
 */
import type { ClientMessage } from "./client-message.ts";
import type { ServerMessage } from "./server-message.ts";

/**
 * - `updates`: subscriptions and live updates.
 * - `log`: pages of what was missed.
 * - `keys`: calls that run exactly once.
 */
export type Capability = "updates" | "log" | "keys";

/** What a client names that makes calls and hears live updates. */
export const LIVE_CAPABILITIES: readonly Capability[] = ["updates"];

/** Everything: what a server names, and a client with transactions and sync. */
export const ALL_CAPABILITIES: readonly Capability[] = ["updates", "log", "keys"];

type MessageType = (ClientMessage | ServerMessage)["type"];

/** The family of each message type. Undefined: always there. */
const FAMILIES: Readonly<Record<MessageType, Capability | undefined>> = {
  hello: undefined,
  call: undefined,
  cancel: undefined,
  ping: undefined,
  token: undefined,
  subscribe: "updates",
  unsubscribe: "updates",
  fetch: "log",
  welcome: undefined,
  result: undefined,
  failure: undefined,
  pong: undefined,
  tokenAccepted: undefined,
  refuse: undefined,
  goAway: undefined,
  subscribed: "updates",
  unsubscribed: "updates",
  updates: "updates",
  page: "log",
  tooFarBehind: "log",
  heads: "log",
  ack: "keys",
};

/** The capability that both peers must have named before this message may travel, if any. */
export function capabilityOf(message: ClientMessage | ServerMessage): Capability | undefined {
  const keyed = (message.type === "call" || message.type === "cancel") && message.key !== undefined;
  return keyed ? "keys" : FAMILIES[message.type];
}

/** One list for all sessions that have the same in common; there are few such lists. */
const sets = new Map<string, readonly Capability[]>();

/** The capabilities that both peers named. Words that this release does not know are dropped. */
export function commonCapabilities(
  ours: readonly Capability[],
  theirs: readonly string[],
): readonly Capability[] {
  const common = ours.filter((capability) => theirs.includes(capability));
  const shared = sets.get(String(common)) ?? common;
  sets.set(String(common), shared);
  return shared;
}
