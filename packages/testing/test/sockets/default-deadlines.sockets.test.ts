/**
 * How soon broken paths are noticed on real sockets, in real time, under the default policy: what
 * users wait. The tests wait side by side.
 */
import { afterAll, describe, expect, test } from "vitest";

import { nodePlatform } from "@holdfast/client/node";
import { WebSocket } from "ws";

import { FakeLifecycleAdapter } from "../../src/fake-adapters.ts";
import { FaultLink } from "../../src/fault-link.ts";
import {
  cleanUp,
  deferred,
  isOpen,
  makeClient,
  pause,
  reach,
  SocketServer,
} from "./socket-world.ts";
import type { Client } from "./socket-world.ts";

/** What a busy machine may add. */
const GRACE_MS = 500;
const PATIENCE_MS = 45_000;

afterAll(cleanUp);

interface Place {
  readonly host: SocketServer;
  readonly link: FaultLink;
  readonly client: Client;
  readonly lifecycle: FakeLifecycleAdapter;
}

async function place(): Promise<Place> {
  const host = await SocketServer.start();
  const link = await FaultLink.open({ target: { port: host.port } });
  deferred(() => link.close());
  const lifecycle = new FakeLifecycleAdapter();
  const platform = { ...nodePlatform({ WebSocket }), lifecycle };
  return { host, link, lifecycle, client: makeClient(link.port, { platform }) };
}

/** How long until the client says that it is so. */
async function msUntil(client: Client, state: "backoff" | "open"): Promise<number> {
  const since = performance.now();
  await reach(client, (snapshot) => snapshot.state === state, PATIENCE_MS);
  return performance.now() - since;
}

describe.concurrent("under the default policy", { timeout: PATIENCE_MS }, () => {
  test("a half-open path is noticed within 10 s in the foreground, and left (B11, C8)", async () => {
    const { link, client } = await place();
    client.start();
    await reach(client, isOpen);
    link.halfOpen("server");
    expect(await msUntil(client, "backoff")).toBeLessThan(10_000 + GRACE_MS);
    expect(client.connection.current.lastFailure?.reason).toBe("pingTimeout");
    expect(await msUntil(client, "open")).toBeLessThan(1_000);
  });

  test("a path that swallows everything is noticed within 10 s, too (B11, C8)", async () => {
    const { link, client } = await place();
    client.start();
    await reach(client, isOpen);
    link.set({ blackHole: true });
    expect(await msUntil(client, "backoff")).toBeLessThan(10_000 + GRACE_MS);
    expect(client.connection.current.lastFailure?.reason).toBe("pingTimeout");
  });

  test("a dead uplink under a live downlink is noticed within 30 s (C8)", async () => {
    const { host, link, client } = await place();
    let heard = 0;
    client.subscribe("room", () => void heard++);
    client.start();
    await reach(client, isOpen);
    const talk = setInterval(() => {
      const said = host.server?.publish("room", "still here");
      said?.catch(() => {});
    }, 300);
    deferred(() => clearInterval(talk));
    await pause(1_000);
    link.set({ blackHole: true }, "toServer");
    const before = heard;
    expect(await msUntil(client, "backoff")).toBeLessThan(30_000 + GRACE_MS);
    clearInterval(talk);
    expect(client.connection.current.lastFailure?.reason).toBe("pingTimeout");
    // It was the missing pong that told, not silence.
    expect(heard - before).toBeGreaterThan(30);
  });

  test("an upgrade that hangs is given up within 10 s, and tried again (B09, C7)", async () => {
    const { link, client } = await place();
    link.set({ stall: true });
    client.start();
    expect(await msUntil(client, "backoff")).toBeLessThan(10_000 + GRACE_MS);
    expect(client.connection.current.lastFailure?.reason).toBe("connectTimeout");
    link.clear();
    expect(await msUntil(client, "open")).toBeLessThan(3_000);
  });

  test("who wakes on a dead socket can work again within 3 s (B01, C9)", async () => {
    const { link, client, lifecycle } = await place();
    client.start();
    await reach(client, isOpen);
    // A while later, so that no ping is due before the machine wakes.
    link.halfOpen("server");
    const wokeAt = performance.now();
    lifecycle.wake();
    await msUntil(client, "backoff");
    expect(client.connection.current.lastFailure?.reason).toBe("probeFailed");
    await reach(client, isOpen);
    expect(await client.call("echo", "good morning")).toBe("good morning");
    expect(performance.now() - wokeAt).toBeLessThan(3_000);
  });
});
