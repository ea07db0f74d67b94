/** One call after the other: how long each takes, on one core and on two. */
import type { CallLoopMeasured } from "../actors/call-loop.ts";
import type { Figure, Result } from "../result.ts";
import type { Plan } from "../plan.ts";
import { inTurn, ONE_CORE, TWO_CORES, valuesOf, withPair } from "./workload.ts";
import type { PairOptions, Workload } from "./workload.ts";

export const sequentialCalls: Workload = { name: "sequential", run };

async function run(plan: Plan): Promise<Result> {
  const figures: Figure[] = [];
  for (const [words, cores] of [
    ["one core", ONE_CORE],
    ["two cores", TWO_CORES],
  ] as const) {
    const measured = await inTurn(plan.peers(), plan.rounds(5), (peer) =>
      measure(peer, cores, plan.pick(0.8, 0.25)),
    );
    const common = { unit: "µs", isLessBetter: true } as const;
    figures.push(
      {
        ...common,
        name: `p50, ${words}`,
        values: valuesOf(measured, (one) => one.p50Us),
        hasChart: cores === ONE_CORE,
      },
      { ...common, name: `p99, ${words}`, values: valuesOf(measured, (one) => one.p99Us) },
    );
  }
  return {
    workload: sequentialCalls.name,
    title: "One call after the other",
    about:
      "A client asks, waits for the answer, and asks again: 78 characters there and back. Client and server are two processes, both kept on one core, then on a core each.",
    figures,
    bars: [{ figure: "p50, one core", of: "ratio", atMost: 1.3 }],
  };
}

function measure(peer: string, cores: PairOptions, seconds: number): Promise<CallLoopMeasured> {
  return withPair(peer, cores, async ({ client, url, peer: file }) => {
    await client.ask("connect", { peer: file, url, count: 1 });
    await client.ask("calls", { seconds: seconds / 2, inFlight: 1 });
    return client.ask<CallLoopMeasured>("calls", { seconds, inFlight: 1 });
  });
}
