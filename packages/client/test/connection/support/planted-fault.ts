/**
 * The connection machine with a fault planted in its source. The patch is applied to the text that
 * is there today, so a fault that no longer applies fails instead of proving nothing.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import type { transition } from "@holdfast/client/machine";
import { build, type Plugin } from "esbuild";

export interface PlantedFault {
  /** The source, in `packages/client/src/connection/`. */
  readonly file: string;
  /** What stands there once; the spaces between its words do not count. */
  readonly find: string;
  readonly replace: string;
}

const folder = fileURLToPath(new URL("../../../src/connection/", import.meta.url));

/** The machine with `fault` in it. */
export async function plant(fault: PlantedFault): Promise<typeof transition> {
  const { outputFiles } = await build({
    entryPoints: [`${folder}machine.ts`],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "silent",
    plugins: [patching(fault)],
  });
  const code = outputFiles[0]?.text ?? "";
  const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
  const machine = (await import(/* @vite-ignore */ url)) as {
    readonly transition: typeof transition;
  };
  return machine.transition;
}

function patching({ file, find, replace }: PlantedFault): Plugin {
  return {
    name: "planted-fault",
    setup(bundle) {
      bundle.onLoad({ filter: new RegExp(`/connection/${file}$`) }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const places = text.match(new RegExp(patternOf(find), "g"))?.length ?? 0;
        if (places !== 1)
          throw new Error(`${file}: "${find}" stands there ${places} times, not once`);
        const contents = text.replace(new RegExp(patternOf(find)), () => replace);
        return { contents, loader: "ts" };
      });
    },
  };
}

/** However the formatter breaks the lines. */
function patternOf(find: string): string {
  const words = find.trim().split(/\s+/);
  return words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+");
}
