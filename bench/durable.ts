/**
 * Measures durable calls end to end against bare inserts of the same rows, in turn, each round in
 * new processes and a new file; exits 1 when the bar is missed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { DurableMeasured } from "./durable-peer.ts";
import { firstLine, isSmoke, machine, measuredBy, median, report } from "./rounds.ts";
import { roundsOr, spread, startPeer } from "./rounds.ts";

const rounds = roundsOr(5);
const seconds = isSmoke ? 0.5 : 3;
const PEER = "durable-peer.ts";
/** Of the rate of bare inserts. */
const AT_LEAST = 0.5;

type Kind = "bare" | "ask" | "transact";
const KINDS: readonly Kind[] = ["bare", "ask", "transact"];
const NAMES = {
  ask: "keyed calls, 64 in flight",
  transact: "transactions with the memory store, 64 in flight",
};

console.log(`${machine}, ${rounds} rounds of ${seconds} s in ${tmpdir()}`);
const measured: Record<Kind, DurableMeasured[]> = { bare: [], ask: [], transact: [] };
for (let round = 0; round < rounds; round++) {
  const order = round % 2 === 0 ? KINDS : [...KINDS].reverse();
  for (const kind of order) measured[kind].push(await measure(kind));
}
const rates = (kind: Kind): number[] => measured[kind].map((one) => one.callsPerSecond);
const bareCpuUs = median(measured.bare.map((one) => one.cpuUs)).toFixed(0);
report(
  `bare inserts, 64 a group: ${median(rates("bare")).toFixed(0)}/s, CPU ${bareCpuUs} µs`,
  true,
);
for (const kind of ["ask", "transact"] as const) {
  const bare = rates("bare");
  const ratios = rates(kind).map((rate, round) => rate / (bare[round] ?? Number.NaN));
  const cpuUs = median(measured[kind].map((one) => one.cpuUs)).toFixed(0);
  const serverCpuUs = median(measured[kind].map((one) => one.serverCpuUs)).toFixed(0);
  report(
    `${NAMES[kind]}: ${median(rates(kind)).toFixed(0)}/s, CPU of client ${cpuUs} and server ${serverCpuUs} µs each, ratio ${median(ratios).toFixed(2)} [${spread(ratios)}] (bar ≥ ${AT_LEAST})`,
    median(ratios) >= AT_LEAST,
  );
}

async function measure(kind: Kind): Promise<DurableMeasured> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const server = kind === "bare" ? undefined : startPeer(PEER, ["server", folder]);
  try {
    if (!server) return await measuredBy(PEER, ["bare", folder, String(seconds)]);
    const url = await firstLine(server);
    return await measuredBy(PEER, [kind, url, String(seconds)]);
  } finally {
    server?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
