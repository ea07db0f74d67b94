/**
 * Are the proofs able to fail? Plants each fault of the catalogue in the sources, one at a time and
 * in memory only, runs the tests that must notice, and says which did and how soon. `--write` makes
 * the table of docs/planted-faults.md anew.
 *
 * `npm run plant` plants all, `npm run plant -- floor` only those whose name or path holds the
 * word.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { MutationProcess } from "./mutation-process.ts";
import type { MutationAnswer } from "./mutation-runner.ts";
import { catalogue } from "./planted-faults/catalogue.ts";
import { faultsPage, faultsPath, type Caught } from "./planted-faults/faults-page.ts";
import { planted, type PlantedFault } from "./planted-faults/planted-fault.ts";
import { root } from "./project-files.ts";

const { values, positionals } = parseArgs({
  options: { write: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [word = ""] = positionals;

const faults = catalogue
  .flatMap(([, ofPart]) => ofPart)
  .filter(({ what, path }) => what.includes(word) || path.includes(word));

/** Faults that the same tests speak for share a process, which has them loaded. */
function byTests(): Map<string, PlantedFault[]> {
  const groups = new Map<string, PlantedFault[]>();
  for (const fault of faults) {
    const key = fault.tests.join(" ");
    groups.set(key, [...(groups.get(key) ?? []), fault]);
  }
  return groups;
}

async function tryOne(tests: MutationProcess, fault: PlantedFault): Promise<MutationAnswer | null> {
  const url = new URL(fault.path, root);
  const text = planted(fault, readFileSync(url, "utf8"));
  return await tests.ask({ path: fileURLToPath(url), text });
}

/** What the answer says of a fault; undefined where no test noticed. */
function caughtBy(answer: MutationAnswer | null): Caught | undefined {
  // The page must be the same for the same catch: an endless loop has no number.
  if (!answer) return { by: "the tests do not end", file: "", runs: 0, ms: 0 };
  const { by = "", file, runs = 0, ms } = answer;
  return file === undefined ? undefined : { by, file, runs, ms: Math.round(ms) };
}

const caught = new Map<PlantedFault, Caught>();
const missed: string[] = [];
for (const [key, group] of byTests()) {
  const tests = new MutationProcess(key.split(" "));
  try {
    for (const fault of group) {
      const answer = await tryOne(tests, fault);
      const found = caughtBy(answer);
      if (found) caught.set(fault, found);
      else missed.push(`${fault.what}: ${answer?.by ?? `nothing in ${key} notices`}`);
      const { by, runs, ms } = found ?? { by: "NOT CAUGHT", runs: 0, ms: 0 };
      console.log(`${fault.what}\n  ${by}, after ${runs} runs, ${ms} ms`);
    }
  } finally {
    tests.stop();
  }
}

for (const line of missed) console.error(`not caught: ${line}`);
console.log(`${caught.size} of ${faults.length} planted faults are caught`);
if (values.write && word === "" && missed.length === 0)
  writeFileSync(new URL(faultsPath, root), faultsPage(catalogue, caught));
process.exitCode = missed.length === 0 ? 0 : 1;
