/**
 * partysocket: a WebSocket that connects again, and nothing else. Its server is the raw one, and
 * what goes over the wire is, too; answers come in the order of the questions.
 */
import { WebSocket as ReconnectingWebSocket } from "partysocket";
import { WebSocket } from "ws";

import type { ConnectOptions, Peer, PeerClient, Update } from "../peer.ts";
import { peer as raw } from "../ws.ts";

export const peer: Peer = { serve: (app, port) => raw.serve(app, port), connect };

interface Said {
  readonly update?: Update;
  readonly input?: unknown;
  readonly output?: unknown;
}
interface Waiting {
  readonly resolve: (said: Said) => void;
  readonly reject: (error: Error) => void;
}

function connect({ url, account, onState }: ConnectOptions): PeerClient {
  class Socket extends WebSocket {
    constructor(address: string) {
      super(address, { perMessageDeflate: false });
    }
  }
  const socket = new ReconnectingWebSocket(`${url}?token=${account}`, [], { WebSocket: Socket });
  let waiting: Waiting[] = [];
  let hear: (update: Update) => void = () => {};
  socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
    const said = JSON.parse(data) as Said;
    if (said.update) hear(said.update);
    else waiting.shift()?.resolve(said);
  });
  socket.addEventListener("open", () => onState?.(true));
  socket.addEventListener("close", () => {
    const lost = waiting;
    waiting = [];
    for (const { reject } of lost) reject(new Error("closed"));
    onState?.(false);
  });
  const ask = (text: string): Promise<Said> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      socket.send(text);
    });
  let lastId = 0;
  return {
    call: async (method, input) => {
      const said = await ask(JSON.stringify({ id: ++lastId, method, input }));
      return said.output ?? said.input;
    },
    async subscribe(listener) {
      hear = listener;
      await ask("subscribe");
    },
    close: () => socket.close(),
  };
}
