import { call, defineContract } from "@holdfast/protocol";
import type { Call, Failure, Result } from "@holdfast/protocol";
import { expect, test } from "vitest";

import { CallRouter } from "../src/call-router.ts";
import { RunningCalls } from "../src/running-calls.ts";
import { settled } from "./serve.ts";

const contract = defineContract({ calls: { wait: call<void, string>() } });
const viewer = { account: "ada", accountData: undefined, sessionId: "s1" };
const asked = (id: number): Call => ({ type: "call", id, method: "wait", timeoutMs: 1 });

test("each call has its own signal, and one that has ended hears nothing more", async () => {
  const signals: AbortSignal[] = [];
  const ends: ((output: string) => void)[] = [];
  const handlers = {
    wait: async (_: void, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return await new Promise<string>((resolve) => ends.push(resolve));
    },
  };
  const router = new CallRouter(contract, handlers, () => undefined);
  const calls = new RunningCalls(router, () => {
    throw new Error("nothing is published here");
  });
  const answers: (Result | Failure)[] = [];
  for (const id of [1, 2, 3]) calls.run(asked(id), viewer, (answer) => answers.push(answer));
  calls.abort(1, "cancelled");
  calls.abort(77, "cancelled");
  ends[2]?.("done");
  await settled();
  calls.abortAll("closed");
  expect(signals.map(({ reason }) => (reason as { code?: string } | undefined)?.code)).toEqual([
    "cancelled",
    "closed",
    undefined,
  ]);
  expect(answers).toEqual([{ type: "result", id: 3, output: "done" }]);
});
