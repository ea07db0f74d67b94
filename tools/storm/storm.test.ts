/** A small storm in each test run, and that the bars notice a policy that tramples the server. */
import { describe, expect, test } from "vitest";

import { DEFAULT_CONNECTION_POLICY, type ConnectionPolicy } from "@holdfast/client/machine";
import { PEER_SCHEDULES } from "./peer-schedules.ts";
import { isMet, LONG_OUTAGE, longOutage, loneClients, NO_OUTAGE, noOutage } from "./storm-bars.ts";
import { smallFleet } from "./storm-bars.ts";
import { counts, figuresOf, peak, percentile } from "./storm-figures.ts";
import { stormPage } from "./storm-page.ts";
import { svgPlot, textPlot } from "./storm-plot.ts";
import { runStorm } from "./storm-world.ts";

/** A thousand clients that heard a window of 3 s: the dice of fewer meet a little more often. */
const CLIENTS = 1_000;
const ALLOWED = 1.4;

const storm = { ...LONG_OUTAGE, clients: CLIENTS, handshakeMs: 1.5 };
const calm = { ...NO_OUTAGE, clients: CLIENTS, handshakeMs: 1.5 };

const withBackoff = (
  backoff: Partial<ConnectionPolicy["backoff"]>,
): { readonly policy: ConnectionPolicy } => ({
  policy: {
    ...DEFAULT_CONNECTION_POLICY,
    backoff: { ...DEFAULT_CONNECTION_POLICY.backoff, ...backoff },
  },
});

describe("a fleet that loses its server", () => {
  test("for half a minute comes back spread over time, and soon (L12, C6)", () => {
    for (const { what, figure, atMost } of longOutage(1, storm))
      expect(figure, what).toBeLessThanOrEqual(atMost * ALLOWED);
  });

  test("for no time at all comes back within the window that it was told (C6)", () => {
    const { peakDials, backP95Ms, backMaxMs, gaveUp } = figuresOf(runStorm({ ...calm, seed: 1 }));
    expect(peakDials).toBeLessThanOrEqual(0.04 * ALLOWED);
    expect(backP95Ms).toBeGreaterThan(2_700);
    expect(backP95Ms).toBeLessThanOrEqual(2_900);
    expect(backMaxMs).toBeLessThanOrEqual(3_010);
    expect(gaveUp).toBe(0);
  });

  test("is gone with it: the server that comes back has advertised nothing yet", () => {
    const { lostAt, backAt, dials } = runStorm({ ...storm, clients: 50, seed: 2 });
    expect(lostAt.filter((at) => at !== undefined)).toHaveLength(50);
    expect(backAt.filter((at) => at !== undefined)).toHaveLength(50);
    expect(dials.length).toBeGreaterThan(50);
  });
});

test("one whose own path fails is back within a second, the owner of a small server within 0.3 s of its restart (C6)", () => {
  const findings = loneClients(100);
  for (const finding of findings) expect(isMet(finding), JSON.stringify(finding)).toBe(true);
});

test("a server of five hundred that restarts has them back in time, and not all at once (C6)", () => {
  for (const finding of smallFleet(2)) expect(isMet(finding), JSON.stringify(finding)).toBe(true);
});

test("a policy without jitter, or that waits as small servers may, is noticed", () => {
  const few = { clients: 300, handshakeMs: 5 };
  const inStep = { ...calm, ...few, policy: { ...DEFAULT_CONNECTION_POLICY, serverDelayMaxMs: 0 } };
  expect(noOutage(1, inStep).every(isMet)).toBe(false);
  const hasty = { ...storm, ...few, ...withBackoff({ fullWindowMs: 30_000, leastScale: 0.1 }) };
  const isWithin = ({ figure, atMost }: { figure: number; atMost: number }): boolean =>
    figure <= atMost * ALLOWED;
  expect(longOutage(1, hasty).every(isWithin)).toBe(false);
  const slow = { ...storm, ...few, ...withBackoff({ capMs: 30_000 }) };
  expect(longOutage(1, slow).every(isWithin)).toBe(false);
});

test("the waits of peers are as their sources have them", () => {
  const waits = (name: string, random: number): (number | undefined)[] => {
    const schedule = PEER_SCHEDULES.find((peer) => peer.name.startsWith(name));
    return [0, 1, 2, 3, 4, 5].map((retry) => schedule?.waitMs(retry, () => random));
  };
  expect(waits("socket.io", 0)).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  expect(waits("socket.io", 0.9)).toEqual([1_450, 2_900, 5_000, 5_000, 5_000, 5_000]);
  expect(waits("graphql-ws", 0)).toEqual([1_300, 2_300, 4_300, 8_300, 16_300, undefined]);
  expect(waits("@trpc", 0.5)).toEqual([0, 2_000, 4_000, 8_000, 16_000, 30_000]);
});

test("who gives up is counted", () => {
  const peer = PEER_SCHEDULES.find(({ name }) => name === "graphql-ws");
  const { gaveUp, backP50Ms } = figuresOf(
    runStorm({ ...storm, clients: 20, outageMs: 60_000, seed: 1, peer }),
  );
  expect(gaveUp).toBe(1);
  expect(backP50Ms).toBe(Infinity);
});

test("peaks are counted wherever they lie, shares from below", () => {
  expect(peak([0, 90, 99, 150, 189], 100)).toBe(4);
  expect(peak([0, 100], 100)).toBe(1);
  expect(peak([])).toBe(0);
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(percentile([1, 2, 3, 4], 1)).toBe(4);
  expect(counts([5, 10, 19, 20, 40], { from: 10, to: 40, spanMs: 10 })).toEqual([2, 1, 0]);
});

test("the page and its picture tell of every client", () => {
  const run = runStorm({ ...storm, clients: 20, seed: 1 });
  const rows = [
    { name: "Holdfast", run },
    { name: "graphql-ws 6.4.2", run },
  ];
  const finding = { what: "a thing", figure: 0.012, atMost: 0.02, unit: "share" } as const;
  const page = stormPage([finding], rows, 3);
  expect(page).toContain("| a thing | 1.20 % | ≤ 2.00 % |");
  expect(page).toContain("| graphql-ws 6.4.2 | 1 s · 2ⁿ + U(0.3 s, 3 s), five times |");
  expect(textPlot(rows).split("\n")).toHaveLength(3);
  expect(svgPlot(rows)).toContain("graphql-ws 6.4.2");
});
