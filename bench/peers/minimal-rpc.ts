/**
 * What one writes by hand in an afternoon: JSON calls by number over `ws`, answers by number, an
 * error where a handler threw, one deadline. No reconnect, no batching.
 */
import { createServer } from "node:http";

import { WebSocket, WebSocketServer } from "ws";

import { accountOf, listen } from "./listen.ts";
import { runMethod } from "./peer.ts";
import type { App, ConnectOptions, Peer, PeerClient, PeerServer, Update } from "./peer.ts";

export const peer: Peer = { serve, connect };

const TIMEOUT_MS = 15_000;

interface Asked {
  readonly id: number;
  readonly method: string;
  readonly input: unknown;
}
interface Said {
  readonly id?: number;
  readonly output?: unknown;
  readonly error?: string;
  readonly update?: Update;
}

async function serve(app: App, port: number): Promise<PeerServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  const subscribers = new Set<WebSocket>();
  sockets.on("connection", (socket, request) => {
    if (!accountOf(request.url, request.headers.authorization)) return socket.terminate();
    const answer = async ({ id, method, input }: Asked): Promise<void> => {
      try {
        if (method === "subscribe") subscribers.add(socket);
        const output = method === "subscribe" ? true : await runMethod(app, method, input);
        socket.send(JSON.stringify({ id, output }));
      } catch (error) {
        socket.send(JSON.stringify({ id, error: String(error) }));
      }
    };
    socket.on("message", (data: Buffer) => void answer(JSON.parse(data.toString()) as Asked));
    socket.on("close", () => subscribers.delete(socket));
    socket.on("error", () => socket.terminate());
  });
  return {
    port: await listen(http, port),
    publish(update) {
      const text = JSON.stringify({ update });
      for (const socket of subscribers) socket.send(text);
    },
  };
}

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

function connect({ url, account, onState }: ConnectOptions): PeerClient {
  const headers = { authorization: account };
  const socket = new WebSocket(url, { perMessageDeflate: false, headers });
  const opened = new Promise<void>((resolve) => socket.once("open", () => resolve()));
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let hear: (update: Update) => void = () => {};
  socket.on("message", (data: Buffer) => {
    const { id = 0, output, error, update } = JSON.parse(data.toString()) as Said;
    if (update) return hear(update);
    const { resolve, reject, timer } = waiting.get(id) ?? {};
    waiting.delete(id);
    clearTimeout(timer);
    if (error === undefined) resolve?.(output);
    else reject?.(new Error(error));
  });
  socket.on("open", () => onState?.(true));
  socket.on("close", () => {
    onState?.(false);
    for (const { reject } of waiting.values()) reject(new Error("closed"));
  });
  socket.on("error", () => socket.terminate());
  const ask = async (method: string, input: unknown): Promise<unknown> => {
    if (socket.readyState === WebSocket.CONNECTING) await opened;
    return new Promise((resolve, reject) => {
      const id = ++lastId;
      const timer = setTimeout(() => reject(new Error("timed out")), TIMEOUT_MS);
      waiting.set(id, { resolve, reject, timer });
      socket.send(JSON.stringify({ id, method, input }));
    });
  };
  return {
    call: async (method, input) => await ask(method, input),
    async subscribe(listener) {
      hear = listener;
      await ask("subscribe", null);
    },
    close: () => socket.terminate(),
  };
}
