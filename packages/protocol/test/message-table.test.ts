import { describe, expect, test } from "vitest";

import {
  CLIENT_MESSAGES,
  DEFAULT_WIRE_LIMITS,
  readMessages,
  SERVER_MESSAGES,
  SPOKEN_SERVER_MESSAGES,
} from "../src/index.ts";
import { fullClientMessages, fullServerMessages, optionalFields } from "./examples.ts";

type Read = (value: unknown) => unknown;

const asServer: Read = (value) => readMessages([value], CLIENT_MESSAGES, DEFAULT_WIRE_LIMITS);
const asClient: Read = (value) => readMessages([value], SERVER_MESSAGES, DEFAULT_WIRE_LIMITS);
const asPlainClient: Read = (value) =>
  readMessages([value], SPOKEN_SERVER_MESSAGES, DEFAULT_WIRE_LIMITS);

// What a client knows that speaks neither `log` nor `keys`.
const {
  ack: _ack,
  page: _page,
  tooFarBehind: _tooFar,
  heads: _heads,
  ...rest
} = fullServerMessages;
const { keyRetentionMs: _retention, ...spokenWelcome } = rest.welcome;
const { at: _at, ...spokenResult } = rest.result;
const { skipped: _skipped, ...run } = rest.updates;
const entries = [7, 8].map((seq) => ({ seq, at: 1, data: null }));
const spokenUpdates = { ...run, after: 6, upTo: 8, updates: entries };
const spokenServerMessages = {
  ...rest,
  welcome: spokenWelcome,
  result: spokenResult,
  updates: spokenUpdates,
};

const directions: readonly [string, Read, readonly { readonly type: string }[]][] = [
  ["a server", asServer, Object.values(fullClientMessages)],
  ["a client with `log` and `keys`", asClient, Object.values(fullServerMessages)],
  ["a client without them", asPlainClient, Object.values(spokenServerMessages)],
];

function faultOf(read: Read, value: unknown): string {
  const found = read(value);
  return typeof found === "string" ? found : "none";
}

describe.each(directions)("%s", (_side, read, messages) => {
  test.each(messages)("reads a full $type, and hands on the very object", (message) => {
    expect((read(message) as readonly unknown[])[0]).toBe(message);
  });

  test.each(messages)("ignores a field of $type that it does not know", (message) => {
    const newer = { ...message, invented: { later: true } };
    expect(read(newer)).toEqual([newer]);
  });

  test.each(messages)("misses each required field of $type, and only those", (message) => {
    for (const field of Object.keys(message).filter((name) => name !== "type")) {
      const { [field]: _left, ...rest } = message as Readonly<Record<string, unknown>>;
      const mayGo = isPayload(field) || (optionalFields[message.type] ?? []).includes(field);
      // Without its skips this run has holes.
      const missed = field === "skipped" ? "updates" : field;
      const expected = fieldFault(message, missed);
      expect(faultOf(read, rest)).toBe(mayGo ? "none" : expected);
    }
  });

  test.each(messages)("refuses values of the wrong kind in every field of $type", (message) => {
    const wrong = [
      null,
      true,
      -1,
      1.5,
      2 ** 53,
      "",
      "a\0b",
      "a\ud800",
      "x".repeat(129),
      {},
      [null],
      Infinity,
    ];
    for (const field of Object.keys(message).filter((name) => name !== "type")) {
      if (isPayload(field) || isText(message.type, field)) continue;
      const right = (message as Readonly<Record<string, unknown>>)[field];
      for (const value of wrong) {
        // `refused: true` and `at: {}` are what the fields may hold.
        if (typeof right === typeof value && (value === true || isEmptyMap(field, value))) continue;
        expect(faultOf(read, { ...message, [field]: value })).toBe(fieldFault(message, field));
      }
    }
  });

  test.each([
    null,
    1,
    "hello",
    [],
    [[]],
    {},
    { type: 1 },
    { type: "nonsense" },
    { type: "constructor" },
    { type: "__proto__" },
    { type: "toString" },
  ])("does not know %j", (value) => {
    expect(faultOf(read, value)).toBe("unknownType");
  });

  test("does not take messages of the other direction", () => {
    const others = read === asServer ? fullServerMessages : fullClientMessages;
    for (const message of Object.values(others)) {
      expect(faultOf(read, message)).toBe("unknownType");
    }
  });
});

function fieldFault(message: { readonly type: string }, field: string): string {
  return `badField ${message.type}.${field}`;
}
function isPayload(field: string): boolean {
  return ["input", "output", "data"].includes(field);
}
/** Free text: no wrong string. Its wrong kinds are in the table below. */
function isText(type: string, field: string): boolean {
  return field === "message" || (field === "token" && ["hello", "token"].includes(type));
}
function isEmptyMap(field: string, value: unknown): boolean {
  return field === "at" && JSON.stringify(value) === "{}";
}

const { hello, subscribe } = fullClientMessages;
const { failure, page, refuse, result, updates, welcome } = fullServerMessages;

test.each([
  [{ ...hello, token: 5 }, "hello.token"],
  [{ ...hello, client: { name: "x" } }, "hello.client"],
  [{ ...hello, client: [] }, "hello.client"],
  [{ ...hello, capabilities: "updates" }, "hello.capabilities"],
  [{ ...hello, buckets: [{ bucket: "b", epoch: "e" }] }, "hello.buckets"],
  [{ ...subscribe, buckets: [{ bucket: "b", after: 1 }] }, "subscribe.buckets"],
  [{ ...subscribe, buckets: [{ epoch: "e", after: 1 }] }, "subscribe.buckets"],
  [{ type: "cancel", key: "k" }, "cancel.id"],
  [{ type: "cancel", id: 1, key: "" }, "cancel.key"],
  [{ type: "token", token: null }, "token.token"],
])("a server turns down %j", (message, field) => {
  expect(faultOf(asServer, message)).toBe(`badField ${field}`);
});

test.each([
  [{ ...welcome, limits: { ...welcome.limits, nesting: "32" } }, "welcome.limits"],
  [{ ...welcome, heartbeat: { minMs: 1 } }, "welcome.heartbeat"],
  [{ ...result, at: { "room:1": -1 } }, "result.at"],
  [{ ...result, at: { "": 1 } }, "result.at"],
  [{ ...result, at: [5] }, "result.at"],
  [{ ...failure, message: 5 }, "failure.message"],
  [{ ...failure, refused: false }, "failure.refused"],
  [{ ...refuse, action: "wait" }, "refuse.action"],
  [{ ...refuse, message: {} }, "refuse.message"],
  [{ type: "unsubscribed", bucket: "b", code: "" }, "unsubscribed.code"],
  [{ type: "heads", heads: [{ bucket: "b", epoch: "e" }] }, "heads.heads"],
  [{ ...updates, updates: [{ seq: 5, at: "now" }] }, "updates.updates"],
  [{ ...updates, updates: [] }, "updates.updates"],
  [{ ...updates, skipped: [[6]] }, "updates.skipped"],
  [{ ...page, upTo: 10 }, "page.updates"],
])("a client turns down %j", (message, field) => {
  expect(faultOf(asClient, message)).toBe(`badField ${field}`);
});

test.each([
  [{ type: "unsubscribed", bucket: "b" }],
  [{ type: "result", id: 0 }],
  [{ type: "updates", bucket: "b", epoch: "e", after: 3, upTo: 3, updates: [] }],
  [{ type: "updates", bucket: "b", epoch: "e", after: 0, upTo: 1, updates: [{ seq: 1, at: 0 }] }],
])("a client reads the least form %j", (message) => {
  expect(faultOf(asClient, message)).toBe("none");
});

test("what a peer sent never shows in the reason for turning it down", () => {
  const secret = "s3cret".repeat(40);
  for (const [, read, messages] of directions) {
    for (const message of messages) {
      for (const field of Object.keys(message)) {
        expect(faultOf(read, { ...message, [field]: [secret, secret] })).not.toContain("s3cret");
      }
    }
    expect(faultOf(read, { type: secret })).not.toContain("s3cret");
  }
});

test("to a client without `log` and `keys` their messages are unknown, and their fields as well", () => {
  for (const { type } of [_ack, _page, _tooFar, _heads]) {
    expect(faultOf(asPlainClient, fullServerMessages[type])).toBe("unknownType");
  }
  expect(faultOf(asPlainClient, { ...result, at: "later" })).toBe("none");
  // So a run with skips has holes.
  expect(faultOf(asPlainClient, updates)).toBe("badField updates.updates");
});
