/** One full example of every message, for the tests of this package. */
import type { ClientMessage, ServerMessage } from "../src/index.ts";
import { DEFAULT_WIRE_LIMITS } from "../src/index.ts";

type ByType<Message extends { readonly type: string }> = {
  readonly [Type in Message["type"]]: Extract<Message, { readonly type: Type }>;
};

/** Every field of every client message, the optional ones too. */
export const fullClientMessages: ByType<ClientMessage> = {
  hello: {
    type: "hello",
    token: "t0ken",
    client: { name: "tests", version: "1.0.0" },
    capabilities: ["updates"],
    instanceId: "0f".repeat(16),
    session: 1,
    buckets: [{ bucket: "room:1" }, { bucket: "room:2", epoch: "e1", after: 7 }],
  },
  call: { type: "call", id: 1, method: "send", input: { a: [1] }, timeoutMs: 15_000, key: "k1" },
  cancel: { type: "cancel", id: 3, key: "k1" },
  subscribe: { type: "subscribe", buckets: [{ bucket: "room:1", epoch: "e1", after: 0 }] },
  unsubscribe: { type: "unsubscribe", buckets: ["room:1"] },
  fetch: { type: "fetch", id: 2, bucket: "room:1", epoch: "e1", after: 0, limit: 200 },
  ping: { type: "ping", nonce: 1 },
  token: { type: "token", token: "t0ken2" },
};

const run = {
  bucket: "room:1",
  epoch: "e1",
  after: 4,
  upTo: 9,
  updates: [
    { seq: 5, at: 1_700_000_000_000, data: { text: "hello" }, key: "k1" },
    { seq: 8, at: 1_700_000_000_001, data: null },
  ],
  skipped: [
    [6, 7],
    [9, 9],
  ],
} as const;

/** Every field of every server message, the optional ones too. */
export const fullServerMessages: ByType<ServerMessage> = {
  welcome: {
    type: "welcome",
    account: "ada",
    serverTime: 1_700_000_000_000,
    capabilities: ["updates"],
    limits: DEFAULT_WIRE_LIMITS,
    heartbeat: { minMs: 1_000, maxMs: 25_000 },
    windowMs: 100,
    tokenExpiresAt: 1_700_000_600_000,
    keyRetentionMs: 172_800_000,
  },
  result: { type: "result", id: 1, output: { ok: true }, at: { "room:1": 5 } },
  failure: {
    type: "failure",
    id: 1,
    code: "busy",
    message: "",
    data: [1],
    retryAfterMs: 1_000,
    refused: true,
  },
  ack: { type: "ack", id: 1 },
  subscribed: { type: "subscribed", bucket: "room:1", epoch: "e1", head: 4 },
  unsubscribed: { type: "unsubscribed", bucket: "room:1", code: "revoked" },
  page: { type: "page", id: 2, ...run, head: 12 },
  tooFarBehind: {
    type: "tooFarBehind",
    id: 2,
    bucket: "room:1",
    epoch: "e1",
    oldest: 90,
    head: 120,
  },
  updates: { type: "updates", ...run },
  heads: { type: "heads", heads: [{ bucket: "room:1", epoch: "e1", head: 12 }] },
  pong: { type: "pong", nonce: 1, windowMs: 100 },
  tokenAccepted: { type: "tokenAccepted", tokenExpiresAt: 1_700_000_600_000 },
  refuse: {
    type: "refuse",
    action: "retry",
    code: "busy",
    message: "",
    retryAfterMs: 1_000,
    windowMs: 3_000,
  },
  goAway: { type: "goAway", windowMs: 3_000 },
};

/** The fields that may be left out, by message type. All others are required. */
export const optionalFields: Readonly<Record<string, readonly string[]>> = {
  hello: ["token", "buckets"],
  call: ["input", "key"],
  cancel: ["key"],
  welcome: ["tokenExpiresAt", "keyRetentionMs"],
  result: ["output", "at"],
  failure: ["data", "retryAfterMs", "refused"],
  unsubscribed: ["code"],
  page: ["id"],
  tooFarBehind: ["id"],
  tokenAccepted: ["tokenExpiresAt"],
  refuse: ["message", "retryAfterMs", "windowMs"],
};
