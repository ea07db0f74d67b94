/**
 * docs/planted-faults.md: what is planted and who noticed. Pure: the catalogue and the catches in,
 * text out; and back, what in the page is not true any more of the catalogue.
 */
import type { Files } from "../project-files.ts";
import { planted, type PlantedFault } from "./planted-fault.ts";

export const faultsPath = "docs/planted-faults.md";

type Catalogue = readonly (readonly [part: string, faults: readonly PlantedFault[]])[];

/** How a fault was noticed. */
export interface Caught {
  /** The first test that failed. */
  readonly by: string;
  readonly file: string;
  /** The random runs that a property took; for other tests, how many ran until then. */
  readonly runs: number;
  readonly ms: number;
}

/** The page with the catches of a run over the whole catalogue. */
export function faultsPage(
  catalogue: Catalogue,
  caught: ReadonlyMap<PlantedFault, Caught>,
): string {
  const count = catalogue.reduce((sum, [, faults]) => sum + faults.length, 0);
  const parts = catalogue.map(([part, faults]) => {
    const rows = faults.map((fault) => rowOf(fault, caught.get(fault)));
    return `## ${part}\n\n${[HEAD, ...rows].join("\n")}\n`;
  });
  return `# Planted faults

Proof is worth what it can refute. These ${count} faults are planted in the sources, one at a time: each is a mistake that a
system like this one has made or could make, and for each at least one test fails. \`npm run plant\` does it again,
\`npm run plant -- --write\` makes this page anew; a fault whose place in the sources is gone fails \`npm run docs:check\`.

*After* is how many random runs a property took to find it, or which test it was of those that ran; the time is that of
a machine that was busy otherwise. The simulator, the exploration and the model tests have faults of their own, which
they alone must notice: \`exploration-faults.test.ts\`, \`queue-faults.test.ts\`, \`sync-faults.test.ts\`,
\`simulator-faults.test.ts\`.

${parts.join("\n")}`;
}

const HEAD =
  "| what goes wrong | rows | planted in | caught by | after |\n| --- | --- | --- | --- | --- |";

function rowOf({ what, rows, path }: PlantedFault, caught: Caught | undefined): string {
  const { by = "", file = "", runs = 0, ms = 0 } = caught ?? {};
  const after = file === "" ? "" : `${runs}, ${(ms / 1_000).toFixed(1)} s`;
  const where = file === "" ? cell(by) : `${cell(by)} (${nameOf(file)})`;
  return `| ${cell(what)} | ${rows} | ${nameOf(path)} | ${where} | ${after} |`;
}

/** What is wrong: faults that cannot be planted, tests that are gone, a page of other faults. */
export function plantingFaults(catalogue: Catalogue, files: Files): string[] {
  const wrong: string[] = [];
  const listed = new Set((files.get(faultsPath) ?? "").split("\n").map(whatOf));
  for (const [, faults] of catalogue) {
    for (const fault of faults) {
      try {
        planted(fault, files.get(fault.path) ?? "");
      } catch (error) {
        wrong.push(error instanceof Error ? error.message : String(error));
      }
      for (const test of fault.tests) if (!files.has(test)) wrong.push(`${test}: is gone`);
      if (!listed.delete(keyOf(fault)))
        wrong.push(`${faultsPath}: stale for "${fault.what}"; run \`npm run plant -- --write\``);
    }
  }
  listed.delete("");
  for (const gone of listed) wrong.push(`${faultsPath}: is not planted any more: ${gone}`);
  return wrong;
}

/** What of a row belongs to the catalogue. */
function keyOf({ what, rows, path }: PlantedFault): string {
  return `| ${cell(what)} | ${rows} | ${nameOf(path)} |`;
}

function whatOf(line: string): string {
  const isRow =
    line.startsWith("| ") && !line.startsWith("| what goes wrong |") && !line.startsWith("| ---");
  return isRow ? (/^(?:\| [^|]* ){3}\|/.exec(line)?.[0] ?? "") : "";
}

function nameOf(path: string): string {
  return path.split("/").at(-1) ?? path;
}

function cell(text: string): string {
  return text.replaceAll("|", "or");
}
