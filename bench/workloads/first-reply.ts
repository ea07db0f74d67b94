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
  return {
    workload: firstReply.name,
    title: "From nothing to the first answer",
    about:
      "A client is made, connects, says who it is in its library's own way, and has its first answer; then it is closed, and the next one is made.",
    figures: [
      {
        ...common,
        name: "median",
        values: valuesOf(measured, (one) => one.median),
        hasChart: true,
      },
      { ...common, name: "p95", values: valuesOf(measured, (one) => one.p95) },
    ],
    bars: [{ figure: "median", of: "ratio", atMost: 1.3 }],
  };
}

function measure(peer: string, seconds: number): Promise<{ median: number; p95: number }> {
  return withPair(peer, TWO_CORES, async ({ client, url, peer: file }) => {
    await client.ask("firstReplies", { peer: file, url, seconds: seconds / 2 });
    const took = await client.ask<number[]>("firstReplies", { peer: file, url, seconds });
    return { median: median(took), p95: quantile(took, 0.95) };
  });
}
