/** How a connection meets the ends of its server: crash, restart, drain, and its own older half. */
import { describe, expect, test } from "vitest";

import { Fate, openChat } from "./chat-world.ts";

describe("a server that dies", () => {
  test("and is back in half a second has its client back within the window", async () => {
    const world = await openChat();
    const { clock, client } = world.pair;
    await clock.run(10_000);
    world.pair.killServer();
    await clock.run(500);
    world.pair.startServer();
    const backAt = clock.now();
    await world.pair.connected();
    expect(clock.now() - backAt).toBeLessThan(2_000);
    expect(client.connection.current).toMatchObject({ state: "open", attempt: expect.any(Number) });
    expect(world.pair.server.stats.sessions).toBe(1);
    await world.close();
  });

  test("for an hour is met within 31 s of its return, without a word from anybody (B13)", async () => {
    const world = await openChat();
    const { clock, link } = world.pair;
    world.pair.killServer();
    await clock.run(3_600_000);
    expect(link.dials).toBeLessThan(400);
    world.pair.startServer();
    const backAt = clock.now();
    await world.pair.connected();
    expect(clock.now() - backAt).toBeLessThan(31_000);
    await world.close();
  });

  test("does not bring its clients back in step (L12)", async () => {
    const world = await openChat();
    const { clock } = world.pair;
    for (let count = 1; count < 50; count++) world.pair.addClient({ identity: `user-${count}` });
    await world.pair.open();
    await clock.run(10_000);
    world.pair.killServer();
    await clock.run(1);
    world.pair.startServer();
    const retries = world.pair.clients.map(({ client }) => client.connection.current.retryAt ?? 0);
    expect(new Set(retries).size).toBeGreaterThan(40);
    await world.pair.connected();
    expect(world.pair.server.stats.sessions).toBe(50);
    await world.close();
  });
});

describe("a server that says goodbye", () => {
  test("hands over without a failed call (L62)", async () => {
    const world = await openChat();
    const { clock, client } = world.pair;
    const fates: Fate<number>[] = [];
    const gone = new Fate(world.pair.handOver({ windowMs: 2_000 }));
    for (let tick = 0; tick < 500; tick++) {
      fates.push(new Fate(client.call("add", 1)));
      await clock.run(10);
    }
    await clock.run(5_000);
    expect(gone.state).toBe("resolved");
    expect(fates.filter(({ state }) => state !== "resolved")).toEqual([]);
    expect(world.sum).toBe(500);
    expect(client.connection.current).toMatchObject({ attempt: 0, lastFailure: undefined });
    expect(world.pair.link.dials).toBe(2);
    await world.close();
  });

  test("waits for the calls in flight of who leaves, and they are answered", async () => {
    const world = await openChat();
    const { clock, client } = world.pair;
    const call = new Fate(client.call("wait", "slow"));
    await clock.settle();
    const gone = new Fate(world.pair.handOver({ windowMs: 0 }));
    await clock.run(1_000);
    expect([call.state, gone.state]).toEqual(["pending", "pending"]);
    world.answer();
    await clock.run(10);
    expect(call).toMatchObject({ value: "slow!" });
    expect(gone.state).toBe("resolved");
    await world.close();
  });

  test("spreads its clients over the window", async () => {
    const world = await openChat();
    const { clock } = world.pair;
    for (let count = 1; count < 40; count++) world.pair.addClient({ identity: `user-${count}` });
    await world.pair.open();
    const gone = new Fate(world.pair.handOver({ windowMs: 4_000 }));
    const left: number[] = [];
    for (let part = 0; part < 4; part++) {
      await clock.run(1_000);
      left.push(world.pair.server.stats.sessions);
    }
    expect(left[0]).toBeGreaterThan(3);
    expect(left[0]).toBeLessThan(20);
    expect(left[3]).toBe(40);
    await clock.run(1_000);
    expect(gone.state).toBe("resolved");
    await world.close();
  });

  test("with nobody to take over is dialled until somebody is, and calls wait meanwhile", async () => {
    const world = await openChat();
    const { clock, client, server } = world.pair;
    await clock.finish(server.close({ windowMs: 0 }));
    const call = new Fate(client.call("add", 1, { timeoutMs: 60_000 }));
    await clock.run(5_000);
    expect(client.connection.current.lastFailure).toMatchObject({ reason: "openFailed" });
    world.pair.startServer();
    await world.pair.connected();
    await clock.settle();
    expect(call).toMatchObject({ value: 1 });
    await world.close();
  });
});

describe("the older half of a broken connection", () => {
  test("is closed by the server as soon as the newer one says hello (B04, L59)", async () => {
    const world = await openChat();
    const { clock, server, link, client } = world.pair;
    link.strand();
    await clock.run(11_000);
    await world.pair.connected();
    expect(link.dials).toBe(2);
    expect(server.sessions("ada")).toHaveLength(1);
    await clock.run(3_000);
    expect(server.stats).toMatchObject({ connections: 1, sessions: 1 });
    expect(server.stats.refusals).toEqual({ superseded: 1 });
    expect(client.state.current).toBe("connected");
    await world.close();
  });

  test("does not disturb two clients of one account, who both stay (B14)", async () => {
    const world = await openChat();
    const { clock, server } = world.pair;
    world.pair.addClient();
    await world.pair.open();
    await clock.run(60_000);
    expect(server.sessions("ada")).toHaveLength(2);
    await world.close();
  });
});

describe("a server with an opinion", () => {
  test("that ends an account's sessions for good stops its clients, all of them", async () => {
    const world = await openChat();
    const { clock, server, client } = world.pair;
    expect(server.disconnect("ada", { action: "stop", code: "banned" })).toBe(1);
    await clock.settle();
    expect(client.connection.current).toMatchObject({
      state: "stopped",
      reason: "serverStop",
      lastFailure: { detail: "banned" },
    });
    await clock.run(3_600_000);
    expect(world.pair.link.dials).toBe(1);
    await world.close();
  });

  test("that is closing sends those away who dial, and says when to come back", async () => {
    const world = await openChat();
    const { clock, client, server, link } = world.pair;
    const call = client.call("wait", "long");
    call.catch(() => {});
    await clock.settle();
    const closed = server.close({ windowMs: 10_000 });
    const late = world.pair.addClient({ identity: "eve" });
    late.client.start();
    await clock.runUntil(() => late.client.connection.current.state === "backoff");
    expect(late.client.connection.current.lastFailure).toMatchObject({ detail: "HTTP 503" });
    world.answer();
    await clock.finish(closed);
    expect(link.connections).toBeLessThanOrEqual(1);
    await world.close();
  });
});
