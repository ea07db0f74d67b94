/**
 * Opens in Chromium what the recipes show for pages without a build and for workers, against a real
 * server. The page takes the built packages, as its readers do.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { RealtimeServer } from "@holdfast/server";
import { attach } from "@holdfast/server/use/ws";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { Browser } from "./cdp.ts";
import { modulesIn } from "./snippets.ts";
import { sourceAliases } from "./source-aliases.ts";

const chromium = inject("chromium");
const browserTest = test.skipIf(chromium === null);
const recipe = (name: string): string =>
  readFileSync(new URL(`../docs/recipes/${name}.md`, import.meta.url), "utf8");

const files = new Map<string, { readonly type: string; readonly text: string }>();
let http: Server;
let server: RealtimeServer;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  if (chromium === null) return;
  http = createServer(({ url = "" }, response) => {
    const [, inside] = /^\/node_modules\/@holdfast\/(\w+\/dist\/[\w/.-]+\.js)$/.exec(url) ?? [];
    const file = inside === undefined ? files.get(url) : builtFile(inside);
    if (!file) return void response.writeHead(404).end();
    response.setHeader("content-type", file.type).end(file.text);
  });
  server = new RealtimeServer({
    contract: { calls: {}, buckets: {} },
    authenticate: () => ({ account: "ann" }),
    handlers: {},
  });
  attach(http, server);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  origin = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  browser = await Browser.launch(chromium);
});

afterAll(async () => {
  await browser?.close();
  await server?.close({ windowMs: 0, graceMs: 0 });
  http?.closeAllConnections();
  http?.close();
});

function builtFile(inside: string): { readonly type: string; readonly text: string } {
  const path = new URL(`../packages/${inside}`, import.meta.url);
  return { type: "text/javascript", text: readFileSync(path, "utf8") };
}

/** The recipe's module as one script. */
async function bundled(markdown: string, name: string, more: string): Promise<string> {
  const code = (modulesIn(markdown).get(name) ?? "").replace("wss://example.com", `ws://${origin}`);
  const { outputFiles } = await build({
    stdin: { contents: code + more, loader: "ts", resolveDir: import.meta.dirname },
    alias: Object.fromEntries(sourceAliases().map(({ name: alias, path }) => [alias, path])),
    bundle: true,
    format: "esm",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

browserTest("a page without a build connects, with an import map and nothing else", async () => {
  const html = /```html\n([\s\S]*?)```/.exec(recipe("plain-module"))?.[1] ?? "";
  files.set("/", { type: "text/html", text: html.replace("localhost:8080", origin) });
  const page = await browser.newPage(`http://${origin}/`);
  await page.waitFor("document.querySelector('output').textContent === 'connected'");
  expect(page.console).toEqual([]);
  await page.close();
});

browserTest(
  "a client in a worker connects, slows down when its page is hidden, and ends with it",
  async () => {
    const markdown = recipe("workers");
    const told = "\nclient.connection.subscribe((snapshot) => postMessage(snapshot));";
    const script = "text/javascript";
    files.set("/worker.js", { type: script, text: await bundled(markdown, "worker.ts", told) });
    const keep = "\nworker.onmessage = ({ data }) => Object.assign(window, { told: data });";
    files.set("/page.js", { type: script, text: await bundled(markdown, "page.ts", keep) });
    const text = '<!doctype html><title>page</title><script type="module" src="/page.js"></script>';
    files.set("/in-worker", { type: "text/html", text });
    const page = await browser.newPage(`http://${origin}/in-worker`);
    await page.waitFor("window.told?.state === 'open'");
    expect(server.stats.sessions).toBe(1);
    await page.hide();
    await page.waitFor("document.hidden && told.constraints.appActive === false");
    expect(await page.evaluate("told.state")).toBe("open");
    await page.show();
    expect(page.console).toEqual([]);
    await page.close();
    await expect.poll(() => server.stats.sessions).toBe(0);
  },
);
