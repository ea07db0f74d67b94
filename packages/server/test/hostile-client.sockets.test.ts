/** Clients that mean harm, on real sockets: each loses its own session, and nothing else ends. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { deflateRawSync } from "node:zlib";

import { afterEach, beforeEach, expect, test } from "vitest";
import type { WebSocket } from "ws";

import { Listener, openListener, serveHttp } from "./serve-http.ts";
import type { HttpTestServer } from "./serve-http.ts";

let own: HttpTestServer;
beforeEach(async () => {
  own = await serveHttp({ policy: { helloMs: 300 } });
});
afterEach(async () => {
  // Whoever was harmed: the server still serves, and has nothing to report.
  const good = await openListener(own);
  good.says({ type: "ping", nonce: 3 });
  expect(await good.next("pong")).toMatchObject({ nonce: 3 });
  good.socket.close();
  await own.close();
  expect(own.errors).toEqual([]);
  expect(own.server.stats).toMatchObject({ connections: 0, sessions: 0 });
});

/** The TCP socket under a WebSocket. */
const innerOf = (socket: WebSocket): Socket =>
  (socket as unknown as Record<"_socket", Socket>)["_socket"];
const bucketOf = (id: number): { bucket: string } => ({ bucket: `room:${id}` });

const pings = (count: number): string =>
  JSON.stringify(Array.from({ length: count }, (_, nonce) => ({ type: "ping", nonce })));
const hello = JSON.stringify({
  type: "hello",
  token: "ada",
  client: { name: "n", version: "1" },
  capabilities: [],
  instanceId: "i",
  session: 1,
});

const frames: [string, string | Buffer, string][] = [
  ["what is not JSON", "{", "notParseable"],
  ["nothing", "", "notParseable"],
  ["no messages", "[]", "notParseable"],
  ["a number", "1", "unknownType"],
  ["null", "[null]", "unknownType"],
  ["an unknown type", '{"type":"explode"}', "unknownType"],
  ["an inherited type", '{"type":"constructor"}', "unknownType"],
  ["a server's message", '{"type":"goAway","windowMs":1}', "unknownType"],
  ["a wrong field", '{"type":"ping","nonce":-1}', "badField ping.nonce"],
  [
    "half a character in a name",
    '{"type":"subscribe","buckets":[{"bucket":"room:\\ud800"}]}',
    "badField",
  ],
  ["too many messages", pings(257), "tooMany"],
  ["a binary frame", Buffer.from('{"type":"ping","nonce":1}'), "wrongFrameKind"],
  ["a hello of 1 MB", `{"type":"hello","token":"${"x".repeat(1_000_000)}"}`, "tooLarge"],
];

test.each(frames)("%s ends the session, before the hello", async (_, frame, fault) => {
  const listener = new Listener(own.dial());
  await once(listener.socket, "open");
  listener.socket.send(frame);
  const said = await listener.next("refuse");
  expect(said).toMatchObject({ action: "retry", code: "protocolViolation" });
  expect(said["message"]).toContain(fault);
  expect(await listener.closed()).toEqual({ code: 4214, reason: "protocolViolation" });
});

test.each(frames.slice(0, -1))("%s ends the session, while open", async (_, frame) => {
  const listener = await openListener(own);
  listener.socket.send(frame);
  expect(await listener.next("refuse")).toMatchObject({ code: "protocolViolation" });
  expect(await listener.closed()).toMatchObject({ code: 4214 });
});

test.each([
  ["deep nesting", "[".repeat(100_000) + "]".repeat(100_000), "tooDeep"],
  ["a prototype key", '{"a":{"__proto__":{"b":1}}}', "prototypeKey"],
  ["a hidden prototype key", '[{"\\u005f_proto__":{}}]', "prototypeKey"],
])("%s ends the session, also where anything may stand", async (_, anything, fault) => {
  for (const frame of [
    `{"type":"call","id":1,"method":"echo","input":${anything},"timeoutMs":100}`,
    `{"type":"ping","nonce":1,"later":${anything}}`,
  ]) {
    const listener = await openListener(own);
    listener.socket.send(frame);
    expect((await listener.next("refuse"))["message"]).toContain(fault);
    expect(await listener.closed()).toMatchObject({ code: 4214 });
  }
});

test("an input a little deeper than allowed fails its call, and the session goes on", async () => {
  const listener = await openListener(own);
  const input = "[".repeat(33) + "]".repeat(33);
  listener.socket.send(`{"type":"call","id":1,"method":"echo","input":${input},"timeoutMs":100}`);
  expect(await listener.next("failure")).toMatchObject({ id: 1, code: "badInput", refused: true });
});

test.each<[string, (socket: WebSocket) => void, number]>([
  ["a frame of 2 MiB", (socket) => socket.send("x".repeat(2 ** 21)), 1009],
  [
    "text that is not UTF-8",
    (socket) => socket.send(Buffer.from([0xff, 0xfe]), { binary: false }),
    1007,
  ],
])("%s is stopped by the socket, with its own close code", async (_, harm, code) => {
  const listener = await openListener(own);
  harm(listener.socket);
  expect((await listener.closed()).code).toBe(code);
});

test.each<[string, string]>([
  ["a call", '{"type":"call","id":1,"method":"echo","timeoutMs":1}'],
  ["a token", '{"type":"token","token":"t"}'],
])("%s before the hello is not even looked at", async (_, frame) => {
  const listener = new Listener(own.dial());
  await once(listener.socket, "open");
  listener.socket.send(frame);
  expect(await listener.next("refuse")).toMatchObject({ code: "helloExpected" });
});

test("two hellos in one frame are one too many (L60)", async () => {
  const listener = new Listener(own.dial());
  await once(listener.socket, "open");
  listener.socket.send(`[${hello},${hello}]`);
  expect(await listener.next("refuse")).toMatchObject({ code: "protocolViolation" });
});

test("who never says hello is sent away", async () => {
  const listener = new Listener(own.dial());
  expect(await listener.next("refuse")).toMatchObject({ code: "helloTimeout" });
  expect(await listener.closed()).toMatchObject({ code: 4203 });
});

test("who does not answer the close loses TCP", async () => {
  const socket = connect(own.port, "127.0.0.1");
  socket.write(
    "GET /realtime HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
      "Sec-WebSocket-Protocol: holdfast.v1.json\r\n\r\n",
  );
  socket.on("error", () => undefined);
  socket.resume();
  await once(socket, "close");
});

test("a flood of messages ends in rateLimited", async () => {
  const listener = await openListener(own);
  for (let i = 0; i < 50; i++) listener.socket.send(pings(200));
  expect(await listener.next("refuse")).toMatchObject({ code: "rateLimited" });
  expect(await listener.closed()).toMatchObject({ code: 4206 });
});

test.each<[string, number, (ids: readonly number[]) => unknown[]]>([
  ["subscriptions", 200, (ids) => [{ type: "subscribe", buckets: ids.map(bucketOf) }]],
  ["ends of subscriptions", 200, (ids) => [{ type: "unsubscribe", buckets: ids.map(String) }]],
  [
    "fetches",
    200,
    (ids) =>
      ids.map((id) => ({ type: "fetch", id, bucket: "room:1", epoch: "e", after: 0, limit: 1 })),
  ],
])("a flood of %s ends in rateLimited (V3)", async (_, size, said) => {
  const strict = await serveHttp({ policy: { messagesPerSecond: 100, messagesBurst: 1_000 } });
  const listener = await openListener(strict, 1, ["updates", "log"]);
  for (let from = 0; from < 3_000; from += size) {
    listener.says(...said(Array.from({ length: size }, (__, n) => from + n)));
  }
  expect(await listener.next("refuse")).toMatchObject({
    code: "rateLimited",
    retryAfterMs: 10_000,
  });
  expect(await listener.closed()).toMatchObject({ code: 4206 });
  expect(strict.server.stats.buckets).toBe(0);
  await strict.close();
});

test("a client that fetches and reads nothing is sent away before memory grows (V3)", async () => {
  const text = "x".repeat(60_000);
  for (let n = 0; n < 8; n++) await own.server.publish("room:1", text);
  const listener = await openListener(own, 1, ["updates", "log"]);
  listener.says({ type: "subscribe", buckets: [{ bucket: "room:1" }] });
  const { epoch } = await listener.next("subscribed");
  listener.socket.pause();
  let id = 0;
  while (own.server.stats.sessions > 0) {
    listener.says({ type: "fetch", id: ++id, bucket: "room:1", epoch, after: 0, limit: 200 });
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
  }
  expect(own.server.stats).toMatchObject({ refusals: { slowConsumer: 1 }, feedsBehind: 0 });
  listener.socket.terminate();
});

test("a flood of protocol pings that reads nothing fills no buffer", async () => {
  const listener = await openListener(own);
  listener.socket.pause();
  const payload = Buffer.alloc(120);
  for (let i = 0; i < 50_000; i++) listener.socket.ping(payload);
  const before = process.memoryUsage().rss;
  await new Promise<void>((resolve) => setTimeout(resolve, 200));
  expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  listener.socket.terminate();
});

test("a flood of calls runs 64 at a time, and every one is answered", async () => {
  const listener = await openListener(own);
  for (let id = 1; id <= 5_000; id++) {
    listener.says({ type: "call", id, method: "echo", input: id, timeoutMs: 30_000 });
  }
  for (let id = 1; id <= 5_000; id++) {
    expect(await listener.next("result")).toMatchObject({ id, output: id });
  }
  listener.socket.close();
});

test("a client that calls and reads nothing is sent away before memory grows", async () => {
  const listener = await openListener(own);
  listener.socket.pause();
  const input = "x".repeat(200_000);
  let id = 0;
  while (own.server.stats.sessions > 0) {
    if (listener.socket.bufferedAmount < 4_000_000)
      listener.says({ type: "call", id: ++id, method: "echo", input, timeoutMs: 30_000 });
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
  }
  expect(own.server.stats.refusals["slowConsumer"]).toBe(1);
  listener.socket.terminate();
});

test("a compression bomb is no frame: compression is not spoken, whoever offers it (V3)", async () => {
  const listener = new Listener(own.dial("/realtime", undefined, undefined, true));
  await once(listener.socket, "open");
  expect(listener.socket.extensions).toBe("");
  // 100 MB of zeros in 97 KB, with the bit that says so.
  const bomb = deflateRawSync(Buffer.alloc(100_000_000));
  const head = Buffer.from([0xc1, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(bomb.length, 6);
  const before = process.memoryUsage().rss;
  innerOf(listener.socket).write(Buffer.concat([head, bomb]));
  expect((await listener.closed()).code).toBe(1002);
  expect(process.memoryUsage().rss - before).toBeLessThan(20_000_000);
});

test("a request whose headers are too large, or come too slowly, is ended by the HTTP server (V3)", async () => {
  own.http.headersTimeout = 200;
  const start =
    "GET /realtime HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  for (const [sent, status] of [
    [`${start}X-Large: ${"x".repeat(20_000)}\r\n\r\n`, "431"],
    [start, "408"],
  ] as const) {
    const socket = connect(own.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(sent);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(String(answer)).toContain(`HTTP/1.1 ${status} `);
    await once(socket, "close");
  }
  expect(own.server.stats.connections).toBe(0);
});

test("a broken WebSocket frame, and a killed socket, end one session", async () => {
  const [broken, killed] = [await openListener(own), await openListener(own)];
  // The TCP socket under the WebSocket takes what no WebSocket would send.
  innerOf(broken.socket).write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  killed.socket.terminate();
  await broken.closed();
  while (own.server.stats.connections > 0) {
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
});
