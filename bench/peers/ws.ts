/**
 * Raw `ws`, as a measure of the others: one frame for each message, an answer for each question in
 * its order, one ready-made string to each subscriber, and nothing for the day when it breaks.
 */
import { createServer } from "node:http";

import { WebSocket, WebSocketServer } from "ws";

import { accountOf, listen } from "./listen.ts";
import { runMethod } from "./peer.ts";
import type { App, ConnectOptions, Peer, PeerClient, PeerServer, Update } from "./peer.ts";

export const peer: Peer = { serve, connect };

interface Asked {
  readonly method: string;
  readonly input: unknown;
}

async function serve(app: App, port: number): Promise<PeerServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const subscribers = new Set<WebSocket>();
  http.on("upgrade", (request, socket, head) => {
    if (!accountOf(request.url, request.headers.authorization)) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on("message", (data: Buffer) => {
        const text = data.toString();
        // The least that an answer can cost.
        if (text.includes('"method":"echo"')) return opened.send(text);
        if (text === "subscribe") return opened.send("{}", () => subscribers.add(opened));
        const { method, input } = JSON.parse(text) as Asked;
        opened.send(JSON.stringify({ output: runMethod(app, method, input) }));
      });
      opened.on("error", () => opened.terminate());
      opened.on("close", () => subscribers.delete(opened));
    });
  });
  return {
    port: await listen(http, port),
    publish(update) {
      const text = JSON.stringify({ update });
      for (const socket of subscribers) socket.send(text);
    },
  };
}

interface Said {
  readonly update?: Update;
  readonly input?: unknown;
  readonly output?: unknown;
}

function connect({ url, account, onState }: ConnectOptions): PeerClient {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    headers: { authorization: account },
  });
  const waiting: ((answer: unknown) => void)[] = [];
  let hear: (update: Update) => void = () => {};
  socket.on("message", (data: Buffer) => {
    const { update, output, input } = JSON.parse(data.toString()) as Said;
    if (update) hear(update);
    else waiting.shift()?.(output ?? input);
  });
  socket.on("open", () => onState?.(true));
  socket.on("close", () => onState?.(false));
  socket.on("error", () => socket.terminate());
  let lastId = 0;
  const ask = (text: string): Promise<unknown> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (socket.readyState === WebSocket.CONNECTING) socket.once("open", () => socket.send(text));
      else socket.send(text);
    });
  return {
    call: (method, input) => ask(JSON.stringify({ id: ++lastId, method, input })),
    async subscribe(listener) {
      hear = listener;
      await ask("subscribe");
    },
    close: () => socket.terminate(),
  };
}
