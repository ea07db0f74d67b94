/** What a person reads in a trace. */
import { exportTrace } from "@holdfast/client/trace";
import { expect, test } from "vitest";

import { accepts, acceptsThenDrops, clientHarness } from "../src/index.ts";
import type { ClientHarness } from "../src/index.ts";
import { traceHead, traceTimeline } from "../src/trace-timeline.ts";

function linesOf({ client }: ClientHarness): readonly string[] {
  return traceTimeline(exportTrace(client)).map((line) => line.trim());
}

test("it tells when, what happened, where it led and why, what was done, and what comes next", async () => {
  const own = await clientHarness().open();
  own.clock.advance(250);
  own.client.stop();
  expect(linesOf(own)).toEqual([
    "08:00:00.000     +0.000 s  networkChanged (available true, quality good): stays stopped",
    "08:00:00.000     +0.000 s  credentialsChanged (available true, account 1): stays stopped",
    "08:00:00.000     +0.000 s  start: stopped → connectingTransport (started)",
    "does openTransport of session 1 (attempt 0, renewToken false)",
    "waits for connect in 10.000 s",
    "08:00:00.000     +0.000 s  transportOpened of session 1: connectingTransport → authenticating (started)",
    "does startHandshake of session 1",
    "waits for handshake in 10.000 s",
    "08:00:00.000     +0.000 s  welcomed of session 1 (windowMs 1000, heartbeat minMs 1000, heartbeat maxMs 60000): authenticating → open (opened)",
    "waits for ping in 4.500 s, stable in 5.000 s",
    "08:00:00.250     +0.250 s  stop: open → stopped (userStop)",
    "does closeTransport of session 1 (detail userStop)",
  ]);
});

test("it shows a failure, the wait after it, and what came too late", async () => {
  const own = await clientHarness({ behaviors: [acceptsThenDrops(), accepts()] }).open();
  await own.reach("backoff");
  const trace = exportTrace(own.client);
  const text = linesOf(own).join("\n");
  expect(text).toContain("Closed of session 1 (meaning retry, detail 1006): open → backoff (tr");
  expect(text).toMatch(/\nwaits for backoff in 0\.\d{3} s$/);
  const late = trace.entries.map((entry) => ({ ...entry, stale: true as const }));
  expect(traceTimeline({ ...trace, entries: late }).join("\n")).toContain(
    "start: too late, changes nothing",
  );
});

test("its head says whose it is, how long, and from when", async () => {
  const own = await clientHarness().open();
  own.clock.advance(61_500);
  const { version } = own.client;
  const trace = exportTrace(own.client);
  const { length } = trace.entries;
  const last = trace.entries.at(-1)?.stamp.now ?? 0;
  const taken = ((last - (trace.entries[0]?.stamp.now ?? 0)) / 1_000).toFixed(3);
  expect(traceHead(trace)).toBe(
    `@holdfast/client ${version} on test, ${length} events in ${taken} s, from 2027-01-15 08:00:00.000 UTC`,
  );
  expect(traceHead({ ...trace, entries: [] })).toBe(
    `@holdfast/client ${version} on test, no event`,
  );
});
