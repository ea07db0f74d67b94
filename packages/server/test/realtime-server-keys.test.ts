import { ALL_CAPABILITIES } from "@holdfast/protocol";
import type { Call, ServerMessage } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import { memoryStore } from "../src/stores/memory.ts";
import { TestServer } from "./serve.ts";

const everything = { capabilities: ALL_CAPABILITIES };
const types = (messages: readonly ServerMessage[]): string[] => messages.map(({ type }) => type);
const post = (id: number, key: string, text: string, waits = false): Call => ({
  type: "call",
  id,
  method: "post",
  input: { text, waits },
  timeoutMs: 15_000,
  key,
});
const room = [{ bucket: "room:1" }];

describe("a call with a key", () => {
  test("is acknowledged, its update pushed with the key to its author, then answered (B26, B27)", async () => {
    const own = new TestServer();
    const ada = await own.open({ ...everything, buckets: room });
    const [adaToo, bob, plain] = [
      await own.open({ ...everything, buckets: room }),
      await own.open({ ...everything, buckets: room, token: "bob" }),
      await own.open({ capabilities: ["updates", "log"], buckets: room }),
    ];
    ada.says(post(1, "k1", "hi"));
    await own.tick();
    const update = { seq: 1, at: own.clock.wallNow(), data: "hi" };
    const own1 = { type: "updates", after: 0, upTo: 1, updates: [{ ...update, key: "k1" }] };
    expect(ada.takes()).toMatchObject([
      { type: "ack", id: 1 },
      own1,
      { type: "result", id: 1, output: { seq: 1 }, at: { "room:1": 1 } },
    ]);
    expect(adaToo.takes()).toMatchObject([own1]);
    for (const peer of [bob, plain]) {
      const [heard] = peer.takes();
      expect(heard).toHaveProperty("updates", [update]);
    }
  });

  test("has its key in pages as well, for its author alone", async () => {
    const own = new TestServer();
    const ada = await own.open({ ...everything, buckets: room });
    const bob = await own.open({ ...everything, token: "bob" });
    ada.says(post(1, "k1", "hi"));
    await own.tick();
    const epoch = ada.takes().flatMap((message) => ("epoch" in message ? [message.epoch] : []))[0];
    const fetch = { type: "fetch", id: 9, bucket: "room:1", after: 0, limit: 9 } as const;
    for (const peer of [ada, bob]) peer.says({ ...fetch, epoch: epoch ?? "" });
    await own.tick();
    expect(ada.takes()).toMatchObject([{ type: "page", updates: [{ key: "k1" }] }]);
    const [page] = bob.takes();
    expect(page).toMatchObject({ type: "page", updates: [{ data: "hi" }] });
    expect(JSON.stringify(page)).not.toContain("k1");
  });

  test("goes on when its session ends, and the next session gets its answer (B29, B34, L38)", async () => {
    const own = new TestServer();
    const first = await own.open({ ...everything, instanceId: "i", session: 1 });
    first.says(post(1, "k1", "hi", true));
    await own.tick();
    first.drop();
    await own.tick();
    expect(own.signals[0]?.aborted).toBe(false);
    const second = await own.open({ ...everything, instanceId: "i", session: 2 });
    second.says(post(2, "k1", "hi", true));
    await own.tick();
    own.slow[0]?.("go");
    await own.tick();
    expect(second.takes()).toMatchObject([
      { type: "ack", id: 2 },
      { type: "result", id: 2, output: { seq: 1 }, at: { "room:1": 1 } },
    ]);
    expect(own.slow).toHaveLength(1);
  });

  test("is answered from the store after the server's end (B29)", async () => {
    const store = memoryStore();
    const first = new TestServer({ store });
    const before = await first.open(everything);
    before.says(post(1, "k1", "hi"));
    await first.tick();
    void first.server.close({ windowMs: 0, graceMs: 0 });
    await first.tick();
    const second = new TestServer({ store });
    const after = await second.open(everything);
    after.says(post(2, "k1", "hi"), post(3, "k1", "ho"));
    await second.tick();
    expect(after.takes()).toMatchObject([
      { type: "ack", id: 2 },
      { type: "ack", id: 3 },
      { type: "failure", id: 3, code: "keyReused", refused: true },
      { type: "result", id: 2, output: { seq: 1 }, at: { "room:1": 1 } },
    ]);
  });

  test("that times out or is taken back may yet have its effect, and says so when asked again", async () => {
    const own = new TestServer();
    const peer = await own.open(everything);
    peer.says({ ...post(1, "k1", "hi", true), timeoutMs: 700 }, post(2, "k2", "ho", true));
    peer.says({ type: "cancel", id: 2 });
    await own.tick(700);
    expect(peer.takes()).toMatchObject([
      { type: "ack" },
      { type: "ack" },
      { type: "failure", id: 2, code: "cancelled" },
      { type: "failure", id: 1, code: "timedOut" },
    ]);
    for (const go of own.slow) go("go");
    await own.tick();
    peer.says(post(3, "k1", "hi", true), post(4, "k2", "ho", true));
    await own.tick();
    expect(peer.takes().filter(({ type }) => type === "result")).toMatchObject([
      { id: 3, output: { seq: 1 } },
      { id: 4, output: { seq: 2 } },
    ]);
  });
});

describe("a cancel by key", () => {
  test("from another session of the account keeps a running call from its effect (L34)", async () => {
    const own = new TestServer();
    const [first, second] = [await own.open(everything), await own.open(everything)];
    first.says(post(1, "k1", "hi", true));
    await own.tick();
    second.says({ type: "cancel", id: 1, key: "k1" });
    await own.tick();
    expect(second.takes()).toMatchObject([{ type: "failure", id: 1, code: "cancelled" }]);
    own.slow[0]?.("go");
    await own.tick();
    expect(first.takes()).toMatchObject([{ type: "ack" }, { id: 1, code: "cancelled" }]);
    expect((await own.server.publish("room:1", "next")).seq).toBe(1);
  });

  test("that comes too late hears the result", async () => {
    const own = new TestServer();
    const peer = await own.open(everything);
    peer.says(post(1, "k1", "hi"));
    await own.tick();
    peer.says({ type: "cancel", id: 2, key: "k1" });
    await own.tick();
    expect(peer.takes().at(-1)).toEqual({
      type: "result",
      id: 2,
      output: { seq: 1 },
      at: { "room:1": 1 },
    });
  });
});

test("a call without a key tells where its updates stand, to who speaks of keys", async () => {
  const own = new TestServer();
  const call = { type: "call", id: 1, method: "post", input: { text: "a" }, timeoutMs: 9 } as const;
  const [durable, plain] = [await own.open(everything), await own.open()];
  for (const peer of [durable, plain]) {
    peer.says(call);
    await own.tick();
  }
  expect(durable.takes()).toEqual([
    { type: "result", id: 1, output: { seq: 1 }, at: { "room:1": 1 } },
  ]);
  expect(plain.takes()).toEqual([{ type: "result", id: 1, output: { seq: 2 } }]);
});

test("a server that ends tells keyed handlers that still run, and leaves nothing behind", async () => {
  const own = new TestServer();
  const peer = await own.open(everything);
  peer.says(post(1, "k1", "hi", true));
  await own.tick();
  peer.drop();
  await own.server.close();
  expect(own.signals[0]?.reason).toMatchObject({ code: "closed" });
  expect(own.clock.pending).toBe(0);
  own.slow[0]?.("go");
  await own.tick();
  // The store that the server had made is closed with it, so the late commit finds none.
  expect(own.errors).toMatchObject([{ context: { place: "store" } }]);
  expect(types(peer.takes())).toEqual(["ack"]);
});
