/**
 * The queue with a fault planted in its source. The patch is applied to the text that is there
 * today, so a fault that no longer applies fails instead of proving nothing.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build, type Plugin } from "esbuild";

import type { step } from "../../../src/transactions/transaction-queue.ts";

export interface PlantedFault {
  /** The source, in `packages/client/src/transactions/`. */
  readonly file: string;
  /** What stands there once; the spaces between its words do not count. */
  readonly find: string;
  readonly replace: string;
}

const folder = fileURLToPath(new URL("../../../src/transactions/", import.meta.url));

/** The queue with `fault` in it. */
export async function plant(fault: PlantedFault): Promise<typeof step> {
  const { outputFiles } = await build({
    entryPoints: [`${folder}transaction-queue.ts`],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "silent",
    plugins: [patching(fault)],
  });
  const code = outputFiles[0]?.text ?? "";
  const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
  const queue = (await import(/* @vite-ignore */ url)) as { readonly step: typeof step };
  return queue.step;
}

function patching({ file, find, replace }: PlantedFault): Plugin {
  return {
    name: "planted-fault",
    setup(bundle) {
      bundle.onLoad({ filter: new RegExp(`/transactions/${file}$`) }, async ({ path }) => {
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
