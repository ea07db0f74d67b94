/** The numbers that people rely on, and how they fit together. */
import { expect, test } from "vitest";

import { DEFAULT_BACKOFF } from "../../src/connection/backoff-policy.ts";
import { DEFAULT_CONNECTION_POLICY as policy } from "../../src/connection/connection-policy.ts";

test("the defaults are those that the documentation names", () => {
  expect(policy).toEqual({
    connectMs: 10_000,
    handshakeMs: 10_000,
    renewalMs: 10_000,
    stableMs: 5_000,
    dialFloorMs: 250,
    idlePingMs: 4_500,
    slowPingMs: 25_000,
    busyPingMs: 12_000,
    pongMs: 5_000,
    pongConstrainedMs: 12_000,
    ownPongMs: 18_000,
    ownPongConstrainedMs: 30_000,
    probeMs: 2_000,
    lateMs: 2_000,
    background: "keep",
    offlineRetryMs: 30_000,
    tokenRetryMs: 30_000,
    drainMs: 2_000,
    windowMs: 1_000,
    serverDelayMaxMs: 3_600_000,
    backoff: DEFAULT_BACKOFF,
  });
  expect(DEFAULT_BACKOFF).toEqual({
    localMs: 100,
    localSpreadMs: 150,
    floorMs: 300,
    spanMs: 1_250,
    leastShare: 0.2,
    capMs: 14_000,
    longCapMs: 30_000,
    longOutageMs: 600_000,
    fullWindowMs: 3_000,
    leastScale: 0.13,
    fullScaleAfterMs: 120_000,
  });
});

test("a dead path is noticed within 10 s, on a constrained one within 17 s (B11)", () => {
  expect(policy.idlePingMs + policy.pongMs).toBeLessThanOrEqual(10_000);
  expect(policy.idlePingMs + policy.pongConstrainedMs).toBeLessThanOrEqual(17_000);
});

test("a dead uplink is noticed within 30 s under any traffic", () => {
  expect(policy.busyPingMs + policy.ownPongMs).toBeLessThanOrEqual(30_000);
});

test("a hidden page still speaks before the 30 s of usual proxies are over", () => {
  expect(policy.slowPingMs).toBeLessThan(30_000);
});
