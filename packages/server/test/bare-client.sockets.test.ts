/**
 * A client written from PROTOCOL.md alone: a bare WebSocket and JSON, nothing of ours. It holds the
 * document to its word.
 */
import { once } from "node:events";

import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";

import { serveHttp } from "./serve-http.ts";
import type { HttpTestServer } from "./serve-http.ts";

let own: HttpTestServer;
beforeEach(async () => {
  own = await serveHttp();
});
afterEach(async () => await own.close());

interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** §2.2: a frame is one message or an array of them. */
class BareClient {
  readonly socket: WebSocket;
  readonly #heard: Message[] = [];
  #wake: () => void = () => undefined;

  constructor(url: string) {
    this.socket = new WebSocket(url, ["holdfast.v1.json"]);
    this.socket.on("message", (data, isBinary) => {
      expect(isBinary).toBe(false);
      const frame = JSON.parse(String(data)) as Message | Message[];
      this.#heard.push(...(Array.isArray(frame) ? frame : [frame]));
      this.#wake();
    });
  }

  says(frame: unknown): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The next message, whatever it is. */
  async hears(): Promise<Message> {
    for (;;) {
      const message = this.#heard.shift();
      if (message) return message;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

async function open(): Promise<BareClient> {
  const client = new BareClient(`ws://127.0.0.1:${own.port}/realtime`);
  await once(client.socket, "open");
  expect(client.socket.protocol).toBe("holdfast.v1.json");
  return client;
}

const hello = {
  type: "hello",
  token: "token-of-ada",
  client: { name: "walk-through", version: "1.0.0" },
  capabilities: ["updates"],
  instanceId: "00112233445566778899aabbccddeeff",
  session: 1,
};

test("a whole session, as PROTOCOL.md §10.1 walks through it", async () => {
  const client = await open();
  client.says(hello);
  const welcome = await client.hears();
  expect(welcome).toEqual({
    type: "welcome",
    account: "token-of-ada",
    serverTime: expect.any(Number) as number,
    capabilities: ["updates"],
    limits: {
      frameBytes: 1_048_576,
      nesting: 32,
      messagesPerFrame: 256,
      nameLength: 128,
      callsExecuting: 64,
      subscriptions: 1_000,
      updateBytes: 65_536,
      pageUpdates: 200,
      pageBytes: 262_144,
    },
    heartbeat: { minMs: 1_000, maxMs: 30_000 },
    windowMs: 100,
  });
  expect(Math.abs(Number(welcome["serverTime"]) - Date.now())).toBeLessThan(5_000);

  client.says([
    { type: "subscribe", buckets: [{ bucket: "room:1" }, { bucket: "hall:1" }] },
    { type: "call", id: 1, method: "send", input: "Hello", timeoutMs: 15_000 },
  ]);
  const answers = [await client.hears(), await client.hears(), await client.hears()];
  const subscribed = answers.find(({ type }) => type === "subscribed");
  expect(answers).toContainEqual({ type: "unsubscribed", bucket: "hall:1", code: "gone" });
  expect(answers).toContainEqual({ type: "result", id: 1, output: 1 });
  if (!subscribed) throw new Error("not subscribed");
  const { epoch, head } = subscribed as Message & { epoch?: unknown; head?: unknown };
  expect(epoch).toEqual(expect.any(String));

  client.says({ type: "call", id: 2, method: "send", input: "again", timeoutMs: 15_000 });
  expect(await client.hears()).toEqual({
    type: "updates",
    bucket: "room:1",
    epoch,
    after: head,
    upTo: 2,
    updates: [{ seq: 2, at: expect.any(Number) as number, data: "again" }],
  });
  expect(await client.hears()).toEqual({ type: "result", id: 2, output: 2 });

  client.says({ type: "ping", nonce: 1 });
  expect(await client.hears()).toEqual({ type: "pong", nonce: 1, windowMs: expect.any(Number) });

  client.says({ type: "unsubscribe", buckets: ["room:1"] });
  expect(await client.hears()).toEqual({ type: "unsubscribed", bucket: "room:1" });

  client.says({ type: "token", token: "token-of-ada" });
  expect(await client.hears()).toEqual({ type: "tokenAccepted" });

  client.says({ type: "call", id: 3, method: "none", timeoutMs: 15_000, later: "ignored" });
  expect(await client.hears()).toMatchObject({
    type: "failure",
    id: 3,
    code: "unknownMethod",
    refused: true,
  });

  client.socket.close(1000);
  const [code] = (await once(client.socket, "close")) as [number];
  expect(code).toBe(1000);
});

test("a call can be cancelled, and has exactly one answer (§3.2)", async () => {
  const client = await open();
  client.says(hello);
  await client.hears();
  client.says([
    { type: "call", id: 1, method: "stuck", timeoutMs: 15_000 },
    { type: "cancel", id: 1 },
    { type: "cancel", id: 1 },
    { type: "ping", nonce: 5 },
  ]);
  expect(await client.hears()).toMatchObject({ type: "failure", id: 1, code: "cancelled" });
  expect(await client.hears()).toMatchObject({ type: "pong", nonce: 5 });
});

test("a refusal names its action, and the close follows (§3.5, §6)", async () => {
  const client = await open();
  const { token: _, ...nobody } = hello;
  client.says(nobody);
  expect(await client.hears()).toEqual({
    type: "refuse",
    action: "reauthenticate",
    code: "badToken",
  });
  const [code, reason] = (await once(client.socket, "close")) as [number, Buffer];
  expect([code, String(reason)]).toEqual([4101, "badToken"]);
});

test("a later session of the instance supersedes the earlier one (§3.4)", async () => {
  const [first, second, late] = [await open(), await open(), await open()];
  first.says(hello);
  await first.hears();
  second.says({ ...hello, session: 2 });
  expect(await second.hears()).toMatchObject({ type: "welcome" });
  expect(await first.hears()).toMatchObject({ type: "refuse", code: "superseded" });
  late.says({ ...hello, session: 2 });
  expect(await late.hears()).toMatchObject({ type: "refuse", code: "superseded" });
});

test("a server that ends says goAway, then refuses who stays (§10.10)", async () => {
  const client = await open();
  client.says(hello);
  await client.hears();
  const closed = own.server.close({ windowMs: 50, graceMs: 50 });
  expect(await client.hears()).toEqual({ type: "goAway", windowMs: 50 });
  expect(await client.hears()).toMatchObject({ type: "refuse", code: "serverRestart" });
  const [code] = (await once(client.socket, "close")) as [number];
  expect(code).toBe(4200);
  await closed;
});

const durable = { ...hello, capabilities: ["updates", "log", "keys"] };
const post = (id: number, key: string, input: string): unknown => ({
  type: "call",
  id,
  method: "post",
  input,
  timeoutMs: 15_000,
  key,
});

test("a client that speaks log and keys is told for how long keys are kept (§5)", async () => {
  const client = await open();
  client.says(durable);
  expect(await client.hears()).toMatchObject({
    type: "welcome",
    capabilities: ["updates", "log", "keys"],
    keyRetentionMs: 172_800_000,
  });
});

test("a keyed call is answered once and for all, over a drop (§3.6, §10.5)", async () => {
  const first = await open();
  first.says(durable);
  await first.hears();
  first.says(post(1, "k1", "slowly"));
  expect(await first.hears()).toEqual({ type: "ack", id: 1 });
  first.socket.terminate();
  const second = await open();
  second.says({ ...durable, session: 2, buckets: [{ bucket: "room:1" }] });
  await second.hears();
  expect(await second.hears()).toMatchObject({ type: "subscribed", bucket: "room:1", head: 0 });
  // It still runs, and is joined; later it is answered from what was stored.
  second.says(post(2, "k1", "slowly"));
  expect(await second.hears()).toEqual({ type: "ack", id: 2 });
  expect(await second.hears()).toMatchObject({
    type: "updates",
    after: 0,
    upTo: 1,
    updates: [{ seq: 1, data: "slowly", key: "k1" }],
  });
  const answer = { type: "result", output: 1, at: { "room:1": 1 } };
  expect(await second.hears()).toEqual({ ...answer, id: 2 });
  second.says(post(3, "k1", "slowly"));
  expect(await second.hears()).toEqual({ type: "ack", id: 3 });
  expect(await second.hears()).toEqual({ ...answer, id: 3 });
  second.says(post(4, "k1", "another input"));
  expect(await second.hears()).toEqual({ type: "ack", id: 4 });
  expect(await second.hears()).toMatchObject({
    type: "failure",
    id: 4,
    code: "keyReused",
    refused: true,
  });
});

test("a cancel by key is a request of its own (§4, §10.6)", async () => {
  const client = await open();
  client.says(durable);
  await client.hears();
  client.says([post(1, "k1", "slowly"), { type: "cancel", id: 2, key: "k1" }]);
  expect(await client.hears()).toEqual({ type: "ack", id: 1 });
  expect(await client.hears()).toMatchObject({ type: "failure", id: 2, code: "cancelled" });
  expect(await client.hears()).toMatchObject({ type: "failure", id: 1, code: "cancelled" });
  client.says([post(3, "k1", "slowly"), post(4, "k2", "quickly")]);
  const heard = [
    await client.hears(),
    await client.hears(),
    await client.hears(),
    await client.hears(),
  ];
  expect(heard).toContainEqual(
    expect.objectContaining({ type: "failure", id: 3, code: "cancelled" }),
  );
  expect(heard).toContainEqual({ type: "result", id: 4, output: 1, at: { "room:1": 1 } });
  client.says({ type: "cancel", id: 5, key: "k2" });
  expect(await client.hears()).toEqual({ type: "result", id: 5, output: 1, at: { "room:1": 1 } });
});

test("a client that comes back with its position misses nothing (§3.2, §10.7)", async () => {
  const first = await open();
  first.says({ ...durable, buckets: [{ bucket: "room:1" }] });
  await first.hears();
  const { epoch } = (await first.hears()) as Message & { epoch?: unknown };
  for (let i = 1; i <= 450; i++) await own.server.publish("room:1", `${i}`);
  first.socket.terminate();

  const buckets = [{ bucket: "room:1", epoch, after: 20 }];
  const second = await open();
  second.says({ ...durable, session: 2, buckets });
  await second.hears();
  expect(await second.hears()).toEqual({ type: "subscribed", bucket: "room:1", epoch, head: 450 });
  expect(await second.hears()).toMatchObject({ type: "page", after: 20, upTo: 220, head: 450 });
  // Nothing is pushed until a fetch has reached the head, and what was missed is in its pages.
  await own.server.publish("room:1", "451");
  const fetch = { type: "fetch", bucket: "room:1", epoch, limit: 200 };
  second.says({ ...fetch, id: 1, after: 220 });
  expect(await second.hears()).toMatchObject({ type: "page", id: 1, upTo: 420, head: 451 });
  second.says({ ...fetch, id: 2, after: 420 });
  expect(await second.hears()).toMatchObject({ type: "page", id: 2, upTo: 451, head: 451 });
  await own.server.publish("room:1", "452");
  expect(await second.hears()).toMatchObject({ type: "updates", after: 451, upTo: 452 });

  second.says({ ...fetch, id: 3, after: 452, epoch: "another" });
  expect(await second.hears()).toEqual({
    type: "tooFarBehind",
    id: 3,
    bucket: "room:1",
    epoch,
    oldest: 1,
    head: 452,
  });
  second.says({ ...fetch, id: 4, after: 0, bucket: "hall:1" });
  expect(await second.hears()).toMatchObject({ type: "failure", id: 4, code: "gone" });
});

test("with nothing new, a position is answered by an empty page (§4, §10.7)", async () => {
  const client = await open();
  client.says({ ...durable, buckets: [{ bucket: "room:1" }] });
  await client.hears();
  const { epoch } = (await client.hears()) as Message & { epoch?: unknown };
  client.says({ type: "unsubscribe", buckets: ["room:1"] });
  await client.hears();
  client.says({ type: "subscribe", buckets: [{ bucket: "room:1", epoch, after: 0 }] });
  expect(await client.hears()).toMatchObject({ type: "subscribed", head: 0 });
  expect(await client.hears()).toEqual({
    type: "page",
    bucket: "room:1",
    epoch,
    after: 0,
    upTo: 0,
    updates: [],
    head: 0,
  });
});
