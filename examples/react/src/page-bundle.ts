/** Makes one script of the page: React comes in a form that browsers do not load. */
import { fileURLToPath } from "node:url";

import { build, stop } from "esbuild";

/** `mode`: React's own, `development` or `production`. */
export async function bundlePage(mode: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page/main.js", import.meta.url))],
    bundle: true,
    minify: mode === "production",
    format: "esm",
    target: "es2022",
    define: { "process.env.NODE_ENV": JSON.stringify(mode) },
    write: false,
  });
  // It keeps a process of its own, which would keep ours.
  await stop();
  return outputFiles[0]?.contents ?? new Uint8Array();
}
