import { once } from "node:events";
import { connect } from "node:net";

import { expect, test } from "vitest";

import { serveHttp } from "../serve-http.ts";

const upgrade = (origin: string): string =>
  "GET /realtime HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  `Origin: ${origin}\r\nSec-WebSocket-Version: 13\r\n` +
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

test("who is turned down and never closes its half keeps no socket of the server (V3)", async () => {
  const own = await serveHttp();
  const socket = connect({ port: own.port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => undefined);
  socket.write(upgrade("http://evil.example"));
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(String(answer)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n(.+\r\n)*\r\n$/);
  const open = async (): Promise<number> =>
    await new Promise((resolve) => own.http.getConnections((_, count) => resolve(count)));
  while ((await open()) > 0) await new Promise<void>((resolve) => setTimeout(resolve, 5));
  expect(own.server.stats.upgradesDeclined).toEqual({ 403: 1 });
  socket.destroy();
  await own.close();
});

test("who is gone before it is turned down does no harm", async () => {
  const own = await serveHttp();
  for (let n = 0; n < 20; n++) {
    const socket = connect(own.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(upgrade("http://evil.example"));
    socket.resetAndDestroy();
  }
  const socket = own.dial();
  await once(socket, "open");
  socket.close();
  await own.close();
});
