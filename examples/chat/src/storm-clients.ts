/**
 * The thread in which a storm's clients live: ordinary clients, each with an account of its own,
 * that tell every 50 ms how many of them are connected.
 */
import { parentPort, workerData } from "node:worker_threads";

import { Cell, RealtimeClient } from "@holdfast/client";
import { nodePlatform } from "@holdfast/client/node";
import { WebSocket } from "ws";

/** What the thread is given. */
export interface StormOrder {
  readonly url: string;
  readonly clients: readonly { readonly account: string; readonly token: string }[];
}

/** What it tells. `at`: epoch milliseconds. */
export interface StormSample {
  readonly at: number;
  readonly connected: number;
}

const SAMPLE_MS = 50;
/** So many dial at once while they gather: the storm comes later. */
const GATHER_AT_ONCE = 50;

const { url, clients } = workerData as StormOrder;
const connected = new Set<string>();
const waiting = clients.map(({ account, token }) => {
  const client = new RealtimeClient({
    url: `${url}?client=${account}`,
    credentials: {
      identity: new Cell<string | null>(account),
      token: async () => await Promise.resolve(token),
    },
    platform: nodePlatform({ WebSocket }),
    traceEntriesMax: 0,
  });
  client.state.subscribe((state) => {
    if (state === "connected") connected.add(account);
    else connected.delete(account);
  });
  return client;
});

setInterval(() => {
  for (const client of waiting.splice(0, GATHER_AT_ONCE)) client.start();
  const sample: StormSample = { at: Date.now(), connected: connected.size };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread has none.
  parentPort?.postMessage(sample);
}, SAMPLE_MS);
