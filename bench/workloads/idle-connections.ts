/** Connections on which nothing happens: what each costs the server in memory. */
import type { Memory } from "../actors/actor.ts";
import type { Plan } from "../plan.ts";
import type { Figure, Result } from "../result.ts";
import { inTurn, TWO_CORES, valuesOf, withPair } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const idleConnections: Workload = { name: "idle", run };

/** Until what the handshakes left behind has been worked off, in ms. */
const SETTLE_MS = 500;

async function run(plan: Plan): Promise<Result> {
  const few = plan.pick(5_000, 500);
  const many = plan.pick(10_000, 1_000);
  const peers = plan.peers(({ hasServer }) => hasServer === true);
  const atFew = await inTurn(peers, plan.rounds(5), (peer) => measure(peer, few));
  const atMany = await inTurn(peers, plan.pick(1, 0), (peer) => measure(peer, many));
  const figures = [
    ...figuresOf(few, atFew),
    ...(plan.isSmoke ? [] : figuresOf(many, atMany)).map((figure) => ({
      ...figure,
      hasChart: false,
    })),
  ];
  return {
    workload: idleConnections.name,
    title: "Idle connections",
    about:
      "The server's memory with so many connected clients, each of whom made one call, less its memory with one, divided by their number; after full collections. RSS is what the system gave, and what a server is paid for; heap is what of it is alive in JavaScript, buffers included.",
    figures,
    bars: [{ figure: `RSS, ${few}`, of: "ratio", atMost: 1.3 }],
  };
}

function figuresOf(count: number, measured: Readonly<Record<string, readonly Memory[]>>): Figure[] {
  const common = { unit: "B", isLessBetter: true } as const;
  return [
    {
      ...common,
      name: `RSS, ${count}`,
      values: valuesOf(measured, (one) => one.rss),
      hasChart: true,
    },
    { ...common, name: `heap, ${count}`, values: valuesOf(measured, (one) => one.heap) },
  ];
}

/** Of each connection. */
function measure(peer: string, count: number): Promise<Memory> {
  const options = { ...TWO_CORES, server: { core: "0", nodeOptions: ["--expose-gc"] } };
  return withPair(peer, options, async ({ server, client, url, peer: file }) => {
    await client.ask("connect", { peer: file, url, count: 1 });
    const before = await server.ask<Memory>("memory");
    await client.ask("connect", { peer: file, url, count: count - 1 });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const after = await server.ask<Memory>("memory");
    const each = (figure: keyof Memory): number => (after[figure] - before[figure]) / (count - 1);
    return { heap: each("heap"), rss: each("rss") };
  });
}
