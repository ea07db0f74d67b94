/** The same over real sockets of `ws`: binary frames, negotiated beside JSON. */
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { RealtimeClient, waitFor } from "@holdfast/client";
import type { RealtimeOptions } from "@holdfast/client";
import { nodePlatform } from "@holdfast/client/node";
import { call, defineContract, jsonServerCodec } from "@holdfast/protocol";
import { RealtimeServer } from "@holdfast/server";
import type { ServerCodec } from "@holdfast/server";
import { attach } from "@holdfast/server/use/ws";
import { accountOfToken, FakeCredentials } from "@holdfast/testing";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";

import { MSGPACK_SUBPROTOCOL, msgpackClientCodec, msgpackServerCodec } from "../src/index.ts";

const contract = defineContract({ calls: { echo: call<unknown, unknown>() }, buckets: {} });

const BOTH = [msgpackServerCodec, jsonServerCodec];

let http: Server | undefined;
let server: RealtimeServer<typeof contract> | undefined;
const clients: RealtimeClient<typeof contract>[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server?.close({ windowMs: 0, graceMs: 0 });
  await new Promise((resolve) => http?.close(resolve));
});

async function serve(codecs: readonly ServerCodec[] = BOTH): Promise<string> {
  const own = new RealtimeServer({
    contract,
    authenticate: ({ token = "" }) => ({ account: accountOfToken(token) }),
    handlers: { echo: (input) => input },
    codecs,
  });
  server = own;
  const listening = createServer();
  http = listening;
  attach(listening, own);
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return `ws://127.0.0.1:${(listening.address() as AddressInfo).port}/realtime`;
}

function started(
  url: string,
  options: Partial<RealtimeOptions<typeof contract>> = {},
): RealtimeClient<typeof contract> {
  const client = new RealtimeClient({
    url,
    contract,
    credentials: new FakeCredentials(),
    platform: nodePlatform({ WebSocket }),
    ...options,
  });
  clients.push(client);
  client.start();
  return client;
}

async function open(
  url: string,
  options: Partial<RealtimeOptions<typeof contract>> = {},
): Promise<RealtimeClient<typeof contract>> {
  const client = started(url, options);
  await waitFor(client.connection, ({ state }) => state === "open");
  return client;
}

test("bytes go there and back, beside a client that speaks JSON on the same server", async () => {
  const url = await serve();
  const client = await open(url, { codec: msgpackClientCodec });
  const json = await open(url);
  for (const size of [0, 1, 255, 256, 70_000, 900_000]) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => at * 7);
    const echoed = await client.call("echo", { bytes });
    expect(echoed).toEqual({ bytes });
    expect(Buffer.isBuffer((echoed as { bytes: unknown }).bytes)).toBe(false);
  }
  expect(await json.call("echo", "text")).toBe("text");
  expect(server?.stats.sessions).toBe(2);
});

test("what is said in one tick travels in one binary frame", async () => {
  const url = await serve();
  const client = await open(url, { codec: msgpackClientCodec });
  const before = server?.stats.framesReceived ?? 0;
  const inputs = Array.from({ length: 50 }, (_, index) => ({ index, bytes: Uint8Array.of(index) }));
  expect(await Promise.all(inputs.map((input) => client.call("echo", input)))).toEqual(inputs);
  expect((server?.stats.framesReceived ?? 0) - before).toBe(1);
});

test("a frame that is torn on the way ends its own session, and no other", async () => {
  const url = await serve();
  const client = await open(url, { codec: msgpackClientCodec });
  const hostile = new WebSocket(url, [MSGPACK_SUBPROTOCOL]);
  await new Promise((resolve) => hostile.once("open", resolve));
  const closed = new Promise<number>((resolve) => hostile.once("close", resolve));
  hostile.send(Uint8Array.of(0x81, 0xa4, 0x74));
  expect(await closed).toBe(4214);
  expect(await client.call("echo", "still here")).toBe("still here");
});

test("a client of MessagePack stops at a server without it, and says why", async () => {
  const url = await serve([jsonServerCodec]);
  const client = started(url, { codec: msgpackClientCodec });
  await waitFor(client.connection, ({ state }) => state === "stopped");
  expect(client.connection.current.lastFailure).toMatchObject({ detail: "unsupportedVersion" });
});

test("who speaks neither is told so in JSON, whatever the server likes best", async () => {
  const stranger = new WebSocket(await serve([msgpackServerCodec]), ["other"]);
  const heard = new Promise<string>((resolve, reject) => {
    stranger.on("error", reject);
    stranger.once("message", (data, isBinary) =>
      resolve(isBinary ? "bytes" : (data as Buffer).toString()),
    );
  });
  expect(JSON.parse(await heard)).toMatchObject({ type: "refuse", code: "unsupportedVersion" });
  stranger.terminate();
});
