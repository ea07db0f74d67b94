/** How soon one client, and five hundred, are back when their server was killed and restarted. */
import type { Plan } from "../plan.ts";
import type { Result } from "../result.ts";
import { restart } from "./restart.ts";
import type { Restarted } from "./restart.ts";
import { inTurn, together, TWO_CORES, valuesOf } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const recoveryOfOne: Workload = { name: "recovery", run: runOne };
export const recoveryOfMany: Workload = { name: "recovery-many", run: runMany };

const RECONNECT = ({ reconnects }: { readonly reconnects?: boolean }): boolean =>
  reconnects === true;

async function runOne(plan: Plan): Promise<Result> {
  const patienceSeconds = plan.pick(12, 6);
  const measured = await together(plan.peers(RECONNECT), plan.rounds(10), (peer) =>
    restart(peer, { clients: 1, patienceSeconds }),
  );
  return {
    workload: recoveryOfOne.name,
    title: "One client, its server killed and restarted",
    about:
      "SIGKILL; 500 ms later another process listens at the same port. From then until the client, left to itself, has an answer. The libraries are measured at the same time: they mostly wait.",
    figures: [
      {
        name: "back after",
        unit: "s",
        isLessBetter: true,
        isDrawn: true,
        values: valuesOf(measured, (one) => one.medianSeconds),
        patience: patienceSeconds,
        hasChart: true,
      },
    ],
    bars: [{ figure: "back after", of: "value", atMost: 0.3 }],
  };
}

async function runMany(plan: Plan): Promise<Result> {
  const clients = plan.pick(500, 100);
  const patienceSeconds = plan.pick(8, 5);
  const take = plan.pick(inTurn<Restarted>, together<Restarted>);
  const measured = await take(plan.peers(RECONNECT), plan.rounds(5), (peer) =>
    restart(peer, { clients, patienceSeconds, ...TWO_CORES }),
  );
  const back = { unit: "s", isLessBetter: true, patience: patienceSeconds } as const;
  const values = (figure: keyof Restarted): Record<string, number[]> =>
    valuesOf(measured, (one) => one[figure]);
  return {
    workload: recoveryOfMany.name,
    title: `${clients} clients, their server killed and restarted`,
    about:
      "As before. A dial is a TCP connection that the new server gets; the most within any 100 ms, as a share of all clients: the lower, the kinder to a server that has just started.",
    figures: [
      { ...back, name: "half are back after", values: values("medianSeconds") },
      { ...back, name: "99 % are back after", values: values("p99Seconds"), hasChart: true },
      {
        name: "dial within 100 ms",
        unit: "%",
        isLessBetter: true,
        values: values("dialsPercent"),
        hasChart: true,
      },
    ],
    bars: [
      { figure: "99 % are back after", of: "value", atMost: 0.9 },
      { figure: "dial within 100 ms", of: "value", atMost: 35 },
    ],
  };
}
