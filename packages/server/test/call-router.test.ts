import { call, defineContract } from "@holdfast/protocol";
import type { Call, Failure, Result, StandardSchemaV1 } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import { RunningCall } from "../src/call-context.ts";
import { CallFailure } from "../src/call-failure.ts";
import { CallRouter } from "../src/call-router.ts";
import { settled } from "./serve.ts";

type Mode = "now" | "later";

/** Adds one to a number; anything else is wrong at `a.b`. */
function plusOne(mode: Mode): StandardSchemaV1<number> {
  const validate = (value: unknown) =>
    typeof value === "number"
      ? { value: value + 1 }
      : { issues: [{ message: `secret ${String(value)}`, path: ["a", { key: "b" }] }] };
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: mode === "now" ? validate : async (value) => await Promise.resolve(validate(value)),
    },
  };
}

interface Run {
  readonly answers: (Result | Failure)[];
  readonly errors: unknown[];
}

function run(
  handler: (input: number) => unknown,
  input: unknown,
  schemas: { readonly input?: Mode; readonly output?: Mode } = {},
): Run {
  const contract = defineContract({
    calls: {
      method: call({
        ...(schemas.input && { input: plusOne(schemas.input) }),
        ...(schemas.output && { output: plusOne(schemas.output) }),
      }),
    },
  });
  const errors: unknown[] = [];
  const handlers = { method: handler };
  const router = new CallRouter(contract, handlers, (error) => errors.push(error));
  const answers: (Result | Failure)[] = [];
  const asked: Call = { type: "call", id: 1, method: "method", input, timeoutMs: 1 };
  router.run(asked, context(), (answer) => answers.push(answer));
  return { answers, errors };
}

const context = (): RunningCall =>
  new RunningCall(
    { account: "ada", accountData: undefined, sessionId: "s1" },
    { type: "call", id: 1, method: "method", timeoutMs: 1 },
    { failure: () => undefined },
    async () => await Promise.reject(new Error("nothing is published here")),
    async () => await Promise.reject(new Error("nothing is committed here")),
  );

test("what is synchronous is answered at once", () => {
  const { answers } = run((input) => input * 2, 5, { input: "now", output: "now" });
  expect(answers).toEqual([{ type: "result", id: 1, output: 13 }]);
});

test.each<[Mode | undefined, Mode | undefined]>([
  ["later", "later"],
  ["now", "later"],
  ["later", "now"],
])("validators may answer %s and %s, handlers at any time", async (input, output) => {
  const schemas = { ...(input && { input }), ...(output && { output }) };
  const { answers } = run(async (value) => await Promise.resolve(value * 2), 5, schemas);
  expect(answers).toEqual([]);
  await settled();
  expect(answers).toEqual([{ type: "result", id: 1, output: 13 }]);
});

describe.each<Mode>(["now", "later"])("a validator that answers %s", (mode) => {
  test("keeps a bad input from the handler, and quotes nothing", async () => {
    let ran = false;
    const { answers, errors } = run(() => (ran = true), "1234", { input: mode });
    await settled();
    expect(answers).toEqual([
      {
        type: "failure",
        id: 1,
        code: "badInput",
        message: "the input breaks the contract: a.b",
        data: { issues: [{ path: ["a", "b"] }] },
        refused: true,
      },
    ]);
    expect(ran).toBe(false);
    expect(errors).toEqual([]);
  });

  test("keeps a bad output from the caller, and tells the server's owner", async () => {
    const { answers, errors } = run(() => "1234", 1, { output: mode });
    await settled();
    expect(answers).toEqual([
      {
        type: "failure",
        id: 1,
        code: "badOutput",
        message: "the handler's output breaks the contract",
      },
    ]);
    expect(errors).toHaveLength(1);
    expect(String(errors[0])).not.toContain("1234");
  });
});

describe.each<Mode>(["now", "later"])("a handler that fails %s", (mode) => {
  const failing = (error: unknown) => () => {
    if (mode === "later") return Promise.reject(error);
    throw error;
  };

  test("on purpose is answered in its own words, and not reported", async () => {
    const failure = new CallFailure("full", "no room", { data: [1], retryAfterMs: 2.2 });
    const { answers, errors } = run(failing(failure), 1);
    await settled();
    expect(answers).toEqual([
      { type: "failure", id: 1, code: "full", message: "no room", data: [1], retryAfterMs: 3 },
    ]);
    expect(errors).toEqual([]);
  });

  test("by a bug is answered without its words, and reported", async () => {
    const { answers, errors } = run(failing(new Error("password")), 1);
    await settled();
    expect(answers).toEqual([
      { type: "failure", id: 1, code: "internal", message: "the handler failed" },
    ]);
    expect(errors).toEqual([new Error("password")]);
  });
});

test("a contract without its handlers is no server", () => {
  const contract = defineContract({ calls: { toString: call() } });
  expect(() => new CallRouter(contract, {}, () => undefined)).toThrow('No handler for "toString"');
});

test("a method that does not exist is refused, inherited ones too", () => {
  const router = new CallRouter(defineContract({}), {}, () => undefined);
  const answers: unknown[] = [];
  const asked: Call = { type: "call", id: 1, method: "constructor", timeoutMs: 1 };
  router.run(asked, context(), (answer) => answers.push(answer));
  expect(answers).toMatchObject([{ code: "unknownMethod", refused: true }]);
  expect(router.has("constructor")).toBe(false);
});
