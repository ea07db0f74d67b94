/** Reads what a server says (PROTOCOL.md §5): the checks of every field, for clients. */
import { accountsForAll } from "./bucket.ts";
import type { BucketHead, Update, UpdateRun } from "./bucket.ts";
import { Malformed } from "./codec.ts";
import {
  count,
  list,
  mapOf,
  name,
  oneOf,
  optional,
  payload,
  readMessage,
  shape,
  text,
} from "./field-check.ts";
import type { Check, Fields, MessageTable } from "./field-check.ts";
import type { WireLimits } from "./limits.ts";
import type { ServerMessage } from "./server-message.ts";

/** The value itself when it is a server message, otherwise what is wrong with it. Never throws. */
export function parseServerMessage(value: unknown, nameLength: number): ServerMessage | Malformed {
  const message = readMessage(TABLE, value, nameLength);
  if (message instanceof Malformed || !("updates" in message) || accountsForAll(message)) {
    return message;
  }
  return new Malformed("badField", `${message.type}.updates`);
}

const range: Check<readonly [number, number]> = (value): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(count);

const runFields: Fields<UpdateRun> = {
  bucket: name,
  epoch: name,
  after: count,
  upTo: count,
  updates: list(shape<Update>({ seq: count, at: count, data: payload, key: optional(name) })),
  skipped: optional(list(range)),
};

const headFields: Fields<BucketHead> = { bucket: name, epoch: name, head: count };

const TABLE: MessageTable<ServerMessage> = {
  welcome: {
    account: name,
    serverTime: count,
    capabilities: list(name),
    limits: shape<WireLimits>({
      frameBytes: count,
      nesting: count,
      messagesPerFrame: count,
      nameLength: count,
      callsExecuting: count,
      subscriptions: count,
      updateBytes: count,
      pageUpdates: count,
      pageBytes: count,
    }),
    heartbeat: shape<{ minMs: number; maxMs: number }>({ minMs: count, maxMs: count }),
    windowMs: count,
    tokenExpiresAt: optional(count),
    keyRetentionMs: optional(count),
  },
  result: { id: count, output: payload, at: optional(mapOf(count)) },
  failure: {
    id: count,
    code: name,
    message: text,
    data: payload,
    retryAfterMs: optional(count),
    refused: optional(oneOf(true)),
  },
  ack: { id: count },
  subscribed: headFields,
  unsubscribed: { bucket: name, code: optional(oneOf("denied", "revoked", "gone", "limit")) },
  page: { id: optional(count), ...runFields, head: count },
  tooFarBehind: { id: optional(count), ...headFields, oldest: count },
  updates: runFields,
  heads: { heads: list(shape(headFields)) },
  pong: { nonce: count, windowMs: count },
  tokenAccepted: { tokenExpiresAt: optional(count) },
  refuse: {
    action: oneOf("retry", "reauthenticate", "stop"),
    code: name,
    message: optional(text),
    retryAfterMs: optional(count),
    windowMs: optional(count),
  },
  goAway: { windowMs: count },
};
