/**
 * socket.io over WebSockets alone, without the polling that it begins with by default: a call is
 * an event with an acknowledgement and a timeout; an update goes to a room.
 */
import { createServer } from "node:http";

import { Server } from "socket.io";
import { io } from "socket.io-client";

import { listen } from "../listen.ts";
import { runMethod } from "../peer.ts";
import type { App, ConnectOptions, Peer, PeerClient, PeerServer, Update } from "../peer.ts";

export const peer: Peer = { serve, connect };

const TIMEOUT_MS = 15_000;
const FEED = "feed";

async function serve(app: App, port: number): Promise<PeerServer> {
  const http = createServer();
  const server = new Server(http, { transports: ["websocket"] });
  server.use((socket, next) => {
    const { token } = socket.handshake.auth as { readonly token?: string };
    next(token ? undefined : new Error("no token"));
  });
  server.on("connection", (socket) => {
    socket.on("call", (method: string, input: unknown, answer: (output: unknown) => void) =>
      answer(runMethod(app, method, input)),
    );
    socket.on("subscribe", async (answer: () => void) => {
      await socket.join(FEED);
      answer();
    });
  });
  return {
    port: await listen(http, port),
    publish: (update) => void server.to(FEED).emit("update", update),
  };
}

function connect({ url, account, onState, isDurable = false }: ConnectOptions): PeerClient {
  const socket = io(url, {
    transports: ["websocket"],
    forceNew: true,
    auth: { token: account },
    // What its documentation has for delivery that is guaranteed: sent again until acknowledged.
    ...(isDurable && { retries: 1_000, ackTimeout: 1_000 }),
  });
  socket.on("connect", () => onState?.(true));
  socket.on("disconnect", () => onState?.(false));
  return {
    call: async (method, input) => {
      const caller = isDurable ? socket : socket.timeout(TIMEOUT_MS);
      return await caller.emitWithAck("call", method, input);
    },
    async subscribe(hear) {
      socket.on("update", (update: Update) => hear(update));
      await socket.emitWithAck("subscribe");
    },
    close: () => void socket.close(),
  };
}
