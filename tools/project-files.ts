/** Reads every text file of the project, for the tools that check the project as a whole. */
import { readdirSync, readFileSync } from "node:fs";

/** The folder that holds package.json. */
export const root: URL = new URL("../", import.meta.url);

/** Files by their path from the root, with forward slashes. */
export type Files = ReadonlyMap<string, string>;

const notOurs = new Set(["node_modules", "dist", "coverage", ".git", "package-lock.json"]);

/** All that people wrote: sources, tests, tools, pages, documents, settings. */
export function projectFiles(): Files {
  return new Map([...pathsIn("")].map((path) => [path, readFileSync(new URL(path, root), "utf8")]));
}

function* pathsIn(folder: string): Generator<string> {
  for (const entry of readdirSync(new URL(folder, root), { withFileTypes: true })) {
    if (notOurs.has(entry.name)) continue;
    if (entry.isDirectory()) yield* pathsIn(`${folder}${entry.name}/`);
    else if (/\.(ts|tsx|mjs|md|json|html|css)$/.test(entry.name)) yield `${folder}${entry.name}`;
  }
}
