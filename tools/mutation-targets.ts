/** Which sources the mutation run changes, and the tests that must notice. */
import { readdirSync } from "node:fs";

/** Some sources, as paths from the root, and the globs of the tests that speak for them. */
export interface MutationTarget {
  readonly sources: readonly string[];
  readonly tests: readonly string[];
}

function sourcesIn(folder: string, name: RegExp): string[] {
  return readdirSync(new URL(`../${folder}/`, import.meta.url))
    .filter((file) => name.test(file))
    .map((file) => `${folder}/${file}`);
}

/** Everything that decides: the machine with its parts, and the server's half of the handshake. */
export const mutationTargets: readonly MutationTarget[] = [
  {
    // The manager decides nothing; its faults are those of a driver, which stories show.
    sources: sourcesIn("packages/client/src/connection", /^(?!connection-manager)[a-z-]+\.ts$/),
    tests: [
      "packages/client/test/connection/*.test.ts",
      "packages/testing/test/exploration/*.test.ts",
    ],
  },
  {
    sources: sourcesIn("packages/server/src", /^server-session[a-z-]*\.ts$/),
    tests: ["packages/server/test/server-session*.test.ts"],
  },
];
