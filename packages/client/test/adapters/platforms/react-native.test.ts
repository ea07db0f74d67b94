import {
  accepts,
  FakeCredentials,
  FakePlatform,
  ManualClock,
  ScriptedServer,
} from "@holdfast/testing";
import { describe, expect, test } from "vitest";
import {
  reactNativePlatform,
  type NetInfoStateLike,
} from "../../../src/adapters/platforms/react-native.ts";
import { OptionsError } from "../../../src/base/errors.ts";
import { RealtimeClient } from "../../../src/realtime/realtime-client.ts";
import { FakeSocket } from "../../transport/fake-socket.ts";

/** React Native's `AppState`: a word, and listeners with a subscription each. */
class FakeAppState {
  readonly listeners = new Set<(state: string) => void>();
  currentState: string | null = "active";

  addEventListener(_type: "change", listener: (state: string) => void): { remove(): void } {
    this.listeners.add(listener);
    return { remove: () => void this.listeners.delete(listener) };
  }
  become(state: string): void {
    this.currentState = state;
    for (const listener of this.listeners) listener(state);
  }
}

const wifi: NetInfoStateLike = {
  type: "wifi",
  isConnected: true,
  details: { ipAddress: "10.0.0.2", isConnectionExpensive: false },
};

/** NetInfo: tells each listener the state when it knows it, and at each change. */
class FakeNetInfo {
  readonly listeners = new Set<(state: NetInfoStateLike) => void>();
  refreshes = 0;

  addEventListener(listener: (state: NetInfoStateLike) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  async refresh(): Promise<void> {
    this.refreshes++;
    await Promise.reject(new Error("the module is gone"));
  }
  says(changes: Partial<NetInfoStateLike> = {}): void {
    for (const listener of this.listeners) listener({ ...wifi, ...changes });
  }
}

const randomBytes = (count: number): Uint8Array => new Uint8Array(count).fill(10);

function harness() {
  const AppState = new FakeAppState();
  const NetInfo = new FakeNetInfo();
  const platform = reactNativePlatform({ AppState, NetInfo, randomBytes }, {});
  const { lifecycle, network } = platform;
  const events: string[] = [];
  const cancels = [
    lifecycle.start(({ type }) => events.push(type)),
    network.start(({ available, quality }) =>
      events.push(`${available ? "online" : "offline"} ${quality}`),
    ),
  ];
  const stop = (): void => {
    for (const cancel of [...cancels, ...cancels]) cancel();
  };
  return { AppState, NetInfo, platform, lifecycle, network, events, stop };
}

describe("an app", () => {
  test("that is left and opened again", () => {
    const { AppState, lifecycle, events } = harness();
    for (const state of ["inactive", "background", "background", "active"]) AppState.become(state);
    expect(events).toEqual(["appBackgrounded", "appBackgrounded", "appForegrounded"]);
    AppState.become("background");
    expect(lifecycle.current).toEqual({ active: false, frozen: false });
  });

  test("under a call or the notification centre is still in use", () => {
    const { AppState, lifecycle, events } = harness();
    for (const state of ["inactive", "extension", "unknown"]) {
      AppState.become(state);
      expect(lifecycle.current.active).toBe(true);
    }
    expect(events).toEqual([]);
  });

  test("of which the phone has not said yet counts as opened; one that a push started does not", () => {
    const { AppState, lifecycle } = harness();
    AppState.currentState = null;
    expect(lifecycle.current.active).toBe(true);
    AppState.currentState = "background";
    expect(lifecycle.current.active).toBe(false);
  });
});

describe("the network", () => {
  test("is lost only where NetInfo says so: what is not known is no loss", () => {
    const { NetInfo, network, events } = harness();
    NetInfo.says();
    NetInfo.says({ type: "unknown", isConnected: null, details: null });
    NetInfo.says({ type: "none", isConnected: false, details: null });
    expect(network.current).toEqual({ available: false, quality: "good" });
    NetInfo.says({ type: "none", isConnected: false, details: null });
    NetInfo.says();
    expect(events).toEqual(["online good", "offline good", "online good"]);
  });

  test("that is another one is told, so that an open connection is asked whether it lives", () => {
    const { NetInfo, events } = harness();
    NetInfo.says();
    NetInfo.says();
    expect(events).toEqual([]);
    NetInfo.says({ details: { ipAddress: "10.9.9.9" } });
    NetInfo.says({ type: "vpn", details: { ipAddress: "10.9.9.9" } });
    expect(events).toEqual(["online good", "online good"]);
  });

  test.each([
    ["metered", { isConnectionExpensive: true }],
    ["2g", { cellularGeneration: "2g" }],
    ["3g", { cellularGeneration: "3g" }],
  ])("that is %s is constrained", (_, details) => {
    const { NetInfo, network, events } = harness();
    NetInfo.says({ type: "cellular", details });
    expect(events).toEqual(["online constrained"]);
    expect(network.current.quality).toBe("constrained");
    NetInfo.says({ type: "cellular", details: { cellularGeneration: "4g" } });
    expect(network.current.quality).toBe("good");
  });

  test("is looked at again when the app is opened, and a module that cannot look does no harm", async () => {
    const { AppState, NetInfo, events } = harness();
    AppState.become("background");
    expect(NetInfo.refreshes).toBe(0);
    AppState.become("active");
    await Promise.resolve();
    expect(NetInfo.refreshes).toBe(1);
    expect(events).toEqual(["appBackgrounded", "appForegrounded"]);
  });

  test("of a NetInfo that is older and cannot look again is taken as it is", () => {
    const AppState = new FakeAppState();
    const NetInfo = { addEventListener: () => () => {} };
    const { network } = reactNativePlatform({ AppState, NetInfo, randomBytes }, {});
    network.start(() => {});
    expect(() => AppState.become("active")).not.toThrow();
  });

  test("is assumed to be there where nobody tells", () => {
    const { network } = reactNativePlatform({ AppState: new FakeAppState(), randomBytes }, {});
    expect(network.current).toEqual({ available: true, quality: "good" });
  });

  test("that one client lost is lost for the next one too, from its first look", () => {
    const { NetInfo, network, stop } = harness();
    const events: unknown[] = [];
    NetInfo.says({ type: "none", isConnected: false, details: null });
    const cancel = network.start((event) => events.push(event));
    NetInfo.says({ type: "none", isConnected: false, details: null });
    expect(events).toEqual([]);
    stop();
    expect(network.current.available).toBe(false);
    cancel();
    expect(network.current.available).toBe(true);
  });
});

test("nothing is listened to after the end", () => {
  const { AppState, NetInfo, events, stop } = harness();
  stop();
  expect([AppState.listeners.size, NetInfo.listeners.size]).toEqual([0, 0]);
  AppState.become("background");
  expect(events).toEqual([]);
});

test("random bytes are those that are passed, or the global ones, or it says at once what to do", () => {
  const AppState = new FakeAppState();
  expect(reactNativePlatform({ AppState, randomBytes }, {}).randomHex(3)).toBe("0a0a0a");
  const withGlobal = reactNativePlatform({ AppState }, { crypto: globalThis.crypto });
  expect(withGlobal.randomHex(16)).toMatch(/^[0-9a-f]{32}$/);
  expect(() => reactNativePlatform({ AppState }, { crypto: {} })).toThrow(OptionsError);
  expect(() => reactNativePlatform({ AppState }, {})).toThrow("expo-crypto");
});

test("sockets are React Native's own; without one the dial has failed", () => {
  const made: unknown[] = [];
  class WebSocket extends FakeSocket {
    constructor(...args: unknown[]) {
      super();
      made.push(args);
    }
  }
  const options = { AppState: new FakeAppState(), randomBytes };
  reactNativePlatform(options, { WebSocket }).openTransport("ws://x.test", ["p"], () => {});
  expect(made).toEqual([["ws://x.test", ["p"]]]);
  const events: unknown[] = [];
  reactNativePlatform(options, {}).openTransport("ws://x.test", [], (event) => events.push(event));
  expect(events).toMatchObject([{ type: "openFailed" }]);
});

describe("a connection in the background", () => {
  async function open(policy: object = {}) {
    const { AppState, platform } = harness();
    const clock = new ManualClock();
    const server = new ScriptedServer(clock, accepts());
    const fake = new FakePlatform({ clock, openTransport: server.openTransport });
    const client = new RealtimeClient({
      url: "wss://server.test/realtime",
      credentials: new FakeCredentials(),
      platform: Object.assign(fake, {
        lifecycle: platform.lifecycle,
        ...(platform.policy && { policy: platform.policy }),
      }),
      policy,
    });
    client.start();
    await clock.runUntil(() => client.connection.current.state === "open");
    return { AppState, clock, client, server };
  }

  test("outlives a short look at another app", async () => {
    const { AppState, clock, client, server } = await open();
    AppState.become("background");
    await clock.run(29_000);
    AppState.become("active");
    await clock.run(60_000);
    expect(server.dialedAt).toHaveLength(1);
    client.close();
  });

  test("is closed after 30 s, and dialled when the app is opened", async () => {
    const { AppState, clock, client } = await open();
    AppState.become("background");
    await clock.run(30_001);
    expect(client.connection.current).toMatchObject({
      state: "backgroundSuspended",
      reason: "appInactive",
    });
    AppState.become("active");
    await clock.runUntil(() => client.connection.current.state === "open", 1_000);
    client.close();
  });

  test("is kept where the app says so", async () => {
    const { AppState, clock, client, server } = await open({ background: "keep" });
    AppState.become("background");
    await clock.run(120_000);
    expect(client.connection.current.state).toBe("open");
    expect(server.dialedAt).toHaveLength(1);
    client.close();
  });
});
