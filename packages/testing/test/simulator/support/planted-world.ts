/**
 * The simulator around a product with a fault planted in its source. The patch is applied to the
 * text that is there today, so a fault that no longer applies fails instead of proving nothing.
 */
import { readFile } from "node:fs/promises";

import type * as Simulator from "@holdfast/testing/simulator";
import { build, type Plugin } from "esbuild";

import { sourceAliases } from "../../../../../tools/source-aliases.ts";

export interface PlantedFault {
  /** The source, in `packages/`. */
  readonly file: string;
  /** What stands there once; the spaces between its words do not count. */
  readonly find: string;
  readonly replace: string;
}

const aliases = new Map(sourceAliases().map(({ name, path }) => [name, path]));

/** The simulator, with `fault` in what it simulates. */
export async function plant(fault: PlantedFault): Promise<typeof Simulator> {
  const { outputFiles } = await build({
    entryPoints: [aliases.get("@holdfast/testing/simulator") ?? ""],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2022",
    logLevel: "silent",
    plugins: [fromSources, patching(fault)],
  });
  const code = outputFiles[0]?.text ?? "";
  const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
  return (await import(/* @vite-ignore */ url)) as typeof Simulator;
}

/** Our own packages by their sources, never by a build that may be stale. */
const fromSources: Plugin = {
  name: "from-sources",
  setup(bundle) {
    bundle.onResolve({ filter: /^@holdfast\// }, ({ path }) => {
      const source = aliases.get(path);
      return source === undefined ? undefined : { path: source };
    });
  },
};

function patching({ file, find, replace }: PlantedFault): Plugin {
  return {
    name: "planted-fault",
    setup(bundle) {
      let isPlanted = false;
      bundle.onLoad({ filter: new RegExp(`/packages/${file}$`) }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const places = text.match(new RegExp(patternOf(find), "g"))?.length ?? 0;
        if (places !== 1)
          throw new Error(`${file}: "${find}" stands there ${places} times, not once`);
        isPlanted = true;
        const contents = text.replace(new RegExp(patternOf(find)), () => replace);
        return { contents, loader: "ts" };
      });
      bundle.onEnd(() => {
        if (!isPlanted) throw new Error(`${file} is no part of the simulation`);
      });
    },
  };
}

/** However the formatter breaks the lines. */
function patternOf(find: string): string {
  const words = find.trim().split(/\s+/);
  return words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+");
}
