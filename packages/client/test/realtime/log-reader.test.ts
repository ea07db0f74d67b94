/** How sync speaks with the server. */
import { expect, test } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { logReader } from "../../src/realtime/log-reader.ts";
import { UpdateSubscriptions } from "../../src/realtime/update-subscriptions.ts";
import { Calls } from "../../src/session/calls.ts";

const REQUEST = { bucket: "room:1", epoch: "e1", after: 3, limit: 200 };

function harness(hasLog = true) {
  const calls = new Calls(new ManualClock());
  calls.attach({ poke: () => {}, sayFirst: () => {} });
  const said: unknown[] = [];
  const link = {
    say: (message: unknown) => void said.push(message),
    pauseReading: () => {},
    resumeReading: () => {},
  };
  const updates = new UpdateSubscriptions();
  updates.attach(link);
  const remote = logReader(link, { calls, updates }, () => hasLog);
  const answers: unknown[] = [];
  const fetch = (signal: AbortSignal = new AbortController().signal): void => {
    const hear = (answer: unknown): void => void answers.push(answer);
    remote.fetch(REQUEST, 30_000, signal, hear, hear);
  };
  return { calls, said, remote, answers, fetch };
}

test("a fetch is asked like a call, and its page comes whole, in its place (B06)", () => {
  const { calls, answers, fetch } = harness();
  fetch();
  const asked = calls.take();
  expect(asked).toMatchObject({ type: "fetch", ...REQUEST });
  const id = asked?.id ?? 0;
  const { bucket, epoch, after } = REQUEST;
  const answer = { type: "page", id, bucket, epoch, after, upTo: 3, updates: [], head: 3 } as const;
  calls.answer(id, answer);
  expect(answers).toEqual([answer]);
});

test("a fetch that is taken back fails", () => {
  const { calls, answers, fetch } = harness();
  const controller = new AbortController();
  fetch(controller.signal);
  controller.abort();
  expect(answers).toMatchObject([{ kind: "aborted" }]);
  expect(calls.waiting).toBe(0);
});

test("a server without logs is asked for none (B52)", () => {
  const { calls, answers, fetch } = harness(false);
  fetch();
  expect(answers).toMatchObject([{ kind: "neverSent", code: "unsupported" }]);
  expect(calls.waiting).toBe(0);
});

test("buckets are subscribed to and left over the session's link", () => {
  const { remote, said } = harness();
  remote.subscribe([{ bucket: "room:1", epoch: "e1", after: 3 }]);
  remote.unsubscribe(["room:1"]);
  expect(said).toEqual([
    { type: "subscribe", buckets: [{ bucket: "room:1", epoch: "e1", after: 3 }] },
    { type: "unsubscribe", buckets: ["room:1"] },
  ]);
});
