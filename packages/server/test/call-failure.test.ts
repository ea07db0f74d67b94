import { expect, test } from "vitest";

import { CallFailure, failureOf, ownFailure } from "../src/call-failure.ts";

test("a failure carries what was given, and nothing else", () => {
  expect(failureOf(3, new CallFailure("full", "no room"))).toEqual({
    type: "failure",
    id: 3,
    code: "full",
    message: "no room",
  });
  const full = new CallFailure("full", "no room", { data: null, retryAfterMs: 0.5, cause: 1 });
  expect(failureOf(3, full)).toEqual({
    type: "failure",
    id: 3,
    code: "full",
    message: "no room",
    data: null,
    retryAfterMs: 1,
  });
  expect(full.cause).toBe(1);
});

test("a delay that is no number is none: clients end sessions over it", () => {
  const failure = new CallFailure("full", "no room", { retryAfterMs: Number.NaN });
  expect(failureOf(3, failure)).toMatchObject({ retryAfterMs: 0 });
});

test("a code must be a name: clients end sessions over others", () => {
  expect(() => new CallFailure("", "m")).toThrow(TypeError);
});

test("the server's own failures say refused where the handler never ran", () => {
  expect(ownFailure(1, "busy")).toMatchObject({ code: "busy", refused: true });
  expect(ownFailure(1, "internal", "m")).toEqual({
    type: "failure",
    id: 1,
    code: "internal",
    message: "m",
  });
});
