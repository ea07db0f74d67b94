/**
 * Measures what a long time offline costs: many transactions made in one go and sent when there is
 * a connection, and many open buckets whose connection breaks and comes back. Ten times as many
 * must not cost more than twice as much each; exits 1 when they do.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { OfflineMeasured } from "./offline-peer.ts";
import { firstLine, isSmoke, machine, measuredBy, median, report } from "./rounds.ts";
import { roundsOr, startPeer } from "./rounds.ts";

const rounds = roundsOr(5);
const GROWTH_MAX = 2;

interface Workload {
  readonly name: string;
  readonly role: "transact" | "reopen";
  readonly kind: "memory" | "sqlite";
  readonly counts: readonly [few: number, many: number];
}

const transactions = isSmoke ? ([100, 1_000] as const) : ([1_000, 10_000] as const);
const WORKLOADS: readonly Workload[] = [
  { name: "transactions, memory store", role: "transact", kind: "memory", counts: transactions },
  { name: "transactions, SQLite", role: "transact", kind: "sqlite", counts: transactions },
  { name: "open buckets", role: "reopen", kind: "memory", counts: [100, 1_000] },
];

const WORDS = {
  transact: { making: "made offline", draining: "sent and answered" },
  reopen: { making: "opened offline", draining: "after a reconnect" },
} as const;

console.log(`${machine}, ${rounds} rounds; µs each, and of processor time in brackets`);
for (const workload of WORKLOADS) await compare(workload);

async function compare(workload: Workload): Promise<void> {
  const all = new Map(workload.counts.map((count) => [count, [] as OfflineMeasured[]]));
  for (let round = 0; round < rounds; round++)
    for (const [count, measured] of all) measured.push(await measure(workload, count));
  const of = (count: number, figure: keyof OfflineMeasured): number =>
    median((all.get(count) ?? []).map((one) => one[figure]));
  const [few, many] = workload.counts;
  for (const act of ["making", "draining"] as const) {
    const figures = [few, many].map((count) => {
      const [wall, cpu] = [of(count, `${act}Us`), of(count, `${act}CpuUs`)];
      return `${count}: ${wall.toFixed(0)} (${cpu.toFixed(0)})`;
    });
    const growth = of(many, `${act}CpuUs`) / of(few, `${act}CpuUs`);
    const words = `${workload.name}, ${WORDS[workload.role][act]}: ${figures.join(", ")}`;
    report(`${words}, ratio ${growth.toFixed(2)} (bar ≤ ${GROWTH_MAX})`, growth <= GROWTH_MAX);
  }
}

async function measure({ role, kind }: Workload, count: number): Promise<OfflineMeasured> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const server = startPeer("durable-peer.ts", ["server", folder]);
  try {
    const url = await firstLine(server);
    return await measuredBy("offline-peer.ts", [role, kind, url, String(count)]);
  } finally {
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
