/** Which sources the mutation run changes, and the tests that must notice. */
import { readdirSync } from "node:fs";

/** Some sources, as paths from the root, and the globs of the tests that speak for them. */
export interface MutationTarget {
  readonly sources: readonly string[];
  readonly tests: readonly string[];
}

function filesIn(folder: string, name: RegExp): string[] {
  return readdirSync(new URL(`../${folder}/`, import.meta.url))
    .filter((file) => name.test(file))
    .map((file) => `${folder}/${file}`);
}

/** Everything that decides: the machine with its parts, and the server's half of the handshake. */
export const mutationTargets: readonly MutationTarget[] = [
  {
    // The manager decides nothing; its faults are those of a driver, which stories show.
    sources: filesIn("packages/client/src/connection", /^(?!connection-manager)[a-z-]+\.ts$/),
    // Tables and stories, which take a second. Exploration and random afternoons would notice most
    // of it too, but each mutant would cost them half a minute.
    tests: filesIn(
      "packages/client/test/connection",
      /^(?!exploration|connection-properties|connection-machine-rows)[a-z-]+\.test\.ts$/,
    ),
  },
  {
    // The driver, the handles and the front door decide nothing.
    sources: filesIn(
      "packages/client/src/transactions",
      /^transaction-(answer|claim|dispatch|end|lane|model|policy|queue|saving)\.ts$/,
    ),
    tests: filesIn(
      "packages/client/test/transactions",
      /^transaction-(answer|claim|dispatch|end|lane|model|policy|queue|saving)\.test\.ts$/,
    ),
  },
  {
    sources: filesIn("packages/server/src", /^server-session[a-z-]*\.ts$/),
    tests: ["packages/server/test/server-session*.test.ts"],
  },
  {
    // What decides in sync: the machine of a bucket, and who may fetch. The model test would notice
    // most of it too, but each mutant would cost it a quarter of a minute.
    sources: filesIn(
      "packages/client/src/sync",
      /^(bucket|bucket-(model|moves|settling)|held-runs|fetch-limiter|sync-policy)\.ts$/,
    ),
    tests: filesIn(
      "packages/client/test/sync",
      /^(bucket|held-runs|fetch-limiter|sync-policy|sync)\.test\.ts$/,
    ),
  },
];
