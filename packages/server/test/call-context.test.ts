import { expect, test } from "vitest";

import { RunningCall } from "../src/call-context.ts";
import { CallFailure } from "../src/call-failure.ts";

const running = (): RunningCall =>
  new RunningCall(
    { account: "ada", accountData: undefined, sessionId: "s1" },
    { type: "call", id: 1, method: "run", timeoutMs: 1 },
    { failure: () => undefined },
    async () => await Promise.reject(new Error("nothing is published here")),
    async (unit) => await Promise.resolve({ output: unit({} as never), at: {} }),
  );

test("a signal that was asked for is aborted, with a failure as the reason", () => {
  const call = running();
  const { signal } = call;
  expect(signal.aborted).toBe(false);
  call.abort("cancelled");
  expect(call.signal).toBe(signal);
  expect(signal.reason).toBeInstanceOf(CallFailure);
  expect(signal.reason).toMatchObject({ code: "cancelled" });
});

test("a signal that is asked for late is aborted already, for the first reason", () => {
  const call = running();
  call.abort("timedOut");
  call.abort("closed");
  expect(call.signal.aborted).toBe(true);
  expect(call.signal.reason).toMatchObject({ code: "timedOut" });
});
