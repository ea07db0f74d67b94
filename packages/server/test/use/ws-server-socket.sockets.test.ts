import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import { FrameBytes } from "../../src/use/frame-bytes.ts";
import { WsServerSocket } from "../../src/use/ws-server-socket.ts";

let sockets: WebSocketServer;
let client: WebSocket;
let raw: WebSocket;
let stream: Duplex;
let frames: unknown[];
let ends: string[];

async function open(): Promise<WsServerSocket> {
  const { port } = sockets.address() as { port: number };
  client = new WebSocket(`ws://127.0.0.1:${port}`);
  client.on("error", () => undefined);
  const [opened, request] = (await once(sockets, "connection")) as [WebSocket, IncomingMessage];
  raw = opened;
  stream = request.socket;
  const socket = new WsServerSocket(raw, request.socket, new FrameBytes());
  // A test's own lists: the socket of the test before may end late.
  const [own, ended]: [unknown[], string[]] = [[], []];
  [frames, ends] = [own, ended];
  socket.listen({ frameReceived: (frame) => own.push(frame), closed: () => ended.push("closed") });
  if (client.readyState !== client.OPEN) await once(client, "open");
  return socket;
}

beforeEach(async () => {
  sockets = new WebSocketServer({ port: 0, host: "127.0.0.1", autoPong: false });
  await once(sockets, "listening");
});
afterEach(() => {
  client.terminate();
  sockets.close();
});

const soon = async (): Promise<void> => await new Promise((resolve) => setTimeout(resolve, 20));

test("text arrives as text, bytes as bytes", async () => {
  await open();
  client.send("text");
  client.send(new Uint8Array([1, 2]));
  await soon();
  expect(frames).toEqual(["text", Buffer.from([1, 2])]);
});

test("what is sent after the end is dropped in silence, and the end is told once", async () => {
  const socket = await open();
  socket.close(4200, "bye");
  socket.send("late");
  const [code, reason] = (await once(client, "close")) as [number, Buffer];
  expect([code, String(reason)]).toEqual([4200, "bye"]);
  await soon();
  socket.send("later");
  socket.terminate();
  expect(ends).toEqual(["closed"]);
  expect(socket.bufferedBytes).toBeGreaterThanOrEqual(0);
});

test("what guards the hello is gone once something is said in an open session", async () => {
  await open();
  const listener = { isOpen: false, frameReceived: () => undefined, closed: () => undefined };
  const counts = (): [number, number] => [
    stream.listenerCount("data"),
    raw.listenerCount("message"),
  ];
  const [data, message] = counts();
  const socket = new WsServerSocket(raw, stream, new FrameBytes());
  socket.listen(listener);
  socket.send("pong");
  expect(counts()).toEqual([data + 1, message + 2]);
  listener.isOpen = true;
  socket.send("welcome");
  socket.send("more");
  expect(counts()).toEqual([data, message + 1]);
});

test("a reason that no close frame can carry is left out", async () => {
  const socket = await open();
  socket.close(4000, "é".repeat(62));
  const [code, reason] = (await once(client, "close")) as [number, Buffer];
  expect([code, String(reason)]).toEqual([4000, ""]);
});

test("a paused socket brings nothing until it is resumed", async () => {
  const socket = await open();
  socket.pauseReading();
  client.send("held");
  await soon();
  expect(frames).toEqual([]);
  socket.resumeReading();
  await soon();
  expect(frames).toEqual(["held"]);
});

test("a protocol ping is answered while the peer reads", async () => {
  await open();
  client.ping("p");
  const [data] = (await once(client, "pong")) as [Buffer];
  expect(String(data)).toBe("p");
});

test("an error of the socket ends it and not the process", async () => {
  await open();
  raw.emit("error", new Error("boom"));
  await soon();
  expect(ends).toEqual(["closed"]);
});
