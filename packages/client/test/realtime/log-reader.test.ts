/** How sync speaks with the server. */
import { expect, test } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { logReader } from "../../src/realtime/log-reader.ts";
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
  return { calls, said, remote: logReader(link, calls, () => hasLog) };
}

test("a fetch is asked like a call, and its page comes whole", async () => {
  const { calls, remote } = harness();
  const page = remote.fetch(REQUEST, 30_000, new AbortController().signal);
  const fetch = calls.take();
  expect(fetch).toMatchObject({ type: "fetch", ...REQUEST });
  const id = fetch?.id ?? 0;
  const { bucket, epoch, after } = REQUEST;
  const answer = { type: "page", id, bucket, epoch, after, upTo: 3, updates: [], head: 3 } as const;
  calls.answer(id, answer);
  expect(await page).toBe(answer);
});

test("a fetch that is taken back fails", async () => {
  const { calls, remote } = harness();
  const controller = new AbortController();
  const page = remote.fetch(REQUEST, 30_000, controller.signal);
  controller.abort();
  await expect(page).rejects.toMatchObject({ kind: "aborted" });
  expect(calls.waiting).toBe(0);
});

test("a server without logs is asked for none (B52)", async () => {
  const { calls, remote } = harness(false);
  const page = remote.fetch(REQUEST, 30_000, new AbortController().signal);
  await expect(page).rejects.toMatchObject({ kind: "neverSent", code: "unsupported" });
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
