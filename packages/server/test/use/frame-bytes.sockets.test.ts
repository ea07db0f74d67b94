import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import { FrameBytes } from "../../src/use/frame-bytes.ts";

let http: ReturnType<typeof createServer>;
let client: WebSocket;
let stream: Duplex;

beforeEach(async () => {
  http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, socket, head) => {
    stream = socket;
    sockets.handleUpgrade(request, socket, head, () => undefined);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  await once(client, "open");
});
afterEach(() => {
  client.terminate();
  http.close();
});

async function heard(bytes: Buffer): Promise<unknown> {
  stream.write(bytes);
  const [data, isBinary] = (await once(client, "message")) as [Buffer, boolean];
  return isBinary ? [...data] : data.toString();
}

test.each([0, 1, 125, 126, 65_535, 65_536, 70_000])(
  "a text of %i bytes is read by a peer as it was",
  async (length) => {
    const text = "a".repeat(length);
    expect(await heard(new FrameBytes().of(text))).toBe(text);
  },
);

test("what is more bytes than characters is counted in bytes", async () => {
  const text = "é€😀".repeat(20);
  expect(await heard(new FrameBytes().of(text))).toBe(text);
});

test("bytes are read as bytes", async () => {
  expect(await heard(new FrameBytes().of(new Uint8Array([1, 2, 255])))).toEqual([1, 2, 255]);
});

test("what goes to many is made into bytes once", () => {
  const frames = new FrameBytes();
  const bytes = frames.of("to all");
  expect(frames.of(["to", "all"].join(" "))).toBe(bytes);
  expect(String(frames.of("to one"))).toContain("to one");
  expect(frames.of("to all")).not.toBe(bytes);
});

test("a large text is not held on to", () => {
  const frames = new FrameBytes();
  const text = "a".repeat(65_536);
  expect(frames.of(text)).not.toBe(frames.of(text));
  expect(frames.of("").length).toBe(2);
});
