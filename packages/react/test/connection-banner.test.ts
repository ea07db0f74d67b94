/** What a person reads above the page, second by second. */
import type { ConnectionSnapshot, RealtimeConnectionState } from "@holdfast/client";
import { Cell, type RealtimeClient } from "@holdfast/client";
import {
  acceptsThenDrops,
  clientHarness,
  ManualClock,
  refusesConnections,
} from "@holdfast/testing";
import { act, renderHook } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { describe, expect, test } from "vitest";

import { ConnectionBanner } from "../src/connection-banner.ts";
import { createHooks } from "../src/index.ts";
import { chatWorld, type App } from "./support/chat-world.ts";

const CLOSED = {
  state: "stopped",
  reason: "userStop",
  retryAt: undefined,
  blockedBy: [],
  isRenewingToken: false,
} as unknown as ConnectionSnapshot;

/** A banner over a connection that the test plays. */
function played() {
  const clock = new ManualClock();
  const state = new Cell<RealtimeConnectionState>("idle");
  const connection = new Cell<ConnectionSnapshot>(CLOSED);
  const client = { state, connection, clock, recentEvents: [] } as unknown as RealtimeClient;
  const banner = new ConnectionBanner(client);
  const unfollow = banner.follow();
  const is = (word: RealtimeConnectionState, facts: Partial<ConnectionSnapshot> = {}): void => {
    connection.set({ ...CLOSED, ...facts });
    state.set(word);
  };
  const retryIn = (ms: number) => ({ state: "backoff" as const, retryAt: clock.wallNow() + ms });
  return { clock, banner, unfollow, is, retryIn, state, connection };
}

describe("when", () => {
  test("a blip is not shown; what lasts is shown after 4 s, and goes 1 s after recovery", () => {
    const { clock, banner, is } = played();
    is("connected", { state: "open" });
    is("connecting");
    clock.advance(3_999);
    expect(banner.current.isShown).toBe(false);
    clock.advance(1);
    expect(banner.current).toMatchObject({ isShown: true, kind: "lost" });
    is("connected", { state: "open" });
    expect(banner.current).toMatchObject({ kind: "connected", text: "Connected." });
    clock.advance(1_000);
    expect(banner.current).toMatchObject({ kind: "none", isShown: false, text: "" });
  });

  test("before the first connection it is shown after 2 s, in other words", () => {
    const { clock, banner, is } = played();
    is("connecting");
    clock.advance(2_000);
    expect(banner.current).toMatchObject({ kind: "connecting", text: "Connecting takes a while…" });
  });

  test("a banner that comes to the page late shows at once what is wrong since earlier", () => {
    const { clock, banner, is } = played();
    is("connecting");
    clock.advance(10_000);
    const seen: string[] = [];
    banner.subscribe(({ kind }) => seen.push(kind));
    expect(seen).toEqual(["connecting"]);
  });
});

describe("in which words", () => {
  test("without a network it says so", () => {
    const { clock, banner, is } = played();
    is("connecting", { blockedBy: ["network"] });
    clock.advance(2_000);
    expect(banner.current.kind).toBe("offline");
  });

  test("who was turned away is asked to sign in again, at once; who signed out is not", () => {
    const { banner, is } = played();
    is("connected", { state: "open" });
    is("connecting", { reason: "authRejected", blockedBy: ["auth"], isRenewingToken: true });
    expect(banner.current.kind).toBe("none");
    is("idle", { reason: "authRejected", blockedBy: ["auth"] });
    expect(banner.current).toMatchObject({ kind: "signIn", text: "Please sign in again." });
    is("idle", { reason: "authLost", blockedBy: ["auth"] });
    expect(banner.current.kind).toBe("none");
  });

  test("what was missed is brought", () => {
    const { clock, banner, is } = played();
    is("connecting");
    clock.advance(2_000);
    is("updating", { state: "open" });
    expect(banner.current.kind).toBe("updating");
  });

  test("a large bucket that is opened is no return from anywhere", () => {
    const { clock, banner, is } = played();
    is("connected", { state: "open" });
    is("updating", { state: "open" });
    clock.advance(4_000);
    expect(banner.current).toMatchObject({ kind: "updating", text: "Connected. Catching up…" });
    is("connected", { state: "open" });
    expect(banner.current.text).toBe("Connected.");
  });
});

describe("the countdown", () => {
  test("tells whole seconds to the next try, down to 0, and costs a timer only while it is seen", () => {
    const { clock, banner, is, retryIn } = played();
    is("connecting", retryIn(5_300));
    clock.advance(2_000);
    expect(banner.current.secondsToRetry).toBe(4);
    expect(clock.pending).toBe(0);
    const seen: unknown[] = [];
    const cancel = banner.subscribe(({ secondsToRetry }) => seen.push(secondsToRetry));
    expect(clock.pending).toBe(1);
    clock.advance(10_000);
    expect(seen).toEqual([4, 3, 2, 1, 0]);
    expect(clock.pending).toBe(0);
    is("connecting", { state: "connectingTransport" });
    is("connecting", retryIn(2_000));
    expect(seen.slice(5)).toEqual([undefined, 2]);
    cancel();
    expect(clock.pending).toBe(0);
  });

  test("nobody follows any more: no timer and no listener is left", () => {
    const { clock, banner, is, retryIn, unfollow, state, connection } = played();
    is("connecting", retryIn(60_000));
    banner.subscribe(() => {});
    clock.advance(3_000);
    unfollow();
    expect([clock.pending, state.subscriberCount, connection.subscriberCount]).toEqual([0, 0, 0]);
    expect(banner.current.isShown).toBe(false);
  });
});

test("a page that comes while the connection is away says that it was lost, not that it is slow", async () => {
  const behaviors = [acceptsThenDrops(), refusesConnections()];
  const { client, clock } = await clientHarness({ behaviors }).open();
  await clock.run(2_000);
  const banner = new ConnectionBanner(client);
  const kinds: string[] = [];
  for (let visit = 0; visit < 2; visit++) {
    const unfollow = banner.follow();
    await clock.run(4_000);
    kinds.push(banner.current.kind);
    unfollow();
  }
  expect(kinds).toEqual(["lost", "lost"]);
});

test("a component counts down while the server is away, and is told when it is back", async () => {
  const world = chatWorld();
  const { client } = world.durable();
  const { HoldfastProvider, useConnectionBanner } = createHooks<App>({
    display: { showMs: 1_000 },
  });
  const wrapper = ({ children }: { readonly children: ReactNode }) =>
    createElement(HoldfastProvider, { client }, children);
  const { result, unmount } = renderHook(() => useConnectionBanner(), { wrapper });
  client.start();
  await world.run(2_000);
  expect(result.current.isShown).toBe(false);
  const before = result.current;
  await world.run(10);
  expect(result.current).toBe(before);
  act(() => world.pair.killServer());
  await world.run(20_000);
  expect(result.current.kind).toBe("lost");
  const retries = new Set<number | undefined>();
  for (let second = 0; second < 20; second++) {
    await world.run(1_000);
    retries.add(result.current.secondsToRetry);
  }
  expect([...retries]).toEqual(expect.arrayContaining([1, 2]));
  world.pair.startServer();
  await world.run(15_000);
  expect(result.current).toMatchObject({ isShown: false, kind: "none" });
  unmount();
  await world.pair.close();
  expect(world.clock.pending).toBe(0);
});
