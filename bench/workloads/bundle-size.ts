/** What a page pays for each client: minified, and as `gzip -9` leaves it. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

import type { Result } from "../result.ts";
import type { Workload } from "./workload.ts";

export const bundleSize: Workload = { name: "bundle", run };

const DURABLE = "holdfast, durable, IndexedDB";

/** Each makes a client, as a page would. */
const ENTRIES: Readonly<Record<string, string>> = {
  holdfast: `
    import { RealtimeClient } from "@holdfast/client";
    import { webPlatform } from "@holdfast/client/web";
    globalThis.client = new RealtimeClient({ ...globalThis.options, platform: webPlatform() });`,
  [DURABLE]: `
    import { defineTransaction, documentHooks, DurableClient, withPending } from "@holdfast/client/durable";
    import { indexedDbStore } from "@holdfast/client/indexed-db";
    import { webPlatform } from "@holdfast/client/web";
    const ports = { platform: webPlatform(), store: indexedDbStore() };
    globalThis.client = new DurableClient({ ...globalThis.options, ...ports });
    globalThis.app = [defineTransaction, documentHooks, withPending];`,
  "socket.io": `
    import { io } from "socket.io-client";
    globalThis.client = io(globalThis.options);`,
  "graphql-ws": `
    import { createClient } from "graphql-ws";
    globalThis.client = createClient(globalThis.options);`,
  tRPC: `
    import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
    const client = createWSClient(globalThis.options);
    globalThis.client = createTRPCClient({ links: [wsLink({ client })] });`,
  partysocket: `
    import { WebSocket } from "partysocket";
    globalThis.client = new WebSocket(...globalThis.options);`,
};

async function run(): Promise<Result> {
  const sizes = await Promise.all(
    Object.entries(ENTRIES).map(async ([peer, entry]) => [peer, await sizeOf(entry)] as const),
  );
  const values = (figure: "minified" | "gzipped"): Record<string, number[]> =>
    Object.fromEntries(sizes.map(([peer, size]) => [peer, [size[figure]]]));
  const common = { unit: "B", isLessBetter: true } as const;
  return {
    workload: bundleSize.name,
    title: "What a page pays",
    about:
      "An entry that makes a client, bundled and minified by esbuild for browsers (ES2022), and what `gzip -9` leaves of it. The libraries differ in what they do: partysocket only connects again.",
    figures: [
      { ...common, name: "gzipped", values: values("gzipped"), hasChart: true },
      { ...common, name: "minified", values: values("minified") },
    ],
    bars: [
      { figure: "gzipped", of: "value", atMost: 9_000 },
      { figure: "gzipped", of: "value", atMost: 16_000, peer: DURABLE },
    ],
  };
}

async function sizeOf(contents: string): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("..", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    write: false,
    logLevel: "warning",
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { minified: code.length, gzipped: gzipSync(code, { level: 9 }).length };
}
