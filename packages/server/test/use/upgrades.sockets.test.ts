import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import { expect, test } from "vitest";

import { attach } from "../../src/use/ws.ts";
import { serveHttp } from "../serve-http.ts";
import type { HttpTestServer } from "../serve-http.ts";

/** Asks for an upgrade that nobody offers. */
function askInVain(own: HttpTestServer): Socket {
  const socket = connect(own.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(
    "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  return socket;
}

test("an upgrade that no server takes is answered once, however many are attached (V3)", async () => {
  const own = await serveHttp();
  const other = await serveHttp();
  const third = await serveHttp();
  attach(own.http, other.server, { path: "/other" });
  attach(own.http, third.server, { path: "/third" }).detach();
  for (let n = 0; n < 3; n++) {
    const socket = askInVain(own);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404 Not Found\r\n(.+\r\n)*\r\n$/);
    if (!socket.destroyed) await once(socket, "close");
  }
  expect(own.server.stats.upgradesDeclined).toEqual({});
  expect(other.server.stats.upgradesDeclined).toEqual({ 404: 3 });
  for (const path of ["/realtime", "/other"]) {
    const socket = own.dial(path);
    await once(socket, "open");
    socket.close();
    await once(socket, "close");
  }
  for (const server of [third, other, own]) await server.close();
});

test("a peer that resets what was left to somebody else ends nothing but its connection", async () => {
  const own = await serveHttp();
  const left: Duplex[] = [];
  own.http.on("upgrade", (_request, socket: Duplex) => left.push(socket));
  const asker = askInVain(own);
  while (left.length === 0) await new Promise<void>((resolve) => setTimeout(resolve, 5));
  const [socket] = left;
  const ended = new Promise((resolve) => socket?.once("close", resolve));
  asker.resetAndDestroy();
  // Without anybody who hears of it, the error would be uncaught, and this test run be over.
  await ended;
  expect(socket?.errored).toMatchObject({ code: "ECONNRESET" });
  const client = own.dial();
  await once(client, "open");
  client.close();
  await own.close();
});

test("a connection that a server has taken has none but the listeners of its WebSocket", async () => {
  const own = await serveHttp();
  const taken: Duplex[] = [];
  own.http.prependListener("upgrade", (_request, socket: Duplex) => taken.push(socket));
  const client = own.dial();
  await once(client, "open");
  expect(taken[0]?.listenerCount("error")).toBe(1);
  client.close();
  await own.close();
});
