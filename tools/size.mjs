/**
 * How much a page pays: bundles an entry that constructs a client, minifies it, and fails when
 * `gzip -9` makes more of it than its limit. Plain: a `RealtimeClient` with the web platform (the
 * goal is 9,000 bytes: docs/decisions/0005-the-plain-client-weighs-thirteen-kilobytes.md).
 * Durable: a `DurableClient` with transactions, sync and IndexedDB (the goal is 16,000:
 * docs/decisions/0006-the-durable-client-weighs-thirty-three-kilobytes.md). The plain client with
 * every other export shows what trace, display and the rest cost on top.
 */
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const plain = `
  import { RealtimeClient } from "@holdfast/client";
  import { webPlatform } from "@holdfast/client/web";
  globalThis.client = new RealtimeClient({ ...globalThis.options, platform: webPlatform() });
`;
const durable = `
  import { defineTransaction, documentHooks, DurableClient, withPending } from "@holdfast/client/durable";
  import { indexedDbStore } from "@holdfast/client/indexed-db";
  import { webPlatform } from "@holdfast/client/web";
  const ports = { platform: webPlatform(), store: indexedDbStore() };
  globalThis.client = new DurableClient({ ...globalThis.options, ...ports });
  globalThis.app = [defineTransaction, documentHooks, withPending];
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

const checked = [
  { name: "plain client", entry: plain, bytesMax: 13_200 },
  { name: "durable client", entry: durable, bytesMax: 33_300 },
];
for (const { name, entry, bytesMax } of checked) {
  const { text, inputs } = await bundle(entry);
  const bytes = gzipped(text);
  const largest = Object.entries(inputs)
    .map(([path, { bytesInOutput }]) => `${String(bytesInOutput).padStart(7)}  ${path}`)
    .sort((a, b) => b.localeCompare(a));
  if (process.argv.includes("--files")) console.log(largest.join("\n"));
  console.log(`${name}: ${bytes} bytes gzipped (${text.length} minified), limit ${bytesMax}`);
  if (bytes > bytesMax) process.exitCode = 1;
}
console.log(`all exports: ${gzipped((await bundle(everything)).text)} bytes gzipped`);
