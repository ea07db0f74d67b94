/** The fields of what a server says under the spoken capabilities (PROTOCOL.md §5). */
import { isGapless } from "./bucket.ts";
import type { BucketHead } from "./bucket.ts";
import { CLOSE_MEANINGS } from "./close-code.ts";
import { count, list, name, optional, shape, text } from "./field-check.ts";
import type { Check, Fields } from "./field-check.ts";
import { DEFAULT_WIRE_LIMITS } from "./limits.ts";
import type { WireLimits } from "./limits.ts";
import type { MessageTable } from "./message-table.ts";
import type { RefusalAction, SpokenServerMessage, SpokenUpdates } from "./server-message.ts";

const limits: Check<WireLimits> = (value): value is WireLimits =>
  Object.keys(DEFAULT_WIRE_LIMITS).every((limit) =>
    count((value as Readonly<Record<string, unknown>> | null)?.[limit]),
  );

// A result's `at`, an update's `key`, a run's `skipped` and the welcome's `keyRetentionMs` belong
// to `log` and `keys`: to who speaks neither they are unknown fields.
const entries: Check<SpokenUpdates["updates"]> = list(
  shape<SpokenUpdates["updates"][number]>({ seq: count, at: count }),
);

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
    refused: optional((value): value is true => value === true),
  },
  subscribed: HEAD,
  unsubscribed: { bucket: name, code: optional(name) },
  updates: {
    bucket: name,
    epoch: name,
    after: count,
    upTo: count,
    // Last, for it must agree with the others.
    updates: (value, nameLength, run): value is SpokenUpdates["updates"] =>
      entries(value, nameLength, run) && isGapless(run as SpokenUpdates),
  },
  pong: { nonce: count, windowMs: count },
  tokenAccepted: { tokenExpiresAt: optional(count) },
  refuse: {
    action: (value): value is RefusalAction => CLOSE_MEANINGS.includes(value as RefusalAction),
    code: name,
    message: optional(text),
    retryAfterMs: optional(count),
    windowMs: optional(count),
  },
  goAway: { windowMs: count },
};
