/** What an app pays for the inspector: nothing, until it opens it. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";
import { expect, test } from "vitest";

import { sourceAliases } from "../../../tools/source-aliases.ts";

const alias = Object.fromEntries(sourceAliases().map(({ name, path }) => [name, path]));
const inspectorSources = fileURLToPath(new URL("../src", import.meta.url));

/** The bytes that each of our sources has in the chunk that an app loads at once. */
async function bundled(contents: string) {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, sourcefile: "app.ts" },
    alias,
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    write: false,
    metafile: true,
    outdir: "out",
    absWorkingDir: import.meta.dirname,
  });
  const first = Object.entries(metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint !== undefined,
  );
  const load = new Set<string>();
  const visit = (path: string): void => {
    if (load.has(path)) return;
    load.add(path);
    for (const { path: next, kind } of metafile.outputs[path]?.imports ?? [])
      if (kind === "import-statement") visit(next);
  };
  visit(first?.[0] ?? "");
  const ofInspector = [...load].flatMap((path) =>
    Object.entries(metafile.outputs[path]?.inputs ?? {}).flatMap(([input, { bytesInOutput }]) =>
      fileURLToPath(new URL(input, `file://${import.meta.dirname}/`)).startsWith(inspectorSources)
        ? [bytesInOutput]
        : [],
    ),
  );
  const texts = outputFiles.filter(({ path }) =>
    [...load].some((name) => path.endsWith(name.slice(3))),
  );
  return {
    inspectorBytes: ofInspector.reduce((sum, bytes) => sum + bytes, 0),
    gzipBytes: texts.reduce(
      (sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length,
      0,
    ),
  };
}

const app = `
  import { RealtimeClient } from "@holdfast/client";
  globalThis.client = new RealtimeClient(globalThis.options);
`;

test("an app that does not import the inspector has no byte of it", async () => {
  expect((await bundled(app)).inspectorBytes).toBe(0);
});

test("an app that opens it by a dynamic import loads no byte of it before", async () => {
  const opening = `globalThis.open = async () =>
    (await import("@holdfast/inspector")).inspect(globalThis.client);`;
  expect((await bundled(app + opening)).inspectorBytes).toBe(0);
});

test("what has to be there from the start is small: the tap, and the sharing", async () => {
  const frames = `export { FrameTap } from "@holdfast/inspector/frames";`;
  expect((await bundled(frames)).gzipBytes).toBeLessThan(1_450);
  const share = `export { shareClient } from "@holdfast/inspector/share";`;
  expect((await bundled(share)).gzipBytes).toBeLessThan(3_500);
});
