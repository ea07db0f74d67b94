/** What becomes of calls when the connection does not hold: a real client and a real server. */
import { describe, expect, test } from "vitest";

import { ChatWorld, Fate, openChat } from "./chat-world.ts";

describe("a drop with calls in flight", () => {
  test("decides each by what is known of it: unknown, sent again, still waiting (B34, L38)", async () => {
    const world = await openChat();
    const { client, clock, link } = world.pair;
    const written = new Fate(client.call("wait", "once"));
    const repeatable = new Fate(client.call("waitRead", "twice"));
    await clock.settle();
    link.drop();
    const waiting = new Fate(client.call("add", 1));
    await clock.settle();
    expect(written).toMatchObject({
      state: "rejected",
      error: { kind: "outcomeUnknown", mayHaveRun: true, retryable: false },
    });
    expect([repeatable.state, waiting.state]).toEqual(["pending", "pending"]);
    await world.pair.connected();
    await clock.settle();
    world.answer();
    await clock.settle();
    expect(repeatable).toMatchObject({ state: "resolved", value: "twice!" });
    expect(waiting).toMatchObject({ state: "resolved", value: 1 });
    expect(world.ran).toEqual(["wait once", "wait twice", "wait twice", "add 1"]);
    await world.close();
  });

  test("a call that must not run twice runs at most once, whenever the drop comes (B29)", async () => {
    const world = await openChat();
    const { client, clock, link } = world.pair;
    link.delayMs = 20;
    let known = 0;
    let unknown = 0;
    for (let dropAfter = 0; dropAfter <= 60; dropAfter += 5) {
      await world.pair.connected();
      const fate = new Fate(client.call("add", 1));
      await clock.run(dropAfter);
      link.drop();
      await clock.run(20_000);
      if (fate.state === "resolved") known++;
      else expect(fate).toMatchObject({ error: { kind: "outcomeUnknown" } });
      if (fate.state === "rejected") unknown++;
    }
    expect(world.sum).toBeGreaterThanOrEqual(known);
    expect(world.sum).toBeLessThanOrEqual(known + unknown);
    expect([known > 0, unknown > 0]).toEqual([true, true]);
    await world.close();
  });

  test("an answer that was under way to the old session answers nothing in the new (B28, L28)", async () => {
    const world = await openChat();
    const { client, clock, link } = world.pair;
    const old = new Fate(client.call("wait", "old"));
    await clock.settle();
    link.drop();
    await world.pair.connected();
    const fresh = new Fate(client.call("wait", "new"));
    await clock.settle();
    world.answer();
    await clock.settle();
    expect(old).toMatchObject({ error: { kind: "outcomeUnknown" } });
    expect(fresh).toMatchObject({ value: "new!" });
    await world.close();
  });
});

describe("without a connection", () => {
  test("calls wait, and go out in the order of their making (B30, L37)", async () => {
    const world = await openChat();
    const { client, clock, link } = world.pair;
    link.drop();
    const fates = [1, 2, 3].map((amount) => new Fate(client.call("add", amount)));
    await world.pair.connected();
    await clock.settle();
    expect(fates.map(({ value }) => value)).toEqual([1, 3, 6]);
    expect(world.ran).toEqual(["add 1", "add 2", "add 3"]);
    await world.close();
  });

  test("a call that would rather fail does, at once, and has never left", async () => {
    const world = new ChatWorld();
    const { client } = world.pair;
    await expect(client.call("add", 1, { whenOffline: "fail" })).rejects.toMatchObject({
      kind: "neverSent",
      mayHaveRun: false,
      retryable: true,
    });
    await world.close();
  });

  test("a call waits no longer than its deadline, and then has never run (B33)", async () => {
    const world = await openChat();
    const { client, clock } = world.pair;
    world.pair.killServer();
    const startedAt = clock.now();
    const call = client.call("add", 1, { timeoutMs: 3_000 });
    await expect(clock.finish(call)).rejects.toMatchObject({ kind: "timedOut", mayHaveRun: false });
    expect(clock.now() - startedAt).toBe(3_000);
    world.pair.startServer();
    await world.pair.connected();
    await clock.settle();
    expect(world.ran).toEqual([]);
    await world.close();
  });

  test("a call that is aborted while it waits is never made", async () => {
    const world = await openChat();
    const { client, clock, link } = world.pair;
    link.drop();
    const controller = new AbortController();
    const call = new Fate(client.call("add", 1, { signal: controller.signal }));
    controller.abort();
    await world.pair.connected();
    await clock.settle();
    expect(call).toMatchObject({ error: { kind: "aborted", mayHaveRun: false } });
    expect(world.ran).toEqual([]);
    await world.close();
  });
});

describe("a black hole", () => {
  test("is noticed within 10 s; what was in flight is unknown, what waits is made later (B11)", async () => {
    const world = await openChat();
    const { client, clock, link } = world.pair;
    link.blackHole();
    const lost = new Fate(client.call("add", 1, { timeoutMs: 60_000 }));
    await clock.run(10_000);
    expect(lost).toMatchObject({ error: { kind: "outcomeUnknown" } });
    const waiting = new Fate(client.call("add", 10, { timeoutMs: 60_000 }));
    await clock.run(5_000);
    link.heal();
    await world.pair.connected();
    await clock.settle();
    expect(waiting.state).toBe("resolved");
    // What TCP still delivered from the old connection ran: unknown was the honest answer.
    expect(world.sum).toBe(11);
    await world.close();
  });

  test("upwards only is noticed too, though the server still talks (L9, L24)", async () => {
    const world = await openChat();
    const { client, clock, link } = world.pair;
    client.subscribe("room:1", () => {});
    await clock.settle();
    link.blackHole("up");
    for (let second = 0; second < 30; second++) {
      await world.pair.server.publish("room:1", "still here");
      await clock.run(1_000);
    }
    expect(client.connection.current.reason).not.toBe("opened");
    link.heal();
    await world.pair.connected();
    await world.close();
  });

  test("that is over in time is only a delay: nothing is lost", async () => {
    const world = await openChat();
    const { client, clock, link } = world.pair;
    link.blackHole();
    const call = new Fate(client.call("add", 1));
    await clock.run(4_000);
    link.heal();
    await clock.settle();
    expect(call).toMatchObject({ value: 1 });
    await clock.run(60_000);
    expect(link.dials).toBe(1);
    await world.close();
  });
});

describe("many calls", () => {
  test("of one tick travel in one frame each way", async () => {
    const world = await openChat();
    const { client, clock, server } = world.pair;
    const before = server.stats;
    const calls = Array.from({ length: 30 }, (_, index) => client.call("add", index));
    await clock.finish(Promise.all(calls));
    expect(server.stats.framesReceived - before.framesReceived).toBe(1);
    expect(server.stats.framesSent - before.framesSent).toBe(1);
    await world.close();
  });

  test("a failing handler fails its own call alone, in its own words", async () => {
    const world = await openChat();
    const { client, clock } = world.pair;
    const failed = new Fate(client.call("fail", "roomFull"));
    const good = new Fate(client.call("add", 1));
    await clock.settle();
    expect(failed).toMatchObject({ error: { kind: "failed", code: "roomFull" } });
    expect(good).toMatchObject({ value: 1 });
    await world.close();
  });

  test("more than the server executes at once wait, and all are answered (L66)", async () => {
    const world = await openChat({ server: { limits: { callsExecuting: 4 } } });
    const { client, clock } = world.pair;
    const fates = Array.from(
      { length: 20 },
      (_, index) => new Fate(client.call("wait", `${index}`)),
    );
    await clock.settle();
    expect(world.waiting).toBe(4);
    for (let round = 0; round < 5; round++) {
      world.answer();
      await clock.settle();
    }
    expect(fates.map(({ value }) => value)).toEqual(fates.map((_, index) => `${index}!`));
    await world.close();
  });
});
