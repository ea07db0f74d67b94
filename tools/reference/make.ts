/**
 * Makes the reference of all packages from their docstrings: one page for each entry, in
 * `docs/reference`. A name that is exported and explained nowhere is a fault, and so is a link that
 * leads nowhere. `--check` writes nothing, and fails where the pages are not what they would be.
 *
 * TypeDoc has a home of its own here, because it needs another compiler than the project does; it
 * is installed when it is missing.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { root } from "../project-files.ts";
import { sourceAliases } from "../source-aliases.ts";

const home = fileURLToPath(new URL(".", import.meta.url));
const published = fileURLToPath(new URL("docs/reference/", root));

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  const { status } = spawnSync(program, args, {
    cwd: home,
    stdio: "inherit",
    env: { ...process.env, ...env },
    shell: process.platform === "win32" && program === "npm",
  });
  return status === 0;
}

function settings(out: string): object {
  return {
    name: "Reference",
    entryPoints: sourceAliases().map(({ path }) => path),
    tsconfig: join(home, "tsconfig.json"),
    basePath: fileURLToPath(root),
    plugin: ["typedoc-plugin-markdown", join(home, "entry-modules.mjs")],
    out,
    readme: "none",
    disableSources: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    outputFileStrategy: "modules",
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useCodeBlocks: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    typeAliasPropertiesFormat: "table",
    propertyMembersFormat: "table",
    // The project's own compiler looks after types.
    skipErrorChecking: true,
    treatWarningsAsErrors: true,
    validation: { notDocumented: false, notExported: false, invalidLink: true },
  };
}

/** Makes all pages in a folder. */
function make(out: string): boolean {
  const path = join(out, "typedoc.json");
  writeFileSync(path, JSON.stringify(settings(join(out, "pages"))));
  const names = sourceAliases().map((entry) => [entry.path, entry.name]);
  return run(process.execPath, ["node_modules/typedoc/bin/typedoc", "--options", path], {
    TYPEDOC_NAMES: JSON.stringify(names),
  });
}

/** All pages of a folder, by their path in it. */
function pagesIn(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const pages = paths.filter((path) => path.endsWith(".md"));
  return new Map(pages.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

/** Which pages are not what they would be if they were made now. */
function stalePages(fresh: ReadonlyMap<string, string>): string[] {
  const known = pagesIn(published);
  const paths = new Set([...fresh.keys(), ...known.keys()]);
  return [...paths].filter((path) => fresh.get(path) !== known.get(path));
}

const isInstalled =
  existsSync(join(home, "node_modules/typedoc")) ||
  run("npm", ["ci", "--no-workspaces", "--no-audit", "--no-fund"]);
const out = mkdtempSync(join(tmpdir(), "holdfast-reference-"));
try {
  const isMade = isInstalled && make(out);
  const pages = join(out, "pages");
  const stale = isMade ? stalePages(pagesIn(pages)) : [];
  if (process.argv.includes("--check")) {
    for (const path of stale)
      console.error(`docs/reference/${path}: stale; run \`npm run reference\``);
    process.exitCode = isMade && stale.length === 0 ? 0 : 1;
  } else if (isMade) {
    rmSync(published, { recursive: true, force: true });
    cpSync(pages, published, { recursive: true });
    console.log(`reference: ${stale.length} pages are new`);
  } else process.exitCode = 1;
} finally {
  rmSync(out, { recursive: true });
}
