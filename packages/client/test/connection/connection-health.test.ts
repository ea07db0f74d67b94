/** What the model remembers of the heartbeat, and when the next ping is due. */
import { expect, test } from "vitest";

import { beginHealth, nextPing } from "../../src/connection/connection-health.ts";
import { pendingDeadlines, type Deadlines } from "../../src/connection/connection-model.ts";
import { rig } from "./support/connection-rig.ts";

const BOUNDS = { minMs: 1_000, maxMs: 60_000 };

test("a heartbeat begins as if a frame came and a ping went just now, with nothing asked", () => {
  expect(beginHealth(500, BOUNDS)).toEqual({
    lastInboundAt: 500,
    lastPingAt: 500,
    nonce: 0,
    bufferedBytes: 0,
    isSecond: false,
    bounds: BOUNDS,
  });
});

test("without a heartbeat there is no ping to wake for", () => {
  const { model, policy, startedAt } = rig().dial();
  expect(pendingDeadlines(model, policy)).toEqual({ connect: startedAt + 10_000 });
});

interface Change {
  readonly lastInboundAt?: number;
  readonly deadlines?: Deadlines;
}

test.each<[string, Change, Deadlines]>([
  ["nothing asked", {}, { ping: 5_000 }],
  ["a frame since", { lastInboundAt: 2_000 }, { ping: 6_500 }],
  ["frames all the time", { lastInboundAt: 11_900 }, { ping: 12_500 }],
  [
    "a ping asked",
    { deadlines: { pong: 9_000, ownPong: 18_500 } },
    { pong: 9_000, ownPong: 18_500 },
  ],
  [
    "a probe asked",
    { deadlines: { probe: 9_000, ownPong: 18_500 } },
    { probe: 9_000, ownPong: 18_500 },
  ],
  [
    "answered, but not by its pong",
    { deadlines: { ownPong: 18_500 } },
    { ping: 5_000, ownPong: 18_500 },
  ],
])("with %s it wakes for %j", (_, { deadlines = {}, ...change }, expected) => {
  const { model, policy } = rig().open();
  const health = { ...beginHealth(500, BOUNDS), ...change };
  expect(pendingDeadlines({ ...model, deadlines, health }, policy)).toEqual(expected);
});

test("in the background it wakes for a ping after 25 s, whatever came in", () => {
  const { policy } = rig();
  const silent = beginHealth(500, BOUNDS);
  expect(nextPing(silent, false, policy)).toBe(25_500);
  expect(nextPing({ ...silent, lastInboundAt: 20_000 }, false, policy)).toBe(25_500);
});

test.each([
  ["no more often than the server bears", { minMs: 7_000, maxMs: 60_000 }, 7_500],
  ["but never less than in the background", { minMs: 9_000_000, maxMs: 9_000_000 }, 25_500],
  ["at least as often as the server wants", { minMs: 1_000, maxMs: 3_000 }, 3_500],
  ["but never before a probe would have its answer", { minMs: 0, maxMs: 1 }, 2_500],
])("pings %s", (_, bounds, ping) => {
  expect(nextPing(beginHealth(500, bounds), true, rig().policy)).toBe(ping);
});
