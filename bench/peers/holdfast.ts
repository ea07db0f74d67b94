/**
 * Holdfast with its defaults: plain clients, deadlines on, no validator; a durable client where a
 * call must happen once.
 */
import { createServer } from "node:http";

import { Cell, RealtimeClient, waitFor } from "@holdfast/client";
import { defineTransaction, DurableClient } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";
import { nodePlatform } from "@holdfast/client/node";
import { bucket, call, defineContract } from "@holdfast/protocol";
import { RealtimeServer, refuse } from "@holdfast/server";
import { attach } from "@holdfast/server/use/ws";
import { WebSocket } from "ws";

import { listen } from "./listen.ts";
import type { App, ConnectOptions, Method, Peer, PeerClient, PeerServer, Update } from "./peer.ts";

export const peer: Peer = { serve, connect };

const contract = defineContract({
  calls: {
    echo: call<{ text: string }, { text: string }>(),
    publish: call<Update, { isPublished: true }>(),
    add: call<{ id: number }, { isAdded: true }>(),
  },
  buckets: { feed: bucket<Update>() },
});
const add = defineTransaction(contract, "add");
const FEED = "feed:all";

async function serve(app: App, port: number): Promise<PeerServer> {
  const http = createServer();
  const server = new RealtimeServer({
    contract,
    authenticate: ({ token }) =>
      token ? { account: token } : refuse({ action: "stop", code: "noToken" }),
    handlers: {
      echo: (input) => app.echo(input),
      publish: (input) => app.publish(input),
      // One commit: the effect and its key.
      add: (input, { commit }) => commit(() => app.add(input)),
    },
    buckets: { feed: { authorize: () => true } },
  });
  attach(http, server, { path: "/" });
  return {
    port: await listen(http, port),
    publish: (update) => void server.publish(FEED, update),
  };
}

function connect(options: ConnectOptions): PeerClient {
  const { url, account, onState, isDurable = false } = options;
  const parts = {
    url,
    contract,
    platform: nodePlatform({ WebSocket }),
    credentials: { identity: new Cell<string | null>(account), token: async () => account },
  };
  const durable = isDurable
    ? new DurableClient({ ...parts, store: memoryStore(), transactions: [add] })
    : undefined;
  const client = durable ?? new RealtimeClient(parts);
  if (onState) {
    let wasOpen = false;
    client.connection.subscribe(({ state }) => {
      const isOpen = state === "open";
      if (isOpen !== wasOpen) onState((wasOpen = isOpen));
    });
  }
  client.start();
  const ask = client as { call(method: Method, input: unknown): Promise<unknown> };
  return {
    call: (method, input) =>
      durable && method === "add"
        ? durable.transact(add, input as { id: number }).result
        : ask.call(method, input),
    async subscribe(hear) {
      const isLive = new Cell(false);
      client.subscribe(
        FEED,
        ({ data }) => hear(data),
        ({ phase }) => isLive.set(phase === "live"),
      );
      await waitFor(isLive, (live) => live);
    },
    close: () => client.close(),
  };
}
