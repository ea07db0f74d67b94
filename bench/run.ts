/**
 * Measures Holdfast against what its users would pick instead: `npm run bench` takes all workloads
 * and writes docs/benchmarks.md; `-- --smoke` takes few and short rounds; `-- --only fan-out,idle`,
 * `--peers ws,holdfast` and `--rounds 3` take a part, which is only printed. A missed bar is told,
 * and does not fail the command; what breaks does.
 */
import { buildProcesses, installedVersion, installPeers } from "./build.ts";
import { loadBefore, machineText } from "./machine.ts";
import { PEERS } from "./peers/peer-list.ts";
import { Plan, USAGE } from "./plan.ts";
import { profileInto } from "./processes.ts";
import { printResult } from "./report/console.ts";
import { writeReport } from "./report/write-report.ts";
import type { Result } from "./result.ts";
import { WORKLOADS } from "./workloads/workload-list.ts";

const plan = new Plan(process.argv.slice(2));
if (plan.isHelp) {
  console.log(USAGE);
  process.exit();
}
const unknown = plan.only.filter((name) => !WORKLOADS.some((workload) => workload.name === name));
if (unknown.length > 0) throw new Error(`no workload is called ${unknown.join(", ")}`);

profileInto(plan.profile);
installPeers();
await buildProcesses(PEERS.map(({ file }) => file));
console.log(machineText());
const load = loadBefore();
const begun = performance.now();
const results: Result[] = [];
for (const workload of WORKLOADS) {
  const isAsked = plan.only.includes(workload.name);
  if (plan.only.length > 0 ? !isAsked : workload.isExtra) continue;
  const before = performance.now();
  try {
    const result = await workload.run(plan);
    results.push(result);
    printResult(result);
  } catch (error) {
    // The others are measured all the same.
    console.error(`${workload.name} broke:`, error);
    process.exitCode = 1;
  }
  console.log(`  (${((performance.now() - before) / 1_000).toFixed(0)} s)`);
}
console.log(`\n${((performance.now() - begun) / 1_000).toFixed(0)} s in all`);
if (plan.out !== undefined)
  writeReport(plan.out, results, {
    machine: machineText(),
    date: new Date().toISOString().slice(0, 10),
    versions: ["holdfast 0.1.0", ...versions()],
    isSmoke: plan.isSmoke,
    loadBefore: load,
  });
process.exit();

function versions(): string[] {
  return PEERS.flatMap(({ package: name }) => (name ? [`${name} ${installedVersion(name)}`] : []));
}
