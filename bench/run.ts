/**
 * Measures Holdfast against what its users would pick instead: `npm run bench` takes all workloads
 * and writes docs/benchmarks.md; `-- --smoke` few and short rounds; `-- --only fan-out,idle`,
 * `--peers ws,holdfast` and `--rounds 3` a part, which is only printed. A bar that is missed is told
 * and does not fail the command; what breaks does.
 */
import { buildProcesses, installPeers } from "./build.ts";
import { machineText } from "./machine.ts";
import { PEERS } from "./peers/peer-list.ts";
import { Plan } from "./plan.ts";
import { printResult } from "./report/console.ts";
import type { Result } from "./result.ts";
import { WORKLOADS } from "./workloads/workload-list.ts";

const plan = new Plan(process.argv.slice(2));
const unknown = plan.only.filter((name) => !WORKLOADS.some((workload) => workload.name === name));
if (unknown.length > 0) throw new Error(`no workload is called ${unknown.join(", ")}`);

installPeers();
await buildProcesses(PEERS.map(({ file }) => file));
console.log(machineText());
const begun = performance.now();
const results: Result[] = [];
for (const workload of WORKLOADS) {
  if (plan.only.length > 0 && !plan.only.includes(workload.name)) continue;
  const before = performance.now();
  const result = await workload.run(plan);
  results.push(result);
  printResult(result);
  console.log(`  (${((performance.now() - before) / 1_000).toFixed(0)} s)`);
}
console.log(`\n${((performance.now() - begun) / 1_000).toFixed(0)} s in all`);
process.exit(0);
