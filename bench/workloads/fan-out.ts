/** One update to a thousand subscribers: how many deliveries a second, how late, at what cost. */
import type { FloodMeasured, PacedMeasured } from "../actors/feed.ts";
import type { Plan } from "../plan.ts";
import type { Result } from "../result.ts";
import { inTurn, TWO_CORES, valuesOf, withPair } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const fanOut: Workload = { name: "fan-out", run };

/** Publishes that are heard by some and not yet by all. */
const OUTSTANDING = 4;
/** So rarely that none waits for another. */
const PACE_MS = 50;

interface Measured extends FloodMeasured, PacedMeasured {
  readonly serverCpuUs: number;
}

async function run(plan: Plan): Promise<Result> {
  const subscribers = plan.pick(1_000, 200);
  const peers = plan.peers(({ hasServer }) => hasServer === true);
  const measured = await inTurn(peers, plan.rounds(5), (peer) =>
    measure(peer, subscribers, plan.pick(1.5, 0.4), plan.pick(30, 5)),
  );
  const late = { unit: "ms", isLessBetter: true } as const;
  return {
    workload: fanOut.name,
    title: `From one to ${subscribers.toLocaleString("en")}`,
    about: `${subscribers.toLocaleString("en")} clients in one process hear what one of them publishes, ${OUTSTANDING} publishes outstanding; then single publishes ${PACE_MS} ms apart. Raw ws sends one ready-made string to each socket in a loop.`,
    figures: [
      {
        name: "deliveries",
        unit: "/s",
        isLessBetter: false,
        values: valuesOf(measured, (one) => one.deliveriesPerSecond),
        hasChart: true,
      },
      {
        name: "server CPU per delivery",
        unit: "µs",
        isLessBetter: true,
        values: valuesOf(measured, (one) => one.serverCpuUs),
      },
      { ...late, name: "paced p50", values: valuesOf(measured, (one) => one.p50Ms) },
      { ...late, name: "paced p99", values: valuesOf(measured, (one) => one.p99Ms) },
    ],
    bars: [
      { figure: "deliveries", of: "ratio", atLeast: 1.5 },
      { figure: "server CPU per delivery", of: "ratio", atMost: 0.4 },
      { figure: "paced p99", of: "ratio", atMost: 1.2 },
    ],
  };
}

function measure(
  peer: string,
  subscribers: number,
  seconds: number,
  publishes: number,
): Promise<Measured> {
  return withPair(peer, TWO_CORES, async ({ server, client, url, peer: file }) => {
    await client.ask("connect", { peer: file, url, count: subscribers });
    await client.ask("subscribe");
    await client.ask("flood", { seconds: seconds / 2, outstanding: OUTSTANDING });
    const before = await server.ask<number>("cpuUs");
    const flood = await client.ask<FloodMeasured>("flood", { seconds, outstanding: OUTSTANDING });
    const spentUs = (await server.ask<number>("cpuUs")) - before;
    const paced = await client.ask<PacedMeasured>("paced", { count: publishes, everyMs: PACE_MS });
    return { ...flood, ...paced, serverCpuUs: spentUs / flood.deliveries };
  });
}
