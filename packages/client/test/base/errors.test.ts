import { expect, test } from "vitest";
import {
  assert,
  AssertionError,
  AuthError,
  CallError,
  type CallErrorDetails,
  type CallErrorKind,
  OptionsError,
  ProtocolError,
  RealtimeError,
  TransportError,
  unreachable,
} from "../../src/base/errors.ts";

const fates: [CallErrorKind, CallErrorDetails, { retryable: boolean; mayHaveRun: boolean }][] = [
  ["neverSent", {}, { retryable: true, mayHaveRun: false }],
  ["refused", {}, { retryable: false, mayHaveRun: false }],
  ["refused", { retryAfterMs: 100 }, { retryable: true, mayHaveRun: false }],
  ["failed", {}, { retryable: false, mayHaveRun: true }],
  ["failed", { retryAfterMs: 0 }, { retryable: true, mayHaveRun: true }],
  ["timedOut", { mayHaveRun: false }, { retryable: true, mayHaveRun: false }],
  ["timedOut", { mayHaveRun: true }, { retryable: false, mayHaveRun: true }],
  ["outcomeUnknown", {}, { retryable: false, mayHaveRun: true }],
  ["outcomeUnknown", { retryable: true }, { retryable: true, mayHaveRun: true }],
  ["aborted", {}, { retryable: false, mayHaveRun: false }],
  ["aborted", { mayHaveRun: true }, { retryable: false, mayHaveRun: true }],
  ["tooLarge", {}, { retryable: false, mayHaveRun: false }],
  ["closed", {}, { retryable: false, mayHaveRun: false }],
];

test.each(fates)(
  "a call that ended %s, given %j, is %j",
  (kind, details, { retryable, mayHaveRun }) => {
    expect(new CallError(kind, "why", details)).toMatchObject({ kind, retryable, mayHaveRun });
  },
);

test("every error has its class, kind, name and cause", () => {
  const cause = new Error("first");
  const errors = [
    new TransportError("closed", "gone", 1006, cause),
    new ProtocolError("malformed", "remote", "bad frame"),
    new AuthError("missing", "signed out"),
    new CallError("failed", "no", { code: "conflict", data: { at: 3 }, cause }),
    new OptionsError("no url"),
  ];
  expect(errors.every((error) => error instanceof RealtimeError)).toBe(true);
  expect(errors.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    "TransportError closed",
    "ProtocolError malformed",
    "AuthError missing",
    "CallError failed",
    "OptionsError badOptions",
  ]);
  expect(errors[0]?.cause).toBe(cause);
  expect(errors[3]).toMatchObject({ code: "conflict", data: { at: 3 }, cause });
});

test("what must hold and does not is our bug, and says nothing of the values", () => {
  expect(() => assert(true, "fine")).not.toThrow();
  expect(() => assert(0, "one transport at most")).toThrow(
    new AssertionError("one transport at most"),
  );
  expect(() => unreachable("secret" as never)).toThrow(new AssertionError("unreachable"));
});
