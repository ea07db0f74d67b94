/**
 * One process of the mutation run: holds a warm vitest over some test files and answers, for each
 * mutated text its parent sends, whether a test failed. The parent kills it when a mutant never
 * ends.
 */
import { relative } from "node:path";

import { createVitest, type TestSequencer, type TestSpecification, type Vitest } from "vitest/node";

import { viteAliases } from "./source-aliases.ts";

/** What the parent asks: run the tests with `path` reading `text`. */
export interface MutationQuestion {
  readonly path: string;
  readonly text: string;
}

/** What this process answers. The first answer, unasked, is about the unchanged sources. */
export interface MutationAnswer {
  readonly caught: boolean;
  /** The first test or file that failed. */
  readonly by?: string;
  /** The file of that test, from the root; absent when it was no test that failed. */
  readonly file?: string;
  /** How many random runs a property took, or else how many tests ran. */
  readonly runs?: number;
  readonly ms: number;
}

let mutant: MutationQuestion | null = null;

/**
 * Runs the files in the order they are given: here the fastest first, as the first failure ends it.
 */
class AsGiven implements TestSequencer {
  async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files;
  }

  async shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files;
  }
}

async function openVitest(tests: string[]): Promise<Vitest> {
  return await createVitest(
    "test",
    {
      config: false,
      include: tests,
      watch: false,
      pool: "threads",
      isolate: false,
      maxWorkers: 1,
      bail: 1,
      // Of the unit tests; those that take longer say so themselves.
      testTimeout: 10_000,
      sequence: { sequencer: AsGiven },
      reporters: [{}],
      passWithNoTests: false,
    },
    {
      logLevel: "silent",
      resolve: { alias: viteAliases() },
      plugins: [
        {
          name: "mutant",
          enforce: "pre",
          load: (id) => (id === mutant?.path ? mutant.text : null),
        },
      ],
    },
  );
}

async function run(vitest: Vitest, files: TestSpecification[]): Promise<MutationAnswer> {
  const start = performance.now();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(files);
  const ms = performance.now() - start;
  const failed = testModules.find((module) => !module.ok());
  if (!failed) {
    const caught = unhandledErrors.length > 0;
    return { caught, ms, ...(caught && { by: "an error that nobody caught" }) };
  }
  const [test] = failed.children.allTests("failed");
  if (!test) return { caught: true, ms, by: failed.moduleId };
  const ran = testModules.flatMap(({ children }) => [...children.allTests("passed")]).length + 1;
  const said = test.result().errors?.[0]?.message ?? "";
  const tried = /^Property failed after (\d+) tests/.exec(said)?.[1];
  const file = relative(process.cwd(), failed.moduleId);
  return { caught: true, ms, by: test.fullName, file, runs: Number(tried ?? ran) };
}

/** How long a file's last run took, tests and loading. */
function durationOf({ testModule }: TestSpecification): number {
  const { collectDuration = 0, duration = 0 } = testModule?.diagnostic() ?? {};
  return collectDuration + duration;
}

const vitest = await openVitest(process.argv.slice(2));
const files = await vitest.globTestSpecifications();
// The first run warms what the later ones share and measures, so the second is the one to tell of.
await run(vitest, files);
files.sort((a, b) => durationOf(a) - durationOf(b));
process.send?.(await run(vitest, files));

async function answer(question: MutationQuestion): Promise<void> {
  const before = mutant?.path;
  mutant = question;
  if (before) vitest.invalidateFile(before);
  vitest.invalidateFile(question.path);
  process.send?.(await run(vitest, files));
}

// A rejection ends this process, which the parent counts as a mutant that was noticed.
process.on("message", (question: MutationQuestion) => void answer(question));
process.on("disconnect", () => process.exit());
