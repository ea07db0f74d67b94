import { call, defineContract } from "@holdfast/protocol";
import type { Call, Failure, Result } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import { AbandonedCalls } from "../src/abandoned-calls.ts";
import type { RunningCall, Viewer } from "../src/call-context.ts";
import { CallFailure } from "../src/call-failure.ts";
import { CallRouter } from "../src/call-router.ts";
import { StoreFault } from "../src/committer.ts";
import { StoreError } from "../src/store-error.ts";
import type { StoreErrorCode } from "../src/store-error.ts";
import type { KeyedCalls, Settle } from "../src/keyed-calls.ts";
import { RunningCalls } from "../src/running-calls.ts";
import { settled } from "./serve.ts";

const contract = defineContract({ calls: { run: call<void, string>() } });
const viewer = { account: "ada", accountData: undefined, sessionId: "s1" };
const asked = (id: number): Call => ({ type: "call", id, method: "run", timeoutMs: 1 });

interface Run {
  readonly calls: RunningCalls;
  readonly answers: (Result | Failure)[];
  readonly errors: unknown[];
  readonly start: (id: number) => void;
}

function setUp(
  run: (ctx: RunningCall) => unknown,
  commit?: () => Promise<never>,
  keyed?: KeyedCalls,
  abandoned = new AbandonedCalls(99),
): Run {
  const errors: unknown[] = [];
  const handlers = { run: (_: void, ctx: RunningCall) => run(ctx) };
  const router = new CallRouter(contract, handlers, (error) => errors.push(error));
  const calls = new RunningCalls({
    router,
    abandoned,
    keyed: keyed ?? ({} as never),
    publish: async () => await Promise.reject(new Error("nothing is published here")),
    commit:
      commit ??
      (async (unit) => await Promise.resolve({ output: unit({} as never), at: { "room:1": 7 } })),
  });
  const answers: (Result | Failure)[] = [];
  const start = (id: number): void =>
    calls.run(asked(id), viewer, (answer) => answers.push(answer));
  return { calls, answers, errors, start };
}

test("each call has its own signal, and one that has ended hears nothing more", async () => {
  const signals: AbortSignal[] = [];
  const ends: ((output: string) => void)[] = [];
  const { calls, answers, start } = setUp(async ({ signal }) => {
    signals.push(signal);
    return await new Promise<string>((resolve) => ends.push(resolve));
  });
  for (const id of [1, 2, 3]) start(id);
  calls.abort(1, "cancelled");
  calls.abort(77, "cancelled");
  ends[2]?.("done");
  await settled();
  calls.end({ viewer });
  expect(signals.map(({ reason }) => (reason as { code?: string } | undefined)?.code)).toEqual([
    "cancelled",
    "closed",
    undefined,
  ]);
  expect(answers).toEqual([{ type: "result", id: 3, output: "done" }]);
});

test("handlers that run on without their sessions keep their account from beginning more, until one has ended (V3)", async () => {
  const abandoned = new AbandonedCalls(4);
  const ends: (() => void)[] = [];
  const handler = async (): Promise<void> =>
    await new Promise<void>((resolve) => ends.push(resolve));
  for (let dial = 0; dial < 3; dial++) {
    const { calls, start } = setUp(handler, undefined, undefined, abandoned);
    for (const id of [1, 2]) start(id);
    calls.end({ viewer });
  }
  expect(ends).toHaveLength(4);
  const { answers, start } = setUp(handler, undefined, undefined, abandoned);
  start(1);
  expect(answers).toMatchObject([{ type: "failure", id: 1, code: "busy", refused: true }]);
  ends[0]?.();
  await settled();
  start(2);
  ends[4]?.();
  await settled();
  expect(answers[1]).toMatchObject({ type: "result", id: 2 });
});

describe("a call that commits", () => {
  test("is answered by its handler, with the places of what it appended", async () => {
    const { answers, start } = setUp(async ({ commit }) => `${String(await commit(() => "a"))}b`);
    start(1);
    await settled();
    expect(answers).toEqual([{ type: "result", id: 1, output: "ab", at: { "room:1": 7 } }]);
  });

  test("is answered after its commit, also if the handler does not wait for it", async () => {
    const { answers, start } = setUp(({ commit }) => {
      void commit(() => "a");
      return "b";
    });
    start(1);
    expect(answers).toEqual([]);
    await settled();
    expect(answers).toEqual([{ type: "result", id: 1, output: "b", at: { "room:1": 7 } }]);
  });

  test("does so once", async () => {
    const { answers, errors, start } = setUp(async ({ commit }) => {
      await commit(() => 1);
      await commit(() => 2);
    });
    start(1);
    await settled();
    expect(answers).toMatchObject([{ type: "failure", code: "internal" }]);
    expect(errors).toMatchObject([{ name: "CommitError" }]);
  });

  test("takes no effect behind its answer: a commit that comes when the handler has failed is refused", async () => {
    const commits: string[] = [];
    const commit = async (): Promise<never> => await Promise.reject(new Error(commits.join()));
    const { answers, errors, start } = setUp(async (ctx) => {
      const price = async (): Promise<void> => {
        await settled();
        await ctx.commit(() => commits.push("price"));
      };
      await Promise.all([price(), Promise.reject(new CallFailure("noQuota", "no"))]);
    }, commit);
    start(1);
    await settled();
    await settled();
    expect(answers).toMatchObject([{ type: "failure", code: "noQuota" }]);
    expect([commits, errors]).toMatchObject([[], [{ name: "CommitError" }]]);
  });

  test.each<[StoreErrorCode, string]>([
    ["badValue", "badOutput"],
    ["asyncUnit", "internal"],
  ])("fails by its own fault where no store can do it: %s", async (storeCode, code) => {
    const fault = new StoreError(storeCode);
    const commit = async (): Promise<never> => await Promise.reject(fault);
    const { answers, errors, start } = setUp(async (ctx) => await ctx.commit(() => 1), commit);
    start(1);
    await settled();
    expect(answers).toMatchObject([{ type: "failure", id: 1, code }]);
    expect(errors).toEqual([fault]);
  });

  test.each<[string, Error, string]>([
    ["a store that fails", new StoreFault(new Error("disk")), "internal"],
    ["a unit that throws on purpose", new CallFailure("full", "no room"), "full"],
  ])("fails with %s, whether its handler waits or not", async (_, fault, code) => {
    const commit = async (): Promise<never> => await Promise.reject(fault);
    for (const handler of [
      async (ctx: RunningCall) => await ctx.commit(() => 1),
      (ctx: RunningCall) => void ctx.commit(() => 1),
    ]) {
      const { answers, errors, start } = setUp(handler, commit);
      start(1);
      await settled();
      expect(answers).toMatchObject([{ type: "failure", id: 1, code }]);
      expect(errors).toEqual([]);
    }
  });
});

describe("a handler that does not wait for what it publishes", () => {
  test("ends no process when that fails: the server's owner is told", async () => {
    const { answers, errors, start } = setUp(({ publish }) => void publish("room:1", "a"));
    start(1);
    await settled();
    expect(answers).toEqual([{ type: "result", id: 1, output: undefined }]);
    expect(errors).toEqual([new Error("nothing is published here")]);
  });

  test("or does, hears of it alone", async () => {
    const { answers, errors, start } = setUp(async ({ publish }) => {
      await publish("room:1", "a").catch(() => undefined);
      return "b";
    });
    start(1);
    await settled();
    expect(answers).toEqual([{ type: "result", id: 1, output: "b" }]);
    expect(errors).toEqual([]);
  });
});

test("who has no keyed call under way when its session ends need not leave any", () => {
  const left: string[] = [];
  const settles: Settle[] = [];
  const keyed = {
    run: (_call: Call, _viewer: Viewer, settle: Settle) => void settles.push(settle),
    leave: ({ sessionId }: Viewer) => void left.push(sessionId),
  };
  const { calls } = setUp(() => undefined, undefined, keyed as never);
  const answers: (Result | Failure)[] = [];
  calls.run({ ...asked(1), key: "k" }, viewer, (answer) => answers.push(answer));
  expect(calls.size).toBe(1);
  calls.end({ viewer });
  expect(left).toEqual(["s1"]);
  settles[0]?.({ type: "result", id: 1, output: "done" });
  expect([answers.length, calls.size]).toEqual([1, 0]);
  calls.end({ viewer });
  expect(left).toEqual(["s1"]);
});
