/** Durable calls end to end, beside bare inserts of the same rows into the same database. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { DurableMeasured } from "../actors/durable.ts";
import type { Plan } from "../plan.ts";
import { measuredBy, Script } from "../processes.ts";
import type { Result } from "../result.ts";
import { inTurn, valuesOf } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const durableCalls: Workload = { name: "durable", run };

const BARE = "bare inserts";
/** What the process of the client is told to do. */
const ROLES: Readonly<Record<string, string>> = {
  [BARE]: "bare",
  "keyed calls": "ask",
  transactions: "transact",
};

async function run(plan: Plan): Promise<Result> {
  const measured = await inTurn(Object.keys(ROLES), plan.rounds(5), (kind) =>
    measure(ROLES[kind] ?? "", plan.pick(2, 0.5)),
  );
  const cost = { unit: "µs", isLessBetter: true } as const;
  return {
    workload: durableCalls.name,
    title: "Durable calls",
    about:
      "64 in flight, each stored once in SQLite with its key and its effect, and synced to the disk before it is answered. Bare inserts write the same rows, 64 to a transaction, with no server around them. Transactions are kept by the client, too, in memory.",
    figures: [
      {
        name: "calls",
        unit: "/s",
        isLessBetter: false,
        baseline: BARE,
        values: valuesOf(measured, (one) => one.callsPerSecond),
        hasChart: true,
      },
      { ...cost, name: "CPU of this side", values: valuesOf(measured, (one) => one.cpuUs) },
      { ...cost, name: "CPU of the server", values: valuesOf(measured, (one) => one.serverCpuUs) },
    ],
    bars: [
      { figure: "calls", of: "ratio", atLeast: 0.5, peer: "keyed calls" },
      { figure: "calls", of: "ratio", atLeast: 0.5, peer: "transactions" },
    ],
  };
}

async function measure(role: string, seconds: number): Promise<DurableMeasured> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const server = role === "bare" ? undefined : new Script("durable", ["server", folder]);
  try {
    const target = server ? await server.firstLine : folder;
    return await measuredBy("durable", [role, target, String(seconds)]);
  } finally {
    server?.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
