/**
 * One process of the mutation run: holds a warm vitest over some test files and answers, for each
 * mutated text its parent sends, whether a test failed. The parent kills it when a mutant never ends.
 */
import { createVitest, type Vitest } from "vitest/node";

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
  readonly ms: number;
}

let mutant: MutationQuestion | null = null;

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

async function run(vitest: Vitest): Promise<MutationAnswer> {
  const start = performance.now();
  const specifications = await vitest.globTestSpecifications();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const failed = testModules.find((module) => !module.ok());
  const caught = unhandledErrors.length > 0 || failed !== undefined;
  const [test] = failed?.children.allTests("failed") ?? [];
  const by = test?.fullName ?? failed?.moduleId ?? "an error that nobody caught";
  return { caught, ms: performance.now() - start, ...(caught ? { by } : {}) };
}

const vitest = await openVitest(process.argv.slice(2));
// The first run warms what the later ones share, so the second is the one to measure.
await run(vitest);
process.send?.(await run(vitest));

async function answer(question: MutationQuestion): Promise<void> {
  const before = mutant?.path;
  mutant = question;
  if (before) vitest.invalidateFile(before);
  vitest.invalidateFile(question.path);
  process.send?.(await run(vitest));
}

// A rejection ends this process, which the parent counts as a mutant that was noticed.
process.on("message", (question: MutationQuestion) => void answer(question));
process.on("disconnect", () => process.exit());
