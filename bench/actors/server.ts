/** The process of a server: serves the application by one library, and tells what it costs. */
import { subscribe } from "node:diagnostics_channel";

import type { App, PeerModule, PeerServer } from "../peers/peer.ts";
import { answerCommands, cpuUs, loadPeer, memory } from "./actor.ts";

export interface ServeInput {
  readonly peer: string;
  /** Default: any that is free. */
  readonly port?: number;
}

export interface Served {
  readonly port: number;
  /** When it began to listen, epoch ms. */
  readonly at: number;
}

let server: PeerServer | undefined;
let loaded: PeerModule | undefined;
/** When somebody dialled, epoch ms. */
const dials: number[] = [];
/** How often each number was added. */
const added = new Map<number, number>();

const app: App = {
  echo: (input) => input,
  publish(update) {
    server?.publish(update);
    return { isPublished: true };
  },
  add({ id }) {
    added.set(id, (added.get(id) ?? 0) + 1);
    return { isAdded: true };
  },
};

subscribe("net.server.socket", () => void dials.push(now()));

answerCommands({
  /** Reads the code, so that it can listen at once later. */
  async load({ peer }: ServeInput) {
    loaded = await loadPeer<PeerModule>(peer);
  },
  async serve({ peer, port = 0 }: ServeInput): Promise<Served> {
    loaded ??= await loadPeer<PeerModule>(peer);
    server = await loaded.peer.serve(app, port);
    return { port: server.port, at: now() };
  },
  cpuUs,
  memory,
  dials: () => dials,
  added: () => [...added],
});

function now(): number {
  return performance.timeOrigin + performance.now();
}
