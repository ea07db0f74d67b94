import { readFileSync } from "node:fs";

import { Registry } from "prom-client";
import { expect, test } from "vitest";

import { registerMetrics } from "../src/metrics.ts";
import { TestServer } from "./serve.ts";

/** Values by name and labels. */
async function scrape(registry: Registry): Promise<Map<string, number>> {
  const lines = (await registry.metrics()).split("\n").filter((line) => /^[a-z]/.test(line));
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ""), Number(line.split(" ").at(-1))]));
}

test("everything that is counted is a metric, and counts on from one scrape to the next", async () => {
  const own = new TestServer();
  const registry = new Registry();
  registerMetrics(own.server, registry);
  expect((await scrape(registry)).get("holdfast_sessions")).toBe(0);
  const peer = await own.open({
    buckets: [{ bucket: "room:1" }],
    capabilities: ["updates", "keys"],
  });
  const call = { type: "call", method: "post", input: { text: "a" }, timeoutMs: 9_000 } as const;
  peer.says({ ...call, id: 1, key: "k" });
  await own.tick();
  peer.says({ ...call, id: 2, key: "k" });
  await own.tick();
  own.server.declined(429);
  peer.bufferedBytes = 77;
  own.dial().says(own.hello({ token: "bad" }));
  await own.tick();
  const expected = {
    connections: 1,
    sessions: 1,
    buckets: 1,
    feeds_behind: 0,
    buffered_bytes: 77,
    keyed_calls_running: 0,
    reconnect_window_seconds: 0.1,
    handshakes_total: 1,
    calls_started_total: 2,
    keyed_replays_total: 1,
    commits_total: 1,
    store_faults_total: 0,
    updates_published_total: 1,
    updates_pushed_total: 1,
    'refusals_total{code="badToken"}': 1,
    'upgrades_declined_total{status="429"}': 1,
  };
  for (let round = 0; round < 2; round++) {
    const found = await scrape(registry);
    for (const [name, value] of Object.entries(expected)) {
      expect([name, found.get(`holdfast_${name}`)]).toEqual([name, value]);
    }
  }
});

test("stats are read once a scrape", async () => {
  const { stats } = new TestServer().server;
  let reads = 0;
  const registry = new Registry();
  const source = {
    get stats() {
      reads++;
      return stats;
    },
  };
  registerMetrics(source, registry);
  await registry.metrics();
  await registry.metrics();
  expect(reads).toBe(2);
});

test("two servers cannot share a registry unseen", () => {
  const registry = new Registry();
  registerMetrics(new TestServer().server, registry);
  expect(() => registerMetrics(new TestServer().server, registry)).toThrow("already");
});

test("the page for operators tells of every metric, and of no other", async () => {
  const registry = new Registry();
  registerMetrics(new TestServer().server, registry);
  const names = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  const page = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const told = [...page.matchAll(/^\| `(holdfast_\w+)/gm)].map(([, name]) => name);
  expect(told.toSorted()).toEqual(names.toSorted());
});
