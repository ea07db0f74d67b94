/** A server is killed, and another listens at its port half a second later: who is back when. */
import type { Served } from "../actors/server.ts";
import type { WatchedEvent } from "../actors/watch.ts";
import { fileOf } from "../peers/peer-list.ts";
import { Actor } from "../processes.ts";
import type { StartOptions } from "../processes.ts";
import { median, quantile } from "../statistics.ts";
import { pause } from "./workload.ts";

export interface RestartOptions {
  readonly clients: number;
  readonly server?: StartOptions;
  readonly client?: StartOptions;
  /** How long those who are not back are waited for, in seconds. */
  readonly patienceSeconds: number;
}

export interface Restarted {
  /** Of the clients, in seconds from when the new server listens; Infinity: not within patience. */
  readonly medianSeconds: number;
  readonly p99Seconds: number;
  /** The most who dialled within 100 ms, as a share of the clients, in percent. */
  readonly dialsPercent: number;
}

const DOWN_MS = 500;
/** So that they are settled, and what came before the fall does not count against them. */
const SETTLE_MS = 1_500;
const BIN_MS = 100;

export async function restart(name: string, options: RestartOptions): Promise<Restarted> {
  const peer = fileOf(name);
  const first = new Actor("server", options.server);
  const second = new Actor("server", options.server);
  const client = new Actor("client", options.client);
  try {
    const { port } = await first.ask<Served>("serve", { peer });
    const url = `ws://127.0.0.1:${port}/`;
    await client.ask("connect", { peer, url, count: options.clients });
    await second.ask("load", { peer });
    await pause(SETTLE_MS);
    await client.ask("watch");
    await first.kill();
    await pause(DOWN_MS);
    const { at } = await second.ask<Served>("serve", { peer, port });
    const backAt = await whenBack(client, options);
    const dials = await second.ask<number[]>("dials");
    const seconds = backAt.map((back) => (back - at) / 1_000);
    return {
      medianSeconds: median(seconds),
      p99Seconds: quantile(seconds, 0.99),
      dialsPercent: (mostWithin(dials, BIN_MS) / options.clients) * 100,
    };
  } finally {
    await Promise.all([first, second, client].map((actor) => actor.kill()));
  }
}

/** Of each client, epoch ms, or Infinity. */
async function whenBack(client: Actor, options: RestartOptions): Promise<number[]> {
  const patientUntil = performance.now() + options.patienceSeconds * 1_000;
  const backAt = new Map<number, number>();
  while (backAt.size < options.clients && performance.now() < patientUntil) {
    await pause(100);
    for (const { type, client: index, at } of await client.ask<WatchedEvent[]>("watched"))
      if (type === "back" && !backAt.has(index)) backAt.set(index, at);
  }
  return Array.from({ length: options.clients }, (_, index) => backAt.get(index) ?? Infinity);
}

/** The most instants that lie within so many ms of each other. */
function mostWithin(instants: readonly number[], ms: number): number {
  const sorted = [...instants].sort((a, b) => a - b);
  let [most, from] = [0, 0];
  for (const [to, instant] of sorted.entries()) {
    while (instant - (sorted[from] ?? 0) > ms) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
