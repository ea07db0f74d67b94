import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, expect, test } from "vitest";

import { healthHandler } from "../src/health.ts";
import type { Readiness } from "../src/store-health.ts";

let readiness: Readiness = "ready";
const health = healthHandler({ readiness: () => Promise.resolve(readiness) });
const http = createServer((request, response) => {
  if (!health(request, response)) response.writeHead(418).end();
});
let url = "";
beforeEach(async () => {
  readiness = "ready";
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterEach(async () => {
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

test.each<[string, Readiness, number, string]>([
  ["/healthz", "ready", 200, "ok"],
  ["/healthz", "closing", 200, "ok"],
  ["/readyz", "ready", 200, "ready"],
  ["/readyz?verbose", "closing", 503, "closing"],
  ["/readyz", "storeFailing", 503, "storeFailing"],
])("%s says of one that is %s: %d %s", async (path, now, status, word) => {
  readiness = now;
  const response = await fetch(url + path);
  expect([response.status, await response.text()]).toEqual([status, `${word}\n`]);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect((await fetch(url + path, { method: "HEAD" })).status).toBe(status);
});

test("other paths and methods are left to the application", async () => {
  expect((await fetch(`${url}/`)).status).toBe(418);
  expect((await fetch(`${url}/readyz/x`)).status).toBe(418);
  expect((await fetch(`${url}/readyz`, { method: "POST" })).status).toBe(418);
});
