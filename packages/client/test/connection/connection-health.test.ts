/** What the model remembers of the heartbeat, and when it asks to be woken. */
import { expect, test } from "vitest";

import { beginHealth, healthDeadlines } from "../../src/connection/connection-health.ts";
import { rig } from "./support/connection-rig.ts";

const BOUNDS = { minMs: 1_000, maxMs: 60_000 };

test("a heartbeat begins as if a frame came and a ping went just now, with nothing asked", () => {
  expect(beginHealth(500, BOUNDS)).toEqual({
    lastInboundAt: 500,
    lastPingAt: 500,
    nonce: 0,
    bounds: BOUNDS,
  });
});

test("without a heartbeat there is nothing to wake for", () => {
  const { model, policy } = rig().dial();
  expect(healthDeadlines(model, policy)).toEqual({});
});

test.each([
  ["nothing asked", {}, { ping: 5_000 }],
  ["a frame since", { lastInboundAt: 2_000 }, { ping: 6_500 }],
  ["frames all the time", { lastInboundAt: 11_900 }, { ping: 12_500 }],
  ["a ping asked", { pending: "ping" }, { pong: 9_000, ownPong: 18_500 }],
  ["a probe asked", { pending: "probe" }, { probe: 9_000, ownPong: 18_500 }],
  ["answered, but not by its pong", { ownPongBy: 18_500 }, { ping: 5_000, ownPong: 18_500 }],
] as const)("with %s it wakes for %j", (_, { pending: kind, ...change }: Change, expected) => {
  const { model, policy } = rig().open();
  const pending = kind && { kind, deadline: 9_000, bufferedBytes: 0, isSecond: false };
  const asked = pending && { pending, ownPongBy: 18_500 };
  const health = { ...beginHealth(500, BOUNDS), ...change, ...asked };
  expect(healthDeadlines({ ...model, health }, policy)).toEqual(expected);
});

interface Change {
  readonly lastInboundAt?: number;
  readonly ownPongBy?: number;
  readonly pending?: "ping" | "probe";
}

test("in the background it wakes for a ping after 25 s, whatever came in", () => {
  const { model, policy } = rig().open().tell("appBackgrounded");
  const silent = { ...model, health: beginHealth(500, BOUNDS) };
  expect(healthDeadlines(silent, policy)).toEqual({ ping: 25_500 });
  const busy = { ...model, health: { ...beginHealth(500, BOUNDS), lastInboundAt: 20_000 } };
  expect(healthDeadlines(busy, policy)).toEqual({ ping: 25_500 });
});

test.each([
  ["no more often than the server bears", { minMs: 7_000, maxMs: 60_000 }, 7_500],
  ["at least as often as the server wants", { minMs: 1_000, maxMs: 3_000 }, 3_500],
  ["but never before a probe would have its answer", { minMs: 0, maxMs: 1 }, 2_500],
])("pings %s", (_, bounds, ping) => {
  const { model, policy } = rig().open();
  const health = beginHealth(500, bounds);
  expect(healthDeadlines({ ...model, health }, policy)).toEqual({ ping });
});
