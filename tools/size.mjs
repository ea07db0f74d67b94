/**
 * How much a page pays for a plain client: bundles an entry that constructs a `RealtimeClient` with
 * the web platform, minifies it, and fails when `gzip -9` makes more than 12,750 bytes of it (the
 * goal is 9,000: docs/decisions/0005-the-plain-client-weighs-twelve-kilobytes.md). The
 * same with every other export shows what trace, display and the rest cost on top.
 */
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const bytesMax = 12_750;

const plain = `
  import { RealtimeClient } from "@holdfast/client";
  import { webPlatform } from "@holdfast/client/web";
  globalThis.client = new RealtimeClient({ ...globalThis.options, platform: webPlatform() });
`;
const everything = `
  export * from "@holdfast/client";
  export * from "@holdfast/client/web";
  export * as display from "@holdfast/client/display";
  export * as trace from "@holdfast/client/trace";
`;

/** The minified bundle of an entry, and what each package put into it. */
async function bundle(contents) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: new URL("..", import.meta.url).pathname },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    write: false,
    metafile: true,
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  return { text: outputFiles[0].contents, inputs };
}

const gzipped = (text) => gzipSync(text, { level: 9 }).length;

const { text, inputs } = await bundle(plain);
const bytes = gzipped(text);
const largest = Object.entries(inputs)
  .map(([path, { bytesInOutput }]) => `${String(bytesInOutput).padStart(7)}  ${path}`)
  .sort((a, b) => b.localeCompare(a));
if (process.argv.includes("--files")) console.log(largest.join("\n"));
console.log(`plain client: ${bytes} bytes gzipped (${text.length} minified), limit ${bytesMax}`);
console.log(`all exports: ${gzipped((await bundle(everything)).text)} bytes gzipped`);
process.exitCode = bytes <= bytesMax ? 0 : 1;
