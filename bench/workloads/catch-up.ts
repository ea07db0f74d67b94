/** What it costs a client to catch up with everything, in time beyond decoding, and in memory. */
import type { CatchUpMeasured } from "../actors/catch-up.ts";
import type { Plan } from "../plan.ts";
import { measuredBy } from "../processes.ts";
import type { Result } from "../result.ts";
import { inTurn, valuesOf } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const catchUp: Workload = { name: "catch-up", run };

const UPDATES_EACH = 100;
const MEMORY = "memory store";
const SQLITE = "SQLite documents";
const KINDS: Readonly<Record<string, string>> = { [MEMORY]: "memory", [SQLITE]: "sqlite" };

async function run(plan: Plan): Promise<Result> {
  const buckets = plan.pick(1_000, 100);
  const measure = (kind: string, figure: "cpu" | "heap"): Promise<CatchUpMeasured> => {
    const nodeOptions = figure === "heap" ? ["--expose-gc"] : [];
    const args = [KINDS[kind] ?? "", String(buckets), String(UPDATES_EACH), figure];
    return measuredBy("catch-up", args, { nodeOptions });
  };
  const kinds = Object.keys(KINDS);
  const inTime = await inTurn(kinds, plan.rounds(5), (kind) => measure(kind, "cpu"));
  const inMemory = await inTurn(kinds, plan.rounds(3), (kind) => measure(kind, "heap"));
  const updates = (buckets * UPDATES_EACH).toLocaleString("en");
  const cost = { unit: "µs", isLessBetter: true } as const;
  const beyond = valuesOf(inTime, ({ cpuUs, decodingUs }) => cpuUs - decodingUs);
  return {
    workload: catchUp.name,
    title: `Catching up with ${updates} updates`,
    about: `A client that was never here opens ${buckets.toLocaleString("en")} buckets of ${UPDATES_EACH} updates; the frames are ready. CPU is its process's, an update, beyond decoding the same frames; memory is what is alive at most, beyond what was before. No other library here keeps such a state.`,
    figures: [
      { ...cost, name: "CPU an update, beyond decoding", values: beyond },
      { ...cost, name: "decoding alone", values: valuesOf(inTime, (one) => one.decodingUs) },
      {
        name: "alive",
        unit: "MB",
        isLessBetter: true,
        values: valuesOf(inMemory, (one) => one.heapMb),
      },
    ],
    bars: [
      { figure: "CPU an update, beyond decoding", of: "value", atMost: 3, peer: MEMORY },
      { figure: "CPU an update, beyond decoding", of: "value", atMost: 8, peer: SQLITE },
      // Four fetches of 256 KiB, and 20 MB.
      { figure: "alive", of: "value", atMost: 21, peer: MEMORY },
      { figure: "alive", of: "value", atMost: 21, peer: SQLITE },
    ],
  };
}
