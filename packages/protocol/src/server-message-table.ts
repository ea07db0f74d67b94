/** The fields of what a server says under the spoken capabilities (PROTOCOL.md §5). */
import { accountsForAll } from "./bucket.ts";
import type { BucketHead, Update, UpdateRun } from "./bucket.ts";
import { count, list, name, oneOf, optional, shape, text } from "./field-check.ts";
import type { Check, Fields } from "./field-check.ts";
import { DEFAULT_WIRE_LIMITS } from "./limits.ts";
import type { WireLimits } from "./limits.ts";
import type { MessageTable } from "./message-table.ts";
import type { SpokenServerMessage } from "./server-message.ts";

const limits: Check<WireLimits> = (value): value is WireLimits =>
  Object.keys(DEFAULT_WIRE_LIMITS).every((limit) =>
    count((value as Readonly<Record<string, unknown>> | null)?.[limit], 0, value),
  );

const range: Check<readonly [number, number]> = (value): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(count);

const update: Check<Update> = shape<Update>({
  seq: count,
  at: count,
  key: optional(name),
});

/** The fields of a run. `updates` comes last, for it must agree with the others. */
export const RUN: Fields<UpdateRun> = {
  bucket: name,
  epoch: name,
  after: count,
  upTo: count,
  skipped: optional(list(range)),
  updates: (value, nameLength, run): value is readonly Update[] =>
    list(update)(value, nameLength, run) && accountsForAll(run as UpdateRun),
};

/** The fields of a bucket's head. */
export const HEAD: Fields<BucketHead> = { bucket: name, epoch: name, head: count };

/** What a client reads that speaks neither `log` nor `keys`. */
export const SPOKEN_SERVER_MESSAGES: MessageTable<SpokenServerMessage> = {
  welcome: {
    account: name,
    serverTime: count,
    capabilities: list(name),
    limits,
    heartbeat: shape<{ minMs: number; maxMs: number }>({ minMs: count, maxMs: count }),
    windowMs: count,
    tokenExpiresAt: optional(count),
  },
  result: { id: count },
  failure: {
    id: count,
    code: name,
    message: text,
    retryAfterMs: optional(count),
    refused: optional(oneOf(true)),
  },
  subscribed: HEAD,
  unsubscribed: { bucket: name, code: optional(oneOf("denied", "revoked", "gone", "limit")) },
  updates: RUN,
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
