import { describe, expect, test } from "vitest";

import { Malformed, parseClientMessage, parseServerMessage } from "../src/index.ts";
import { fullClientMessages, fullServerMessages, optionalFields } from "./examples.ts";

const NAME_LENGTH = 128;
type Parse = (value: unknown, nameLength: number) => unknown;

const directions: readonly [string, Parse, readonly { readonly type: string }[]][] = [
  ["a server", parseClientMessage, Object.values(fullClientMessages)],
  ["a client", parseServerMessage, Object.values(fullServerMessages)],
];

function faultOf(parse: Parse, value: unknown): string {
  const read = parse(value, NAME_LENGTH);
  return read instanceof Malformed ? `${read.code}: ${read.detail}` : "none";
}

describe.each(directions)("%s", (_side, parse, messages) => {
  test.each(messages)("reads a full $type, and hands on the very object", (message) => {
    expect(parse(message, NAME_LENGTH)).toBe(message);
  });

  test.each(messages)("ignores a field of $type that it does not know", (message) => {
    const newer = { ...message, invented: { later: true } };
    expect(parse(newer, NAME_LENGTH)).toBe(newer);
  });

  test.each(messages)("misses each required field of $type, and only those", (message) => {
    // A cancel names its call in one of two ways; both fields may be absent, but not both at once.
    for (const field of Object.keys(message).filter((name) => name !== "type")) {
      const { [field]: _left, ...rest } = message as Readonly<Record<string, unknown>>;
      const mayGo = isPayload(field) || (optionalFields[message.type] ?? []).includes(field);
      const isSkipped = field === "skipped"; // Without its skips this run has holes.
      const expected = isSkipped ? `badField: ${message.type}.updates` : fieldFault(message, field);
      expect(faultOf(parse, rest)).toBe(mayGo ? "none" : expected);
    }
  });

  test.each(messages)("refuses values of the wrong kind in every field of $type", (message) => {
    const wrong = [null, true, -1, 1.5, 2 ** 53, "", "a\0b", "x".repeat(129), {}, [null], Infinity];
    for (const field of Object.keys(message).filter((name) => name !== "type")) {
      if (isPayload(field) || isText(message.type, field)) continue;
      const right = (message as Readonly<Record<string, unknown>>)[field];
      for (const value of wrong) {
        // `refused: true` and `at: {}` are what the fields may hold.
        if (typeof right === typeof value && (value === true || isEmptyMap(field, value))) continue;
        expect(faultOf(parse, { ...message, [field]: value })).toBe(fieldFault(message, field));
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
    expect(faultOf(parse, value)).toBe("unknownType: ");
  });

  test("does not take messages of the other direction", () => {
    for (const [, other, theirs] of directions) {
      if (other === parse) continue;
      for (const message of theirs) expect(faultOf(parse, message)).toMatch(/^unknownType/u);
    }
  });
});

function fieldFault(message: { readonly type: string }, field: string): string {
  return `badField: ${message.type}.${field}`;
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
  [{ type: "cancel" }, "cancel.id"],
  [{ type: "cancel", id: 1, key: "k" }, "cancel.id"],
  [{ type: "token", token: null }, "token.token"],
])("a server turns down %j", (message, field) => {
  expect(faultOf(parseClientMessage, message)).toBe(`badField: ${field}`);
});

test("a server reads a cancel by key", () => {
  expect(faultOf(parseClientMessage, { type: "cancel", key: "k1" })).toBe("none");
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
  [{ type: "unsubscribed", bucket: "b", code: "bored" }, "unsubscribed.code"],
  [{ type: "heads", heads: [{ bucket: "b", epoch: "e" }] }, "heads.heads"],
  [{ ...updates, updates: [{ seq: 5, at: "now" }] }, "updates.updates"],
  [{ ...updates, updates: [] }, "updates.updates"],
  [{ ...updates, skipped: [[6]] }, "updates.skipped"],
  [{ ...page, upTo: 10 }, "page.updates"],
])("a client turns down %j", (message, field) => {
  expect(faultOf(parseServerMessage, message)).toBe(`badField: ${field}`);
});

test.each([
  [{ type: "unsubscribed", bucket: "b" }],
  [{ type: "result", id: 0 }],
  [{ type: "updates", bucket: "b", epoch: "e", after: 3, upTo: 3, updates: [] }],
  [{ type: "updates", bucket: "b", epoch: "e", after: 0, upTo: 1, updates: [{ seq: 1, at: 0 }] }],
])("a client reads the least form %j", (message) => {
  expect(faultOf(parseServerMessage, message)).toBe("none");
});

test("what a peer sent never shows in the reason for turning it down", () => {
  const secret = "s3cret".repeat(40);
  for (const [, parse, messages] of directions) {
    for (const message of messages) {
      for (const field of Object.keys(message)) {
        expect(faultOf(parse, { ...message, [field]: [secret, secret] })).not.toContain("s3cret");
      }
    }
    expect(faultOf(parse, { type: secret })).not.toContain("s3cret");
  }
});
