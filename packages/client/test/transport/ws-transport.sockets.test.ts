import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { nodePlatform } from "../../src/adapters/platforms/node.ts";
import type { Transport, TransportEvent } from "../../src/transport/transport.ts";
import { webSocketTransport } from "../../src/transport/websocket-transport.ts";

const { openTransport, clock } = nodePlatform({ WebSocket });
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** The port of a server on loopback that is gone after the test. */
async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  cleanups.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that upgrades, and its end of the next connection. */
async function webSocketServer(): Promise<{
  port: number;
  accepted: Promise<WebSocket>;
  raw: Promise<Socket>;
}> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, handleProtocols: () => "holdfast.v1.json" });
  const accepted = new Promise<WebSocket>((resolve) => server.once("connection", resolve));
  const raw = new Promise<Socket>((resolve) => http.once("connection", resolve));
  return { port: await listen(http), accepted, raw };
}

function dial(
  port: number,
  open = openTransport,
): {
  transport: Transport;
  next: () => Promise<TransportEvent>;
  events: TransportEvent[];
} {
  const events: TransportEvent[] = [];
  let read = 0;
  let wake: (() => void) | undefined;
  const transport = open(`ws://127.0.0.1:${port}/`, ["holdfast.v1.json"], (event) => {
    events.push(event);
    wake?.();
  });
  cleanups.push(() => transport.close(1000, "test over"));
  const next = async (): Promise<TransportEvent> => {
    for (;;) {
      const event = events[read];
      if (event) {
        read++;
        return event;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { transport, next, events };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => clock.at(clock.now() + ms, resolve));
const ended = (socket: Socket | WebSocket): Promise<unknown> =>
  new Promise((resolve) => (socket as Socket).once("close", resolve));
/** Sockets of this process that something still holds. */
const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

test("frames travel both ways, as text and as bytes", async () => {
  const { port, accepted } = await webSocketServer();
  const { transport, next } = dial(port);
  expect(await next()).toEqual({ type: "opened", subprotocol: "holdfast.v1.json" });
  const server = await accepted;
  server.on("message", (data, isBinary) => server.send(data, { binary: isBinary }));
  transport.send("hello");
  transport.send(new Uint8Array([1, 2, 3]));
  expect(await next()).toEqual({ type: "frame", frame: "hello" });
  expect(await next()).toEqual({ type: "frame", frame: new Uint8Array([1, 2, 3]) });
});

test("a server that is busy says so with its status and when to come back (C13)", async () => {
  const port = await listen(
    createServer((_, response) => response.writeHead(503, { "Retry-After": "3" }).end("busy")),
  );
  const { next, events } = dial(port);
  expect(await next()).toEqual({
    type: "openFailed",
    detail: "HTTP 503",
    meaning: "retry",
    retryAfterMs: 3_000,
  });
  await pause(50);
  expect(events).toHaveLength(1);
  expect(openSockets()).toBe(0);
});

test("a port where nobody listens fails the dial, with the system's word for it", async () => {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  const { next, events } = dial(port);
  expect(await next()).toEqual({ type: "openFailed", meaning: "retry", detail: "ECONNREFUSED" });
  await pause(20);
  expect(events).toHaveLength(1);
});

test("a server that resets the dial fails it", async () => {
  const port = await listen(
    createTcpServer((socket) => socket.once("data", () => socket.resetAndDestroy())),
  );
  const { next } = dial(port);
  expect(await next()).toEqual({ type: "openFailed", meaning: "retry", detail: "ECONNRESET" });
});

test("an upgrade that hangs is ended by our close, at once, on both sides (B09)", async () => {
  const server = createTcpServer();
  const asked = new Promise<Socket>((resolve) => {
    server.once("connection", (socket) => socket.once("data", () => resolve(socket)));
  });
  const { transport, events } = dial(await listen(server));
  const serverEnd = ended(await asked);
  transport.close(1000, "connect timeout");
  await serverEnd;
  await pause(20);
  expect(events).toEqual([]);
  expect(openSockets()).toBe(0);
});

test("a server that ends TCP without a word is noticed as 1006", async () => {
  const { port, accepted } = await webSocketServer();
  const { next } = dial(port);
  await next();
  (await accepted).terminate();
  expect(await next()).toEqual({ type: "closed", code: 1006 });
});

test("a server that closes gives its code", async () => {
  const { port, accepted } = await webSocketServer();
  const { next } = dial(port);
  await next();
  (await accepted).close(4200, "restart");
  expect(await next()).toEqual({ type: "closed", code: 4200 });
});

test("a malformed frame ends it once, and nothing waits for the peer", async () => {
  const server = await webSocketServer();
  const { next, events } = dial(server.port);
  await next();
  const raw = await server.raw;
  const gone = ended(raw);
  raw.write(Buffer.from([0x83, 0x00])); // Opcode 3 is reserved.
  expect(await next()).toEqual({ type: "closed", code: 1006, reason: "WS_ERR_INVALID_OPCODE" });
  await gone;
  expect(events).toHaveLength(2);
});

test("our close reaches the server with code and reason", async () => {
  const { port, accepted } = await webSocketServer();
  const { transport, next, events } = dial(port);
  await next();
  const server = await accepted;
  const closed = new Promise((resolve) =>
    server.once("close", (code, reason) => resolve([code, reason.toString()])),
  );
  transport.close(1000, "stopped");
  expect(await closed).toEqual([1000, "stopped"]);
  expect(events).toHaveLength(1);
});

test("a server that ignores our close holds no socket of ours for longer than a second", async () => {
  const { port, raw } = await webSocketServer();
  const { transport, next } = dial(port);
  await next();
  (await raw).pause();
  const before = clock.now();
  transport.pauseReading();
  transport.close(1000, "stopped");
  // Ours goes; the server's end of it is still there, paused.
  while (openSockets() > 1) await pause(20);
  expect(clock.now() - before).toBeLessThan(1_500);
});

test("a paused transport stops the server, and reads on when resumed (S4)", async () => {
  const { port, accepted } = await webSocketServer();
  const { transport, next, events } = dial(port);
  await next();
  const server = await accepted;
  transport.pauseReading();
  const chunk = "x".repeat(256 * 1024);
  for (let i = 0; i < 64; i++) server.send(chunk);
  await pause(100);
  expect(events.length).toBeLessThan(8);
  expect(server.bufferedAmount).toBeGreaterThan(1_000_000);
  transport.resumeReading();
  for (let i = 0; i < 64; i++) expect((await next()).type).toBe("frame");
});

test("sockets of ws in a client for the web end no process, whatever befalls them", async () => {
  const plain = webSocketTransport((url, subprotocols) => new WebSocket(url, subprotocols));
  const refusing = await listen(createServer((_, response) => response.writeHead(503).end()));
  const refused = dial(refusing, plain);
  expect(await refused.next()).toEqual({ type: "openFailed", meaning: "retry", detail: "1006" });

  const hanging = createTcpServer();
  const asked = new Promise((resolve) => hanging.once("connection", resolve));
  const hung = dial(await listen(hanging), plain);
  await asked;
  hung.transport.close(1000, "connectTimeout");

  const server = await webSocketServer();
  const broken = dial(server.port, plain);
  await broken.next();
  const raw = await server.raw;
  raw.write(Buffer.from([0x83, 0x00]));
  expect(await broken.next()).toEqual({ type: "closed", code: 1006 });
  raw.write(Buffer.from([0x83, 0x00]));
  await pause(50);
  expect(hung.events).toEqual([]);
});
