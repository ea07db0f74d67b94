/** A server on a loopback port, with real sockets, for tests. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

import { bucket, call, defineContract } from "@holdfast/protocol";
import { WebSocket } from "ws";

import { refuse } from "../src/authenticate.ts";
import { RealtimeServer } from "../src/realtime-server.ts";
import type { ServerPolicy } from "../src/server-policy.ts";
import { attach } from "../src/use/ws.ts";
import type { AttachOptions } from "../src/use/ws.ts";

const contract = defineContract({
  calls: {
    echo: call<unknown, unknown>(),
    send: call<string, number>(),
    stuck: call<void, string>(),
    /** Appends and answers in one unit; with "slowly" it takes its time. */
    post: call<string, number>(),
  },
  buckets: { room: bucket<string>() },
});

export interface HttpTestServer {
  readonly http: HttpServer;
  readonly server: RealtimeServer<typeof contract>;
  readonly port: number;
  readonly errors: unknown[];
  dial(
    path?: string,
    protocols?: string[],
    headers?: Record<string, string>,
    perMessageDeflate?: boolean,
  ): WebSocket;
  close(): Promise<void>;
}

export async function serveHttp(
  options: AttachOptions & { readonly policy?: Partial<ServerPolicy> } = {},
): Promise<HttpTestServer> {
  const errors: unknown[] = [];
  const server = new RealtimeServer({
    contract,
    authenticate: async ({ token }) => {
      if (token === "slow") await new Promise((resolve) => setTimeout(resolve, 100));
      if (token === undefined || token === "bad")
        return refuse({ action: "reauthenticate", code: "badToken" });
      return { account: token };
    },
    handlers: {
      echo: (input) => input,
      send: async (text, { publish }) => (await publish("room:1", text)).seq,
      post: async (text, { commit }) => {
        if (text === "slowly") await new Promise((resolve) => setTimeout(resolve, 100));
        return await commit((tx) => tx.append("room:1", text).seq);
      },
      stuck: async () => await new Promise<string>(() => undefined),
    },
    buckets: { room: { authorize: () => true } },
    policy: { lingerMs: 200, ...options.policy },
    onError: (error) => errors.push(error),
  });
  // Looks often for requests that are late, so that a test need not wait half a minute.
  const http = createServer({ connectionsCheckingInterval: 50 }, (_, response) =>
    response.writeHead(404).end(),
  );
  attach(http, server, options);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    http,
    server,
    port,
    errors,
    dial: (
      path = "/realtime",
      protocols = ["holdfast.v1.json"],
      headers = {},
      perMessageDeflate = false,
    ) => new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers, perMessageDeflate }),
    close: async () => {
      await server.close({ windowMs: 0, graceMs: 0 });
      http.close();
      await once(http, "close");
    },
  };
}

/** What a socket brings, message by message. */
export class Listener {
  readonly socket: WebSocket;
  readonly heard: Record<string, unknown>[] = [];
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data)) as Record<string, unknown>;
      this.heard.push(...(Array.isArray(frame) ? (frame as Record<string, unknown>[]) : [frame]));
      this.#wake();
    });
    socket.on("close", (code, reason) => {
      this.closedWith = { code, reason: String(reason) };
      this.#wake();
    });
    socket.on("error", () => undefined);
  }

  says(...messages: unknown[]): void {
    this.socket.send(JSON.stringify(messages.length === 1 ? messages[0] : messages));
  }

  /** Waits for the next message of this type, and takes it and all before it. */
  async next(type: string): Promise<Record<string, unknown>> {
    for (;;) {
      const index = this.heard.findIndex((message) => message["type"] === type);
      if (index >= 0) return this.heard.splice(0, index + 1).at(-1) ?? {};
      if (this.closedWith) throw new Error(`closed with ${this.closedWith.code} before ${type}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async closed(): Promise<{ readonly code: number; readonly reason: string }> {
    while (!this.closedWith) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.closedWith;
  }
}

/** A socket that has said hello and was welcomed. */
export async function openListener(
  own: HttpTestServer,
  session = 1,
  capabilities: readonly string[] = ["updates"],
): Promise<Listener> {
  const listener = new Listener(own.dial());
  await once(listener.socket, "open");
  listener.says({
    type: "hello",
    token: "ada",
    client: { name: "test", version: "1" },
    capabilities,
    instanceId: `i${Math.random()}`,
    session,
  });
  await listener.next("welcome");
  return listener;
}
