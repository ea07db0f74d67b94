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

test("a server that ends says goAway, then refuses who stays (§10.7)", async () => {
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
