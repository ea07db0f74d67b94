/** What a workload is, and how libraries take turns in it. */
import type { Plan } from "../plan.ts";
import { Actor } from "../processes.ts";
import type { StartOptions } from "../processes.ts";
import { fileOf } from "../peers/peer-list.ts";
import type { Served } from "../actors/server.ts";
import type { Result } from "../result.ts";

export interface Workload {
  /** For `--only`. */
  readonly name: string;
  /** Runs only when it is asked for by name. */
  readonly isExtra?: boolean;
  run(plan: Plan): Promise<Result>;
}

/** A library's server and the process of its clients. */
export interface Pair {
  readonly server: Actor;
  readonly client: Actor;
  readonly url: string;
  /** The file of the library, as actors ask for it. */
  readonly peer: string;
}

export interface PairOptions {
  readonly server?: StartOptions;
  readonly client?: StartOptions;
}

/** Both processes on cores of their own, where there are two. */
export const TWO_CORES: PairOptions = { server: { core: "0" }, client: { core: "1" } };
export const ONE_CORE: PairOptions = { server: { core: "0" }, client: { core: "0" } };

/** Fresh processes for one measurement, ended after it. */
export async function withPair<Measured>(
  name: string,
  options: PairOptions,
  measure: (pair: Pair) => Promise<Measured>,
): Promise<Measured> {
  const peer = fileOf(name);
  const server = new Actor("server", options.server);
  const client = new Actor("client", options.client);
  try {
    const { port } = await server.ask<Served>("serve", { peer });
    return await measure({ server, client, url: `ws://127.0.0.1:${port}/`, peer });
  } finally {
    await client.kill();
    await server.kill();
  }
}

/** A B C A B C …; what each library measured, by round. A failure names the library. */
export async function inTurn<Measured>(
  peers: readonly string[],
  rounds: number,
  measure: (peer: string, round: number) => Promise<Measured>,
): Promise<Record<string, Measured[]>> {
  const measured: Record<string, Measured[]> = Object.fromEntries(peers.map((peer) => [peer, []]));
  for (let round = 0; round < rounds; round++)
    for (const peer of peers) {
      try {
        measured[peer]?.push(await measure(peer, round));
      } catch (error) {
        throw new Error(`${peer}, round ${round + 1}`, { cause: error });
      }
    }
  return measured;
}

/** One figure of what was measured, by library and round. */
export function valuesOf<Measured>(
  measured: Readonly<Record<string, readonly Measured[]>>,
  figure: (one: Measured) => number,
): Record<string, number[]> {
  const entries = Object.entries(measured).map(([peer, all]) => [peer, all.map(figure)] as const);
  return Object.fromEntries(entries);
}

/** As `inTurn`, with all libraries of a round at the same time: for what mostly waits. */
export async function together<Measured>(
  peers: readonly string[],
  rounds: number,
  measure: (peer: string, round: number) => Promise<Measured>,
): Promise<Record<string, Measured[]>> {
  const measured: Record<string, Measured[]> = Object.fromEntries(peers.map((peer) => [peer, []]));
  for (let round = 0; round < rounds; round++)
    await Promise.all(
      peers.map(async (peer) => void measured[peer]?.push(await measure(peer, round))),
    );
  return measured;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
