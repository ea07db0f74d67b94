/** 64 calls under way at once: how many get through, and what each costs both sides. */
import type { CallLoopMeasured } from "../actors/call-loop.ts";
import type { Plan } from "../plan.ts";
import type { Result } from "../result.ts";
import { inTurn, TWO_CORES, valuesOf, withPair } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const callsInFlight: Workload = { name: "in-flight", run };

const IN_FLIGHT = 64;

interface Measured extends CallLoopMeasured {
  readonly serverCpuUs: number;
}

async function run(plan: Plan): Promise<Result> {
  const measured = await inTurn(plan.peers(), plan.rounds(5), (peer) =>
    measure(peer, plan.pick(1, 0.3)),
  );
  const cost = { unit: "µs", isLessBetter: true } as const;
  return {
    workload: callsInFlight.name,
    title: "64 calls in flight",
    about:
      "One client keeps 64 calls under way; a core for each process. CPU is user and system time of the whole process, divided by the calls.",
    figures: [
      {
        name: "calls",
        unit: "/s",
        isLessBetter: false,
        values: valuesOf(measured, (one) => one.callsPerSecond),
        hasChart: true,
      },
      { ...cost, name: "client CPU per call", values: valuesOf(measured, (one) => one.cpuUs) },
      {
        ...cost,
        name: "server CPU per call",
        values: valuesOf(measured, (one) => one.serverCpuUs),
      },
    ],
    bars: [
      { figure: "calls", of: "ratio", atLeast: 1.6 },
      { figure: "client CPU per call", of: "ratio", atMost: 0.5 },
      { figure: "server CPU per call", of: "ratio", atMost: 0.5 },
    ],
  };
}

function measure(peer: string, seconds: number): Promise<Measured> {
  return withPair(peer, TWO_CORES, async ({ server, client, url, peer: file }) => {
    await client.ask("connect", { peer: file, url, count: 1 });
    await client.ask("calls", { seconds: seconds / 2, inFlight: IN_FLIGHT });
    const before = await server.ask<number>("cpuUs");
    const measured = await client.ask<CallLoopMeasured>("calls", { seconds, inFlight: IN_FLIGHT });
    const spentUs = (await server.ask<number>("cpuUs")) - before;
    return { ...measured, serverCpuUs: spentUs / measured.calls };
  });
}
