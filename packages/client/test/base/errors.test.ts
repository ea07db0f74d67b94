import { expect, test } from "vitest";
import {
  assert,
  AssertionError,
  CallError,
  type CallErrorDetails,
  type CallErrorKind,
  guarded,
  nameOf,
  OptionsError,
  RealtimeError,
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

test("what the server said stays with the error, and what it did not say has its default", () => {
  const cause = new Error("first");
  const said = { code: "conflict", data: { at: 3 }, cause };
  expect(new CallError("failed", "no", said)).toMatchObject({ ...said, mayHaveRun: true });
  const silent = { code: undefined, retryable: undefined, mayHaveRun: undefined };
  const refused = new CallError("refused", "no", silent);
  expect([refused.code, refused.retryable, refused.mayHaveRun]).toEqual([undefined, false, false]);
});

test("every error has its class, kind and name", () => {
  const errors = [new CallError("failed", "no"), new OptionsError("no url")];
  expect(errors.every((error) => error instanceof RealtimeError)).toBe(true);
  expect(errors.map(({ name, kind, message }) => `${name} ${kind} ${message}`)).toEqual([
    "CallError failed no",
    "OptionsError badOptions no url",
  ]);
});

test("what must hold and does not is our bug, and says nothing of the values", () => {
  expect(() => assert(true, "fine")).not.toThrow();
  expect(() => assert(0, "one transport at most")).toThrow(
    new AssertionError("one transport at most"),
  );
});

test("of what was thrown only its class is told (B25)", () => {
  expect([new TypeError("s3cret"), "s3cret", null, undefined].map(nameOf)).toEqual([
    "TypeError",
    "string",
    "object",
    "undefined",
  ]);
});

test("what an app's callback throws is heard, and we go on", () => {
  const heard: unknown[] = [];
  guarded(
    () => {
      throw new Error("theirs");
    },
    (error) => heard.push(error),
  );
  guarded(() => {});
  expect(heard).toEqual([new Error("theirs")]);
});
