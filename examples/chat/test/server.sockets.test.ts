/** The demo's server over real HTTP: what it serves, and what it turns down. */
import { request } from "node:http";

import { afterAll, beforeAll, expect, test } from "vitest";

import { startChat, type Chat } from "../src/server.ts";
import { buildPage } from "./support/built-page.ts";
import { DataFolder } from "./support/data-folder.ts";

let chat: Chat;
const data = new DataFolder();

beforeAll(async () => {
  buildPage();
  chat = await startChat({ port: 0, dataFolder: data.path, awayMs: 100 });
});

afterAll(async () => {
  await chat?.close();
  data.remove();
});

interface PostOptions {
  readonly origin?: string;
  readonly type?: string;
}

async function post(path: string, body: string, options: PostOptions = {}): Promise<Response> {
  const { origin = new URL(chat.url).origin, type = "application/json" } = options;
  const headers = { "content-type": type, ...(origin && { origin }) };
  return await fetch(new URL(path, chat.url), { method: "POST", headers, body });
}

/** The status of a path that is sent as it is, where `fetch` would tidy it up. */
async function statusOf(path: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const { hostname, port } = new URL(chat.url);
    request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test("the page may run its own modules and one import map, and nothing else", async () => {
  const response = await fetch(chat.url);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/=]+'/);
  expect(policy).not.toContain("unsafe");
  const [, importMap = ""] =
    /<script type="importmap">(.*)<\/script>/.exec(await response.text()) ?? [];
  const { imports } = JSON.parse(importMap) as { imports: Record<string, string> };
  expect(Object.keys(imports)).toContain("@holdfast/client/display");
  for (const path of Object.values(imports)) {
    const { status, headers } = await fetch(new URL(path, chat.url));
    expect([path, status, headers.get("content-type")]).toEqual([
      path,
      200,
      "text/javascript; charset=utf-8",
    ]);
  }
});

test.each([
  ["/style.css", "text/css; charset=utf-8"],
  ["/favicon.svg", "image/svg+xml"],
  ["/page/main.js", "text/javascript; charset=utf-8"],
  ["/contract.js?v=1", "text/javascript; charset=utf-8"],
])("%s is served as %s", async (path, type) => {
  const response = await fetch(new URL(path, chat.url));
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe(type);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
});

test.each([
  "/../package.json",
  "/page/../server.js",
  "/page/..%2fserver.js",
  "/page/%2e%2e/server.js",
  "/modules/client/../package.json",
  "/modules/client/..%2f..%2fpackage.json",
  "/modules/client/%00",
  "/modules/server/index.js",
  "/page//etc/hostname",
  "/index.html",
  "/%",
  "//",
])("%s leads nowhere", async (path) => {
  expect(await statusOf(path)).toBe(404);
});

test("only a page of ours gets a token, and only for an account that can be one", async () => {
  const asked = JSON.stringify({ account: "ann-0123abcd", name: "Ann" });
  const response = await post("/api/token", asked);
  expect(response.status).toBe(200);
  expect(Object.keys((await response.json()) as object)).toEqual(["token"]);
  expect((await post("/api/token", asked, { origin: "http://evil.example" })).status).toBe(403);
  expect((await post("/api/token", asked, { origin: "" })).status).toBe(403);
  expect((await post("/api/token", asked, { type: "text/plain" })).status).toBe(415);
  for (const body of ["", "[", "null", "[]", "{}", '{"account":"Ann!","name":"Ann"}']) {
    expect((await post("/api/token", body)).status).toBe(400);
  }
  expect((await post("/api/token", `"${"x".repeat(2_000)}"`)).status).toBe(400);
  expect((await fetch(new URL("/api/token", chat.url))).status).toBe(405);
});

test("faults are for those who can be one, and are turned down for others", async () => {
  for (const [path, field] of [
    ["/api/drop", "client"],
    ["/api/black-hole", "client"],
    ["/api/reject-token", "account"],
  ] as const) {
    expect((await post(path, `{"${field}":"ann-0123abcd","isOn":false}`)).status).toBe(204);
    expect((await post(path, `{"${field}":"../x"}`)).status).toBe(400);
  }
  expect((await post("/api/nothing", "{}")).status).toBe(405);
});

test("a restart says how long it takes, takes that long, and is back at the same address", async () => {
  const response = await post("/api/restart", "{}");
  expect(await response.json()).toEqual({ awayMs: 100 });
  await expect.poll(async () => await isUp(), { interval: 10 }).toBe(false);
  await expect.poll(async () => await isUp(), { interval: 10 }).toBe(true);
});

async function isUp(): Promise<boolean> {
  return await fetch(chat.url).then(
    ({ ok }) => ok,
    () => false,
  );
}

test("a port that is taken leaves no file open, and another port can be tried", async () => {
  const port = Number(new URL(chat.url).port);
  await expect(startChat({ port, dataFolder: data.path })).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
  const other = await startChat({ port: 0, dataFolder: data.path });
  await other.close();
});

test("a chat that is closed while it restarts does not come back", async () => {
  const other = await startChat({ port: 0, dataFolder: data.path, awayMs: 20 });
  other.restart();
  await other.close();
  await expect(fetch(other.url)).rejects.toThrow();
});

test("no storm comes up over a chat that is being closed: its thread would keep the process", async () => {
  const other = await startChat({ port: 0, dataFolder: data.path });
  const closed = other.close();
  other.startStorm();
  await closed;
  expect(other.stormReport.phase).toBe("none");
});
