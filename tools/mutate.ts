/**
 * Are the tests able to fail? Changes the sources that decide the most in one place at a time and
 * runs their tests against each change. A change that no test notices survives; each survivor must
 * be listed in `mutation-survivors.json` with the reason why it changes nothing that matters.
 *
 * `npm run mutate` runs all, `npm run mutate -- backoff` only the sources whose path holds the
 * word.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

import { applyMutant, mutantsOf, type Mutant } from "./mutants.ts";
import type { MutationAnswer, MutationQuestion } from "./mutation-runner.ts";
import { mutationTargets } from "./mutation-targets.ts";

const root = new URL("../", import.meta.url);
const runner = fileURLToPath(new URL("mutation-runner.ts", import.meta.url));

/** The share of mutants that each source's tests must catch. */
const shareCaughtMin = 0.95;

/** A mutant that ran its tests for this long is in an endless loop: caught. */
const stuckAfterMs = (usualMs: number): number => 10_000 + 10 * usualMs;

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

/** One runner process, started again when a mutant hangs it. */
class Runner {
  readonly #tests: readonly string[];
  #child: ChildProcess | null = null;
  #usualMs = 0;

  constructor(tests: readonly string[]) {
    this.#tests = tests;
  }

  /** Starts the process and checks that the unchanged sources pass. */
  async start(): Promise<MutationAnswer> {
    this.#child = fork(runner, [...this.#tests], {
      execArgv: ["--import", "tsx"],
      env: { ...process.env, HOLDFAST_MUTATION: "1" },
    });
    const answer = await this.#answer(120_000);
    if (!answer) throw new Error("the tests did not start");
    if (answer.caught) throw new Error(`fails without any mutant: ${answer.by}`);
    this.#usualMs = answer.ms;
    return answer;
  }

  async try({ file, mutant, source }: Job): Promise<Fate> {
    if (!this.#child) await this.start();
    const text = applyMutant(source, mutant);
    const path = fileURLToPath(new URL(file, root));
    this.#child?.send({ path, text } satisfies MutationQuestion);
    const answer = await this.#answer(stuckAfterMs(this.#usualMs));
    if (answer) return answer.caught ? "caught" : "survived";
    this.stop();
    return "stuck";
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }

  /** The next answer; null when the process ends or says nothing in time. */
  async #answer(withinMs: number): Promise<MutationAnswer | null> {
    const child = this.#child;
    if (!child) return null;
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), withinMs);
    const ended = (): void => over.abort();
    child.once("exit", ended);
    try {
      const [answer] = (await once(child, "message", { signal: over.signal })) as [MutationAnswer];
      return answer;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      child.off("exit", ended);
    }
  }
}

async function runJobs(jobs: readonly Job[], tests: readonly string[]): Promise<Map<Job, Fate>> {
  const fates = new Map<Job, Fate>();
  const waiting = [...jobs];
  const work = async (): Promise<void> => {
    const own = new Runner(tests);
    try {
      for (let job = waiting.shift(); job; job = waiting.shift())
        fates.set(job, await own.try(job));
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
