import { EventEmitter } from "node:events";
import {
  accepts,
  FakeCredentials,
  FakePlatform,
  ManualClock,
  ScriptedServer,
} from "@holdfast/testing";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  electronPlatform,
  electronWindowPlatform,
  powerSignals,
  type PowerEvent,
} from "../../../src/adapters/platforms/electron.ts";
import { Cell } from "../../../src/base/source.ts";
import { RealtimeClient } from "../../../src/realtime/realtime-client.ts";

function harness({ isShown }: { isShown?: Cell<boolean> } = {}) {
  const powerMonitor = new EventEmitter();
  const process = new EventEmitter();
  const platform = electronPlatform({ power: powerMonitor, WebSocket, isShown }, { process });
  const events: string[] = [];
  const stop = platform.lifecycle.start(({ type }) => events.push(type));
  return { powerMonitor, process, platform, events, stop };
}

describe("the main process", () => {
  test("freezes within the call that says the machine goes to sleep, and is back after it", () => {
    const { powerMonitor, events } = harness();
    powerMonitor.emit("suspend");
    expect(events).toEqual(["appFrozen"]);
    powerMonitor.emit("resume");
    powerMonitor.emit("resume");
    expect(events.slice(1)).toEqual(["appThawed", "woke", "appThawed", "woke"]);
  });

  test("is back when the screen is unlocked, where nobody says that the machine woke", () => {
    const { powerMonitor, events } = harness();
    powerMonitor.emit("suspend");
    powerMonitor.emit("unlock-screen");
    expect(events).toEqual(["appFrozen", "appThawed", "woke"]);
  });

  test("keeps what Node tells, and does not care for a locked screen", () => {
    const { powerMonitor, process, platform, events } = harness();
    powerMonitor.emit("lock-screen");
    process.emit("SIGCONT");
    expect(events).toEqual(["woke"]);
    expect(platform.name).toBe("electron");
    expect(platform.lifecycle.current).toEqual({ active: true, frozen: false });
    expect(platform.policy).toBeUndefined();
  });

  test("is in the background while no window is shown, and says each change once", () => {
    const isShown = new Cell(false);
    const { platform, events, powerMonitor, stop } = harness({ isShown });
    expect(platform.lifecycle.current).toEqual({ active: false, frozen: false });
    for (const shown of [true, true, false]) isShown.set(shown);
    expect(events).toEqual(["appForegrounded", "appBackgrounded"]);
    powerMonitor.emit("resume");
    expect(events).toHaveLength(4);
    stop();
    expect(isShown.subscriberCount).toBe(0);
  });

  test("leaves no listener behind", () => {
    const { powerMonitor, process, events, stop } = harness();
    stop();
    stop();
    powerMonitor.emit("suspend");
    expect(events).toEqual([]);
    expect([...powerMonitor.eventNames(), ...process.eventNames()]).toEqual([]);
  });
});

describe("a window", () => {
  /** A preload bridge: what the main process sends, and what the page's listeners get of it. */
  function bridged() {
    const listeners = new Set<(event: PowerEvent) => void>();
    const document = Object.assign(new EventTarget(), { hidden: false });
    const { lifecycle, name } = electronWindowPlatform(
      {
        power: (hear) => {
          listeners.add(hear);
          return () => void listeners.delete(hear);
        },
      },
      { document },
    );
    const events: string[] = [];
    const stop = lifecycle.start(({ type }) => events.push(type));
    return { listeners, document, lifecycle, name, events, stop };
  }

  test("hears of the power over the bridge, and of its own page", () => {
    const { listeners, document, lifecycle, name, events } = bridged();
    const powerMonitor = new EventEmitter();
    powerSignals(powerMonitor)((event) => listeners.forEach((hear) => hear(event)));
    powerMonitor.emit("suspend");
    document.hidden = true;
    document.dispatchEvent(new Event("visibilitychange"));
    powerMonitor.emit("resume");
    expect(events).toEqual(["appFrozen", "appBackgrounded", "appThawed", "woke"]);
    expect(lifecycle.current).toEqual({ active: false, frozen: false });
    expect(name).toBe("electron-window");
  });

  test("heeds nothing that is no word of ours, and leaves nothing on the bridge", () => {
    const { listeners, events, stop } = bridged();
    for (const word of ["shutdown", "constructor", "toString"])
      for (const hear of listeners) hear(word as PowerEvent);
    expect(events).toEqual([]);
    stop();
    expect(listeners.size).toBe(0);
  });
});

test("a connection is closed before the machine sleeps, and dialled when it wakes", async () => {
  const powerMonitor = new EventEmitter();
  const clock = new ManualClock();
  const server = new ScriptedServer(clock, accepts());
  const fake = new FakePlatform({ clock, openTransport: server.openTransport });
  const { lifecycle } = electronPlatform({ power: powerMonitor, WebSocket }, {});
  const client = new RealtimeClient({
    url: "wss://server.test/realtime",
    credentials: new FakeCredentials(),
    platform: Object.assign(fake, { lifecycle }),
  });
  client.start();
  await clock.runUntil(() => client.connection.current.state === "open");
  powerMonitor.emit("suspend");
  expect(client.connection.current).toMatchObject({
    state: "backgroundSuspended",
    reason: "appFrozen",
  });
  powerMonitor.emit("resume");
  await clock.runUntil(() => client.connection.current.state === "open", 1_000);
  client.close();
  expect(powerMonitor.eventNames()).toEqual([]);
});
