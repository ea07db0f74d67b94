/** tRPC over its WebSocket link: calls are mutations, an update a subscription's next value. */
import { createServer } from "node:http";

import { createTRPCUntypedClient, createWSClient, wsLink } from "@trpc/client";
import { initTRPC, TRPCError } from "@trpc/server";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { WebSocket, WebSocketServer } from "ws";

import { listen } from "../listen.ts";
import { runMethod } from "../peer.ts";
import type { App, ConnectOptions, Method, Peer, PeerClient, PeerServer, Update } from "../peer.ts";
import { UpdateQueues } from "./update-queues.ts";

export const peer: Peer = { serve, connect };

const trpc = initTRPC.create();

function routerOf(app: App, queues: UpdateQueues) {
  const method = (name: Method) =>
    trpc.procedure
      .input((input: unknown) => input)
      .mutation(({ input }) => runMethod(app, name, input));
  return trpc.router({
    echo: method("echo"),
    publish: method("publish"),
    add: method("add"),
    updates: trpc.procedure.subscription(() => queues.open()),
  });
}
type Router = ReturnType<typeof routerOf>;

async function serve(app: App, port: number): Promise<PeerServer> {
  const http = createServer();
  const queues = new UpdateQueues();
  const wss = new WebSocketServer({ server: http, perMessageDeflate: false });
  applyWSSHandler({
    wss,
    router: routerOf(app, queues),
    createContext({ info }) {
      if (!info.connectionParams?.["token"]) throw new TRPCError({ code: "UNAUTHORIZED" });
      return {};
    },
  });
  return { port: await listen(http, port), publish: (update) => queues.push(update) };
}

function connect({ url, account, onState }: ConnectOptions): PeerClient {
  class Socket extends WebSocket {
    constructor(address: string) {
      super(address, { perMessageDeflate: false });
    }
  }
  const socket = createWSClient({
    url,
    WebSocket: Socket as unknown as typeof globalThis.WebSocket,
    connectionParams: { token: account },
    onOpen: () => onState?.(true),
    onClose: () => onState?.(false),
  });
  const client = createTRPCUntypedClient<Router>({ links: [wsLink({ client: socket })] });
  return {
    call: (method, input) => client.mutation(method, input),
    subscribe: (hear) =>
      new Promise((resolve, reject) => {
        client.subscription("updates", undefined, {
          onStarted: () => resolve(),
          onData: (update) => hear(update as Update),
          onError: reject,
        });
      }),
    close: () => void socket.close(),
  };
}
