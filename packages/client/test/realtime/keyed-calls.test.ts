/** The fates of keyed calls, as transactions hear them. */
import { describe, expect, test, vi } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { keyedCalls } from "../../src/realtime/keyed-calls.ts";
import { Calls } from "../../src/session/calls.ts";
import type { RemoteAnswer } from "../../src/transactions/call-remote.ts";

const LINK = { poke: () => {}, sayFirst: () => {} };
const CALL = { method: "m", input: { n: 1 }, key: "k1", timeoutMs: 5_000 };

function harness(isOpen = true) {
  const clock = new ManualClock();
  const calls = new Calls(clock);
  if (isOpen) calls.attach(LINK);
  const answers: (RemoteAnswer | "acked")[] = [];
  const remote = keyedCalls(calls);
  const settle = (answer: RemoteAnswer): void => void answers.push(answer);
  return {
    clock,
    calls,
    answers,
    send: (): void => remote.send(CALL, settle, () => void answers.push("acked")),
    cancel: (): void => remote.cancel("k1", settle),
  };
}

test("a keyed call travels with its key, and its answer comes whole, after the ack", async () => {
  const { clock, calls, answers, send } = harness();
  send();
  const call = calls.take();
  expect(call).toMatchObject({ type: "call", method: "m", input: { n: 1 }, key: "k1" });
  const id = call?.id ?? 0;
  calls.acked(id);
  const result = { type: "result", id, output: 7, at: { "room:1": 3 } } as const;
  calls.answer(id, result);
  await clock.settle();
  expect(answers).toEqual(["acked", result]);
});

test("a key is taken back under an id of its own", async () => {
  const { clock, calls, answers, cancel } = harness();
  cancel();
  const message = calls.take();
  expect(message).toMatchObject({ type: "cancel", key: "k1" });
  const id = message?.id ?? 0;
  calls.answer(id, { type: "failure", id, code: "cancelled", message: "Taken back." });
  await clock.settle();
  expect(answers).toMatchObject([{ type: "failure", code: "cancelled" }]);
});

describe("without an answer", () => {
  const fates: readonly [
    what: string,
    act: (h: ReturnType<typeof harness>) => void,
    type: string,
  ][] = [
    ["the session ends before it was written", ({ calls }) => calls.detach(0), "unsent"],
    [
      "the session ends after it was written",
      ({ calls }) => calls.detach(calls.take()?.id ?? 0),
      "lost",
    ],
    ["its time passes unwritten", ({ clock }) => clock.advance(5_000), "unsent"],
    [
      "its time passes after it was written",
      ({ calls, clock }) => {
        calls.take();
        clock.advance(5_000);
      },
      "lost",
    ],
    ["the client closes", ({ calls }) => calls.close(), "unsent"],
    [
      "it is larger than a frame",
      ({ calls }) => calls.turnDown(calls.take()?.id ?? 0, "tooLarge"),
      "unwritable",
    ],
    [
      "it cannot be encoded",
      ({ calls }) => calls.turnDown(calls.take()?.id ?? 0, "neverSent", { code: "notEncodable" }),
      "unwritable",
    ],
  ];

  test.each(fates)("%s", async (_, act, type) => {
    const h = harness();
    h.send();
    act(h);
    await h.clock.settle();
    expect(h.answers.map((answer) => (answer === "acked" ? answer : answer.type))).toEqual([type]);
  });

  test("without a session it is unsent, and never waits for one", async () => {
    const { clock, calls, answers, send } = harness(false);
    send();
    await clock.settle();
    expect([answers, calls.waiting]).toEqual([[{ type: "unsent" }], 0]);
  });
});

test("a refusal says so: the handler was not run", async () => {
  const { clock, calls, answers, send } = harness();
  send();
  const id = calls.take()?.id ?? 0;
  const failure = {
    type: "failure",
    id,
    code: "busy",
    message: "Full.",
    retryAfterMs: 50,
  } as const;
  calls.answer(id, { ...failure, refused: true });
  await clock.settle();
  expect(answers).toMatchObject([
    { type: "failure", code: "busy", refused: true, retryAfterMs: 50 },
  ]);
});

test("a call that cannot be made is answered too, and is not repeated", async () => {
  const clock = new ManualClock();
  const answers: RemoteAnswer[] = [];
  const call = { ...CALL, timeoutMs: NaN };
  keyedCalls(new Calls(clock)).send(call, (answer) => void answers.push(answer), vi.fn());
  await clock.settle();
  expect(answers).toMatchObject([{ type: "failure", code: "badOptions", refused: true }]);
});
