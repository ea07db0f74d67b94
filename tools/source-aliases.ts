/** Where the sources of our own packages are, so that tests and tools never run a stale build. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const packages = new URL("../packages/", import.meta.url);

/** One name that a package exports, and the path of the source file it is built from. */
export interface SourceAlias {
  readonly name: string;
  readonly path: string;
}

/** `@holdfast/client/web` → `…/client/src/adapters/platforms/web.ts`, read off each `exports`. */
export function sourceAliases(): SourceAlias[] {
  return readdirSync(packages).flatMap((folder) => {
    const home = new URL(`${folder}/`, packages);
    const manifest = JSON.parse(readFileSync(new URL("package.json", home), "utf8")) as {
      readonly name: string;
      readonly exports: Readonly<Record<string, { readonly default: string }>>;
    };
    return Object.entries(manifest.exports).map(([subpath, { default: built }]) => ({
      name: `${manifest.name}${subpath.slice(1)}`,
      path: fileURLToPath(new URL(sourceOf(built), home)),
    }));
  });
}

function sourceOf(built: string): string {
  return built.replace("./dist/", "src/").replace(/\.js$/, ".ts");
}

/** The same for vite: each name alone, so that `@holdfast/client` does not catch its subpaths. */
export function viteAliases(): { find: RegExp; replacement: string }[] {
  return sourceAliases().map(({ name, path }) => ({
    find: new RegExp(`^${name}$`),
    replacement: path,
  }));
}
