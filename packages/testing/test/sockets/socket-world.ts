/** A chat server on loopback that can be killed and restarted, and clients on sockets of `ws`. */
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { DEFAULT_CONNECTION_POLICY, RealtimeClient, waitFor } from "@holdfast/client";
import type { ConnectionPolicy, ConnectionSnapshot, RealtimeOptions } from "@holdfast/client";
import { brokenInvariant } from "@holdfast/client/machine";
import { nodePlatform } from "@holdfast/client/node";
import { bucket, call, defineContract } from "@holdfast/protocol";
import { RealtimeServer } from "@holdfast/server";
import { attach } from "@holdfast/server/use/ws";
import { WebSocket } from "ws";

import { accountOfToken, FakeCredentials } from "../../src/fake-adapters.ts";

export const contract = defineContract({
  calls: { echo: call<string, string>({ repeatable: true }), send: call<string, number>() },
  buckets: { room: bucket<string>() },
});
export type Client = RealtimeClient<typeof contract>;

/** As the defaults, but a dead path shows in less than a second, and waits are short. */
export const QUICK: Partial<ConnectionPolicy> = {
  backoff: { ...DEFAULT_CONNECTION_POLICY.backoff, floorMs: 50, spanMs: 100, capMs: 300 },
  probeMs: 200,
  idlePingMs: 200,
  pongMs: 300,
  connectMs: 1_000,
  handshakeMs: 1_000,
  dialFloorMs: 50,
};

/** What closes after each test. */
const cleanups: (() => unknown)[] = [];

export function deferred(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** Closes what the test has opened, last opened first. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}

export class SocketServer {
  server: RealtimeServer<typeof contract> | undefined;
  port = 0;
  #http: Server | undefined;
  readonly #sockets = new Set<Socket>();

  /** A server that is gone after the test. */
  static async start(): Promise<SocketServer> {
    const own = new SocketServer();
    await own.start();
    deferred(() => own.kill());
    return own;
  }

  /** Listens, at the same port as before where there was one. */
  async start(): Promise<void> {
    const http = createServer();
    this.#http = http;
    this.server = new RealtimeServer({
      contract,
      authenticate: ({ token = "" }) => ({ account: accountOfToken(token) }),
      handlers: {
        echo: (text) => text,
        send: async (text, { publish }) => (await publish("room", text)).seq,
      },
      buckets: { room: { authorize: () => true } },
      policy: { heartbeat: { minMs: 100, maxMs: 30_000 } },
    });
    attach(http, this.server);
    http.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => http.listen(this.port, "127.0.0.1", resolve));
    this.port = (http.address() as AddressInfo).port;
  }

  /** Ends as a process does that is killed: the kernel closes its sockets, nobody says goodbye. */
  async kill(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) =>
      this.#http?.listening ? this.#http.close(resolve) : resolve(0),
    );
    await server?.close({ windowMs: 0, graceMs: 0 });
  }
}

/** A client that is closed after the test. */
export function makeClient(port: number, options: ClientOptions = {}): Client {
  const client = newClient(port, options);
  deferred(() => client.close());
  return client;
}

type ClientOptions = Partial<RealtimeOptions<typeof contract>>;

/** A client that the test itself closes. */
export function newClient(port: number, options: ClientOptions = {}): Client {
  return new RealtimeClient({
    url: `ws://127.0.0.1:${port}/realtime`,
    credentials: new FakeCredentials(),
    contract,
    platform: nodePlatform({ WebSocket }),
    check: brokenInvariant,
    ...options,
  });
}

/** Waits, in real time, until the connection is as it should be. */
export async function reach(
  client: RealtimeClient,
  wanted: (snapshot: ConnectionSnapshot) => boolean,
  withinMs = 8_000,
): Promise<ConnectionSnapshot> {
  const signal = AbortSignal.timeout(withinMs);
  return await waitFor(client.connection, wanted, { signal });
}

export const isOpen = ({ state }: ConnectionSnapshot): boolean => state === "open";

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits, in real time, until the condition holds. */
export async function until(condition: () => boolean, withinMs = 8_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms`);
    await pause(5);
  }
}
