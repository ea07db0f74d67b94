/** The example in one process: the page, its tokens, and the rooms, kept in a SQLite file. */
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { sqliteStore } from "@holdfast/server/sqlite";
import { attach } from "@holdfast/server/use/ws";

import { isName } from "./contract.ts";
import { bundlePage } from "./page-bundle.ts";
import { makeRooms, tokenFor } from "./rooms.ts";

export interface ExampleOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** Where the SQLite file is, or will be. */
  readonly dataFolder: string;
  /** React's: `development` has its checks, `production` is small. */
  readonly mode: string;
}

export interface Example {
  readonly url: string;
  close(): Promise<void>;
}

interface File {
  readonly type: string;
  readonly body: Uint8Array | string;
}

/** Only to read paths with; nobody looks at it. */
const ORIGIN = "http://example.test";

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Resolves when it listens. Rejects when the port is taken. */
export async function startExample({ port, dataFolder, mode }: ExampleOptions): Promise<Example> {
  const files = await loadFiles(mode);
  mkdirSync(dataFolder, { recursive: true });
  const store = sqliteStore({ path: join(dataFolder, "rooms.sqlite") });
  const rooms = makeRooms(store);
  const http = createServer((request, response) => respond(files, request, response));
  attach(http, rooms);
  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    async close() {
      http.close();
      await rooms.close();
      await store.close();
      http.closeAllConnections();
    },
  };
}

async function loadFiles(mode: string): Promise<ReadonlyMap<string, File>> {
  const file = (name: string): Promise<string> =>
    readFile(new URL(`../public/${name}`, import.meta.url), "utf8");
  return new Map([
    ["/", { type: "text/html; charset=utf-8", body: await file("index.html") }],
    ["/style.css", { type: "text/css; charset=utf-8", body: await file("style.css") }],
    ["/page.js", { type: "text/javascript; charset=utf-8", body: await bundlePage(mode) }],
    ["/about", { type: "text/html; charset=utf-8", body: await file("about.html") }],
  ]);
}

function respond(
  files: ReadonlyMap<string, File>,
  { url = "/", method, headers }: IncomingMessage,
  response: ServerResponse,
): void {
  // `//` is a path that HTTP allows, and no URL.
  if (!URL.canParse(url, ORIGIN)) return void response.writeHead(400).end();
  const { pathname, searchParams } = new URL(url, ORIGIN);
  if (pathname === "/token") {
    const name = searchParams.get("as") ?? "";
    // Only to our own page: a page of another origin sends its own name along.
    const isOurs = headers["sec-fetch-site"] === "same-origin";
    if (method !== "POST" || !isOurs || !isName(name)) return void response.writeHead(400).end();
    return void response.writeHead(200, { "cache-control": "no-store" }).end(tokenFor(name));
  }
  const file = files.get(pathname);
  if (!file) return void response.writeHead(404).end();
  response.writeHead(200, {
    "content-type": file.type,
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
  });
  response.end(file.body);
}
