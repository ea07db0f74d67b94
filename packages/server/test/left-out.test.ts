import { ALL_CAPABILITIES, EncodeError, jsonServerCodec } from "@holdfast/protocol";
import { expect, test } from "vitest";

import type { ServerCodec } from "../src/outbox.ts";
import { memoryStore } from "../src/stores/memory.ts";
import type { MemoryPeer } from "./memory-peer.ts";
import { TestServer } from "./serve.ts";

const everything = { capabilities: ALL_CAPABILITIES };
const room = "room:1";
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

/** JSON that needs ten times the bytes of another codec for the same. */
const wordy: ServerCodec = {
  ...jsonServerCodec,
  subprotocol: "holdfast.v1.wordy",
  sizeOf: (part) => 10 * jsonServerCodec.sizeOf(String(part)),
  join: (parts) => jsonServerCodec.join(parts.map(String)),
};

async function opened(own: TestServer, hello: object, subprotocol?: string): Promise<MemoryPeer> {
  const peer = own.dial(subprotocol === undefined ? {} : { subprotocol });
  peer.says(own.hello(hello));
  await own.tick();
  return peer;
}

async function joined(own: TestServer, hello: object, subprotocol?: string): Promise<MemoryPeer> {
  const peer = await opened(own, { ...hello, buckets: [{ bucket: room }] }, subprotocol);
  peer.takes();
  return peer;
}

const said = (own: TestServer): string[] =>
  own.errors.map(({ error, context }) => `${context.place}: ${(error as Error).message}`);
const trouble = "does not fit into the codec or the limits of a session, and was passed over";

const twoCodecs = (): TestServer =>
  new TestServer({ limits: { frameBytes: 20_000 }, codecs: [jsonServerCodec, wordy] });

test("an update that is too large in one codec is passed over there, and its session goes on", async () => {
  const own = twoCodecs();
  const json = await joined(own, everything);
  const [one, two] = [
    await joined(own, { ...everything, token: "bob" }, wordy.subprotocol),
    await joined(own, everything, wordy.subprotocol),
  ];
  for (const data of ["a", "x".repeat(5_000), "c"]) await own.server.publish(room, data);
  await own.tick();
  expect(json.takes()).toMatchObject([{ upTo: 1 }, { updates: [{ seq: 2 }] }, { upTo: 3 }]);
  for (const peer of [one, two]) {
    expect(peer.takes()).toMatchObject([
      { type: "updates", after: 0, upTo: 1, updates: [{ data: "a" }] },
      { type: "updates", after: 1, upTo: 2, updates: [], skipped: [[2, 2]] },
      { type: "updates", after: 2, upTo: 3, updates: [{ data: "c" }] },
    ]);
  }
  expect(said(own)).toEqual([`encode: update 2 of room:1 ${trouble}`]);
});

test("a keyed call whose answer some codec cannot carry is undone, not stored and never heard", async () => {
  const own = twoCodecs();
  const capabilities = ALL_CAPABILITIES;
  const [json, large] = [
    await opened(own, { capabilities }),
    await opened(own, { capabilities }, wordy.subprotocol),
  ];
  const call = { type: "call", id: 1, method: "echo", key: "k", timeoutMs: 9_000 } as const;
  for (const peer of [json, large]) {
    peer.takes();
    peer.says({ ...call, input: "x".repeat(3_000) });
    await own.tick();
    expect(peer.takes().at(-1)).toMatchObject({ type: "failure", id: 1, code: "tooLarge" });
  }
  // The key is free, and may be used for what can be said.
  large.says({ ...call, id: 2, input: "x" });
  await own.tick();
  expect(large.takes().at(-1)).toMatchObject({ type: "result", id: 2, output: "x" });
});

test("a client without log hears a further head instead of an update it cannot be told", async () => {
  const own = twoCodecs();
  const peer = await joined(own, { capabilities: ["updates"] }, wordy.subprotocol);
  for (const data of ["a", "x".repeat(5_000)]) await own.server.publish(room, data);
  await own.tick();
  await own.server.publish(room, "c");
  await own.tick();
  expect(peer.takes()).toMatchObject([
    { type: "updates", after: 0, upTo: 1 },
    { type: "subscribed", bucket: room, head: 2 },
    { type: "updates", after: 2, upTo: 3 },
  ]);
});

test("a client gets past what was stored under wider limits, and the store is not blamed", async () => {
  const store = memoryStore();
  const before = new TestServer({ store });
  for (const levels of [1, 9, 9, 1]) await before.server.publish(room, nested(levels));
  const own = new TestServer({ store, limits: { nesting: 4 } });
  const peer = await opened(own, { ...everything, buckets: [{ bucket: "room:2" }] });
  const epoch = peer.takes().flatMap((m) => (m.type === "subscribed" ? [m.epoch] : []))[0] ?? "";
  peer.says({ type: "subscribe", buckets: [{ bucket: room, epoch, after: 0 }] });
  await own.tick();
  expect(peer.takes()).toMatchObject([
    { type: "subscribed", head: 4 },
    { type: "heads", heads: [{ head: 4 }] },
  ]);
  peer.says({ type: "fetch", id: 1, bucket: room, epoch, after: 0, limit: 200 });
  await own.tick();
  expect(peer.takes()).toMatchObject([
    { type: "page", upTo: 4, updates: [{ seq: 1 }, { seq: 4 }], skipped: [[2, 3]], head: 4 },
  ]);
  await own.server.publish(room, "live");
  await own.tick();
  expect(peer.takes()).toMatchObject([{ type: "updates", after: 4, updates: [{ data: "live" }] }]);
  expect(said(own)).toEqual([2, 3].map((seq) => `encode: update ${seq} of room:1 ${trouble}`));
  expect([peer.isTerminated, await own.server.readiness()]).toEqual([false, "ready"]);
});

test("what another process publishes beyond these limits is passed over update by update", async () => {
  const store = memoryStore();
  const [own, other] = [
    new TestServer({ store, limits: { nesting: 4 } }),
    new TestServer({ store }),
  ];
  const [durable, plain] = [await joined(own, everything), await joined(own, {})];
  await other.server.commit((tx) => {
    for (const levels of [1, 9, 1]) tx.append(room, nested(levels));
  });
  await own.tick();
  await own.tick();
  const heard = durable.takes();
  expect(heard).toMatchObject([{ upTo: 1 }, { upTo: 2, skipped: [[2, 2]] }, { upTo: 3 }]);
  expect(plain.takes().at(-1)).toMatchObject({ type: "subscribed", head: 3 });
});

test("a fault of ours ends one session, with a typed word and a code", async () => {
  const failing: ServerCodec = {
    ...jsonServerCodec,
    encode: (message, nesting) => {
      if (message.type === "pong") throw new EncodeError("notEncodable");
      return jsonServerCodec.encode(message, nesting);
    },
    sizeOf: (part) => jsonServerCodec.sizeOf(String(part)),
    join: (parts) => jsonServerCodec.join(parts.map(String)),
  };
  const own = new TestServer({ codecs: [failing] });
  const [peer, other] = [await own.open(), await own.open()];
  peer.says({ type: "ping", nonce: 1 });
  expect(peer.takes()).toEqual([{ type: "refuse", action: "retry", code: "internal" }]);
  expect(peer.closedWith).toEqual({ code: 4201, reason: "internal" });
  expect(other.closedWith).toBeUndefined();
  expect(own.server.stats).toMatchObject({ connections: 1, refusals: { internal: 1 } });
  expect(own.errors).toMatchObject([{ context: { place: "session" } }]);
});
