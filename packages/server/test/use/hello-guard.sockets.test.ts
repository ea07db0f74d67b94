import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

import { afterEach, beforeEach, expect, test } from "vitest";

import { Listener, openListener, serveHttp } from "../serve-http.ts";
import type { HttpTestServer } from "../serve-http.ts";

let own: HttpTestServer;
beforeEach(async () => {
  own = await serveHttp({ policy: { lingerMs: 100 } });
});
afterEach(async () => {
  await own.close();
  expect(own.errors).toEqual([]);
});

const UPGRADE =
  "GET /realtime HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
  "Sec-WebSocket-Protocol: holdfast.v1.json\r\n\r\n";

/** The start of a text frame that claims so many bytes; its mask changes nothing. */
function announced(bytes: number): Buffer {
  const head = Buffer.alloc(14);
  head.set([0x81, 0xff]);
  head.writeUInt32BE(bytes, 6);
  return head;
}

const greeting = (token: string, later: string): string =>
  JSON.stringify({
    type: "hello",
    token,
    client: { name: "n", version: "1" },
    capabilities: [],
    instanceId: "i",
    session: 1,
    later,
  });

/** A socket that was upgraded, and all that it has heard since. */
async function upgraded(): Promise<{ readonly socket: Socket; readonly heard: () => string }> {
  const socket = connect(own.port, "127.0.0.1");
  const pieces: Buffer[] = [];
  socket.on("error", () => undefined);
  socket.write(UPGRADE);
  await once(socket, "data");
  socket.on("data", (piece) => void pieces.push(piece));
  return { socket, heard: () => Buffer.concat(pieces).toString("latin1") };
}

test("who has not said hello cannot make the server hold a mebibyte", async () => {
  const callers = await Promise.all(Array.from({ length: 40 }, upgraded));
  global.gc?.();
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const part = Buffer.alloc(50_000, "x");
  for (const { socket } of callers) socket.write(announced(1_040_000));
  for (let sent = 0; sent < 1_000_000; sent += part.length) {
    for (const { socket } of callers) socket.write(part);
    await new Promise((resolve) => setTimeout(resolve, 2));
    global.gc?.();
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  await Promise.all(
    callers.map(async ({ socket }) => socket.closed || (await once(socket, "close"))),
  );
  expect(most).toBeLessThan(40 * 250_000);
  for (const { heard } of callers) {
    expect(heard()).toContain('"code":"protocolViolation","message":"tooLarge"');
  }
  expect(own.server.stats).toMatchObject({ connections: 0, refusals: { protocolViolation: 40 } });
});

test("a small message before the hello gives no right to a large one", async () => {
  const { socket, heard } = await upgraded();
  const ping = Buffer.from('{"type":"ping","nonce":1}');
  const head = Buffer.from([0x81, 0x80 + ping.length, 0, 0, 0, 0]);
  socket.write(Buffer.concat([head, ping]));
  while (!heard().includes("pong")) await once(socket, "data");
  socket.write(Buffer.concat([announced(1_000_000), Buffer.alloc(200_000, "x")]));
  await once(socket, "close");
  expect(heard()).toContain("tooLarge");
});

test.each([
  ["while its credential is checked", "slow"],
  ["after it was turned down", "bad"],
])("nor does a hello, %s", async (_, token) => {
  const { socket, heard } = await upgraded();
  const hello = Buffer.from(greeting(token, ""));
  socket.write(Buffer.concat([announced(hello.length), hello]));
  if (token === "bad") while (!heard().includes("badToken")) await once(socket, "data");
  socket.write(announced(1_000_000));
  const before = own.server.stats.connections;
  socket.write(Buffer.alloc(200_000, "x"));
  await once(socket, "close");
  expect([before, heard().includes("tooLarge")]).toEqual([1, token === "slow"]);
});

test("a hello of almost 64 KiB is heard, however it comes, and a large call after it", async () => {
  const { socket, heard } = await upgraded();
  const hello = Buffer.from(greeting("ada", "x".repeat(65_300)));
  const all = Buffer.concat([announced(hello.length), hello]);
  for (let at = 0; at < all.length; at += 10_000) {
    socket.write(all.subarray(at, at + 10_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (!heard().includes("welcome")) await once(socket, "data");
  const call = Buffer.from(
    `{"type":"call","id":1,"method":"echo","input":"${"x".repeat(300_000)}","timeoutMs":9000}`,
  );
  socket.write(Buffer.concat([announced(call.length), call]));
  while (!heard().includes('"result"')) await once(socket, "data");
  socket.destroy();
});

test("a client of ours with a large hello reads the typed refusal", async () => {
  const listener = new Listener(own.dial());
  await once(listener.socket, "open");
  listener.socket.send(`{"type":"hello","token":"${"x".repeat(1_000_000)}"}`);
  expect(await listener.next("refuse")).toMatchObject({
    message: expect.stringContaining("tooLarge"),
  });
  expect(await listener.closed()).toEqual({ code: 4214, reason: "protocolViolation" });
  // Who has said hello is guarded no more.
  const open = await openListener(own);
  open.says({ type: "ping", nonce: 1 });
  await open.next("pong");
  open.socket.close();
});
