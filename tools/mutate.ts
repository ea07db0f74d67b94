/**
 * Are the tests able to fail? Changes the sources that decide the most in one place at a time and
 * runs their tests against each change. A change that no test notices survives; each survivor must
 * be listed in `mutation-survivors.json` with the reason why it changes nothing that matters.
 *
 * `npm run mutate` runs all, `npm run mutate -- backoff` only the sources whose path holds the
 * word.
 */
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

import { applyMutant, mutantsOf, type Mutant } from "./mutants.ts";
import { MutationProcess } from "./mutation-process.ts";
import { mutationTargets } from "./mutation-targets.ts";

const root = new URL("../", import.meta.url);

/** The share of mutants that each source's tests must catch. */
const shareCaughtMin = 0.95;

interface Survivor {
  readonly file: string;
  readonly change: string;
  readonly reason: string;
}

interface Job {
  readonly file: string;
  readonly mutant: Mutant;
  readonly source: string;
}

type Fate = "caught" | "stuck" | "survived";

async function fateOf(tests: MutationProcess, { file, mutant, source }: Job): Promise<Fate> {
  const path = fileURLToPath(new URL(file, root));
  const answer = await tests.ask({ path, text: applyMutant(source, mutant) });
  if (!answer) return "stuck";
  return answer.caught ? "caught" : "survived";
}

async function runJobs(jobs: readonly Job[], tests: readonly string[]): Promise<Map<Job, Fate>> {
  const fates = new Map<Job, Fate>();
  const waiting = [...jobs];
  const work = async (): Promise<void> => {
    const own = new MutationProcess(tests);
    try {
      for (let job = waiting.shift(); job; job = waiting.shift())
        fates.set(job, await fateOf(own, job));
    } finally {
      own.stop();
    }
  };
  const workers = Math.min(availableParallelism(), 4, jobs.length);
  await Promise.all(Array.from({ length: workers }, work));
  return fates;
}

function jobsOf(file: string): Job[] {
  const path = new URL(file, root);
  if (!existsSync(path)) throw new Error(`mutation-targets.ts names ${file}, which does not exist`);
  const source = readFileSync(path, "utf8");
  return mutantsOf(source).map((mutant) => ({ file, mutant, source }));
}

function listedSurvivors(): Survivor[] {
  const text = readFileSync(new URL("tools/mutation-survivors.json", root), "utf8");
  return JSON.parse(text) as Survivor[];
}

/** Prints what became of one source's mutants. Returns what is wrong with it. */
function report(
  file: string,
  fates: ReadonlyMap<Job, Fate>,
  listed: readonly Survivor[],
): string[] {
  const own = [...fates].filter(([job]) => job.file === file);
  const survivors = own.filter(([, fate]) => fate === "survived").map(([{ mutant }]) => mutant);
  const stuck = own.filter(([, fate]) => fate === "stuck").length;
  const share = own.length === 0 ? 1 : 1 - survivors.length / own.length;
  const percent = (100 * share).toFixed(1);
  const caught = own.length - survivors.length;
  console.log(`${file}: ${own.length} mutants, ${caught} caught (${stuck} hung), ${percent} %`);

  const excuses = new Map(
    listed.filter((entry) => entry.file === file).map(({ change, reason }) => [change, reason]),
  );
  const wrong = share < shareCaughtMin ? [`${file}: fewer than 95 % are caught`] : [];
  for (const { line, change } of survivors) {
    const reason = excuses.get(change);
    console.log(`  survived ${file}:${line} ${change}${reason ? `\n    because: ${reason}` : ""}`);
    if (!reason) wrong.push(`${file}:${line} survived without a listed reason: ${change}`);
  }
  const alive = new Set(survivors.map(({ change }) => change));
  for (const change of excuses.keys()) {
    if (!alive.has(change))
      wrong.push(`${file}: listed as a survivor but caught or gone: ${change}`);
  }
  return wrong;
}

async function main(word = ""): Promise<void> {
  const listed = listedSurvivors();
  const wrong: string[] = [];
  for (const { sources, tests } of mutationTargets) {
    const files = sources.filter((file) => file.includes(word));
    const fates = await runJobs(files.flatMap(jobsOf), tests);
    for (const file of files) wrong.push(...report(file, fates, listed));
  }
  for (const line of wrong) console.error(line);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

await main(process.argv[2]);
