/** From nothing to the first answer: dial, say who one is, ask. */
import { median, quantile } from "../statistics.ts";
import type { Plan } from "../plan.ts";
import type { Result } from "../result.ts";
import { inTurn, TWO_CORES, valuesOf, withPair } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const firstReply: Workload = { name: "connect", run };

async function run(plan: Plan): Promise<Result> {
  const measured = await inTurn(plan.peers(), plan.rounds(5), (peer) =>
    measure(peer, plan.pick(1, 0.3)),
  );
  const common = { unit: "ms", isLessBetter: true } as const;
  const cost = { unit: "µs", isLessBetter: true } as const;
  return {
    workload: firstReply.name,
    title: "From nothing to the first answer",
    about:
      "A client is made, connects, says who it is in its library's own way, and has its first answer; then it is closed, and the next one is made. CPU is of making and closing one.",
    figures: [
      {
        ...common,
        name: "median",
        values: valuesOf(measured, (one) => one.median),
        hasChart: true,
      },
      { ...common, name: "p95", values: valuesOf(measured, (one) => one.p95) },
      { ...cost, name: "client CPU", values: valuesOf(measured, (one) => one.clientCpuUs) },
      { ...cost, name: "server CPU", values: valuesOf(measured, (one) => one.serverCpuUs) },
    ],
    bars: [{ figure: "median", of: "ratio", atMost: 1.3 }],
  };
}

interface Measured {
  readonly median: number;
  readonly p95: number;
  readonly clientCpuUs: number;
  readonly serverCpuUs: number;
}

function measure(peer: string, seconds: number): Promise<Measured> {
  return withPair(peer, TWO_CORES, async ({ server, client, url, peer: file }) => {
    await client.ask("firstReplies", { peer: file, url, seconds: seconds / 2 });
    const spent = (): Promise<number[]> =>
      Promise.all([client, server].map((actor) => actor.ask<number>("cpuUs")));
    const before = await spent();
    const took = await client.ask<number[]>("firstReplies", { peer: file, url, seconds });
    const [clientCpuUs = 0, serverCpuUs = 0] = (await spent()).map(
      (us, index) => (us - (before[index] ?? 0)) / took.length,
    );
    return { median: median(took), p95: quantile(took, 0.95), clientCpuUs, serverCpuUs };
  });
}
