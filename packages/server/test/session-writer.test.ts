import { describe, expect, test } from "vitest";

import type { MemoryPeer } from "./memory-peer.ts";
import { settled, TestServer } from "./serve.ts";

// The writer is heard best through a whole session; what is its own is told here.

test("nothing is written before the tick ends, and then in one frame", async () => {
  const own = new TestServer();
  const peer = await own.open();
  peer.says({ type: "ping", nonce: 1 });
  peer.says({ type: "ping", nonce: 2 });
  expect(peer.frames).toEqual([]);
  own.clock.flush();
  expect(peer.frames).toHaveLength(1);
});

test("what is worth a frame is written before the tick ends, so that the client can begin", async () => {
  const own = new TestServer();
  const peer = await own.open();
  const pings = Array.from({ length: 40 }, (_, nonce) => ({ type: "ping", nonce }) as const);
  peer.says(...pings);
  expect(peer.frames).toHaveLength(1);
  expect(peer.takes()).toHaveLength(32);
  own.clock.flush();
  expect(peer.takes()).toHaveLength(8);
});

test("large messages are not written before the tick ends, however many", async () => {
  const own = new TestServer();
  const peer = await own.open();
  const input = "x".repeat(10_000);
  const calls = Array.from(
    { length: 40 },
    (_, id) => ({ type: "call", id, method: "echo", input, timeoutMs: 9_000 }) as const,
  );
  const before = own.server.stats.framesSent;
  peer.says(...calls);
  await own.tick();
  expect(own.server.stats.framesSent - before).toBe(1);
});

test("a client that does not read is judged also when nothing waits at the end of the tick", async () => {
  const own = new TestServer();
  const peer = await own.open();
  peer.bufferedBytes = 5_000_000;
  peer.says(...Array.from({ length: 32 }, (_, nonce) => ({ type: "ping", nonce }) as const));
  own.clock.flush();
  expect(peer.takes().at(-1)).toMatchObject({ type: "refuse", code: "slowConsumer" });
});

test("a refusal takes what was said before it along, and goes at once", async () => {
  const own = new TestServer();
  const peer = await own.open();
  peer.says({ type: "ping", nonce: 1 });
  own.server.disconnect("ada", { action: "retry", code: "moved" });
  expect(peer.takes()).toEqual([
    { type: "pong", nonce: 1, windowMs: 100 },
    { type: "refuse", action: "retry", code: "moved" },
  ]);
  own.clock.flush();
  expect(peer.takes()).toEqual([]);
});

test("a large answer to a client that keeps up is no overflow", async () => {
  const own = new TestServer({ policy: { bufferedBytesMax: 1_000 } });
  const peer = await own.open();
  const input = "x".repeat(50_000);
  peer.says({ type: "call", id: 1, method: "echo", input, timeoutMs: 9_000 });
  await own.tick();
  expect(peer.takes()).toEqual([{ type: "result", id: 1, output: input }]);
  expect(own.server.stats.framesSent).toBe(2);
});

describe("above the soft mark", () => {
  const text = "x".repeat(400);
  async function subscribed(capabilities: string[]): Promise<[TestServer, MemoryPeer]> {
    const own = new TestServer({ policy: { bufferedBytesSoft: 1_000 } });
    const peer = await own.open({ capabilities });
    peer.says({ type: "subscribe", buckets: [{ bucket: "room:1" }] });
    await own.tick();
    const head = peer.takes().find(({ type }) => type === "subscribed");
    if (head?.type !== "subscribed" || !capabilities.includes("log")) return [own, peer];
    // Who has fetched will fetch what heads tell of.
    const { bucket, epoch } = head;
    peer.says({ type: "fetch", id: 0, bucket, epoch, after: 0, limit: 1 });
    await own.tick();
    peer.takes();
    return [own, peer];
  }

  test("a tick's pushes end with heads, and its answers are not part of the reckoning", async () => {
    const [own, peer] = await subscribed(["updates", "log"]);
    peer.says({ type: "call", id: 1, method: "echo", input: text.repeat(9), timeoutMs: 9_000 });
    await settled();
    await own.server.commit(({ append }) => {
      for (let i = 0; i < 5; i++) append("room:1", text);
    });
    await own.tick();
    const said = peer.takes();
    expect(said.map(({ type }) => type)).toEqual(["result", "updates", "updates", "heads"]);
    expect(said.at(-1)).toMatchObject({ heads: [{ bucket: "room:1", head: 3 }] });
    expect(own.server.stats).toMatchObject({ headsSaid: 1, feedsBehind: 1, sessions: 1 });
  });

  test("what the socket still holds counts, exactly the mark does not", async () => {
    const [own, peer] = await subscribed(["updates", "log"]);
    peer.bufferedBytes = 1_000;
    await own.server.publish("room:1", "a");
    await own.tick();
    peer.bufferedBytes = 1_001;
    await own.server.publish("room:1", "b");
    await own.tick();
    expect(peer.takes().map(({ type }) => type)).toEqual(["updates", "heads"]);
  });

  test("each tick begins anew with a client that keeps up", async () => {
    const [own, peer] = await subscribed(["updates", "log"]);
    for (let i = 0; i < 9; i++) {
      await own.server.publish("room:1", text);
      await own.tick();
    }
    expect(own.server.stats).toMatchObject({ headsSaid: 0, updatesPushed: 9 });
    expect(peer.takes()).toHaveLength(9);
  });

  test("a client that cannot fetch is pushed to, until the hard mark", async () => {
    const [own, peer] = await subscribed(["updates"]);
    peer.bufferedBytes = 4_000_000;
    await own.server.publish("room:1", "a");
    await own.tick();
    peer.bufferedBytes = 5_000_000;
    await own.server.publish("room:1", "b");
    await own.tick();
    expect(peer.takes().map(({ type }) => type)).toEqual(["updates", "refuse"]);
  });
});

test("what waited for a client that does not read is dropped with it", async () => {
  const own = new TestServer();
  const peer = await own.open();
  peer.bufferedBytes = 5_000_000;
  peer.says({ type: "ping", nonce: 1 });
  own.clock.flush();
  expect(peer.takes()).toEqual([
    { type: "refuse", action: "retry", code: "slowConsumer", windowMs: 100 },
  ]);
});
