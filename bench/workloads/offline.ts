/**
 * What a long time offline costs: many transactions made in one go and sent when there is a
 * connection, and many open buckets whose connection breaks and comes back. Ten times as many must
 * not cost more than twice as much each.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { OfflineMeasured } from "../actors/offline.ts";
import type { Plan } from "../plan.ts";
import { measuredBy, Script } from "../processes.ts";
import type { Bar, Figure, Result } from "../result.ts";
import { inTurn, valuesOf } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const offline: Workload = { name: "offline", isExtra: true, run };

const GROWTH_MAX = 2;

/** What the process is told to do. */
interface Spell {
  readonly role: "transact" | "reopen";
  readonly kind: "memory" | "sqlite";
}
const SPELLS: Readonly<Record<string, Spell>> = {
  "transactions, memory store": { role: "transact", kind: "memory" },
  "transactions, SQLite": { role: "transact", kind: "sqlite" },
  "open buckets": { role: "reopen", kind: "memory" },
};
const ACTS = { makingCpuUs: "CPU to make one", drainingCpuUs: "CPU to be done with one" } as const;

async function run(plan: Plan): Promise<Result> {
  const figures: Figure[] = [];
  const bars: Bar[] = [];
  for (const [name, spell] of Object.entries(SPELLS)) {
    const most = spell.role === "reopen" ? 1_000 : 10_000;
    const many = plan.pick(most, 1_000);
    const counts = [many / 10, many].map(String);
    const [few = ""] = counts;
    const measured = await inTurn(counts, plan.rounds(5), (count) => measure(spell, count));
    for (const [act, words] of Object.entries(ACTS) as [keyof typeof ACTS, string][]) {
      const figure = `${name}: ${words}`;
      const values = valuesOf(measured, (one) => one[act]);
      figures.push({ name: figure, unit: "µs", isLessBetter: true, baseline: few, values });
      bars.push({ figure, of: "ratio", atMost: GROWTH_MAX, peer: String(many) });
    }
  }
  return {
    workload: offline.name,
    title: "A long time offline",
    about: "How much more each of many costs than each of a tenth as many.",
    figures,
    bars,
  };
}

async function measure({ role, kind }: Spell, count: string): Promise<OfflineMeasured> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const server = new Script("durable", ["server", folder]);
  try {
    return await measuredBy("offline", [role, kind, await server.firstLine, count]);
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
