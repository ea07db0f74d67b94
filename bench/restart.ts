/**
 * A server is killed with SIGKILL while its clients are connected over real sockets, and another
 * process takes its place: how soon everybody is back, and how many dial at once. `npm run
 * bench:restart` exits 1 when a bar is missed.
 */
import { fork, type ChildProcess } from "node:child_process";
import { loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { peak, percentile } from "../tools/storm/storm-figures.ts";
import type { RestartNews, RestartOrder } from "./restart-peer.ts";
import { isSmoke, machine, median, report, roundsOr } from "./rounds.ts";

/** Long enough that every session is stable and has heard its server's window. */
const SETTLED_MS = 7_000;
/** The clients of one process, so that what they need of the processor is not what is measured. */
const CLIENTS_A_PROCESS = 1_000;

interface Restart {
  readonly servers: number;
  /** Of each server. */
  readonly clients: number;
  readonly outageMs: number;
}

interface Measured {
  /** From the new server's first moment to each client's welcome, in order. */
  readonly waits: readonly number[];
  /** The most dials in any 100 ms that the server is up, as a share of the clients. */
  readonly peakDials: number;
  /** The window that the clients had heard, the smallest and the largest. */
  readonly windowsMs: readonly [number, number];
  /** Processor time that the clients took, of all processes. */
  readonly processorMs: number;
}

const load = loadavg()[0] ?? 0;
console.log(`${machine}; two processes for the servers, the clients in their own`);
if (load > 1) console.log(`other work keeps ${load.toFixed(1)} cores busy: times say little`);
const lone = await rounds({ servers: 25, clients: 1, outageMs: 500 }, 2);
const loneWaits = lone.flatMap(({ waits }) => waits).sort(ascending);
report(
  `1 client, 0.5 s: median back ${seconds(percentile(loneWaits, 0.5))} (bar ≤ 0.30 s), p95 ${seconds(percentile(loneWaits, 0.95))}; ${loneWaits.length} restarts`,
  percentile(loneWaits, 0.5) <= 300,
);
const many = await rounds({ servers: 1, clients: 500, outageMs: 500 }, 3);
for (const measured of many) console.log(`  500 clients, 0.5 s: ${said(measured)}`);
const p99 = median(many.map(({ waits }) => percentile(waits, 0.99)));
const peakDials = median(many.map((measured) => measured.peakDials));
report(
  `500 clients, 0.5 s, medians: 99 % back within ${seconds(p99)} (bar ≤ 0.90 s), at most ${(peakDials * 100).toFixed(0)} % dial in 100 ms (bar ≤ 35 %)`,
  p99 <= 900 && peakDials <= 0.35,
);
for (const outageMs of [500, 5_000])
  for (const measured of await rounds({ servers: 1, clients: 2_000, outageMs }, 1))
    report(`2 000 clients, ${outageMs / 1_000} s: ${said(measured)}`, true);

function said({ waits, peakDials: dials, windowsMs, processorMs }: Measured): string {
  const [least, most] = windowsMs;
  const [half, most99, all] = [0.5, 0.99, 1].map((share) => seconds(percentile(waits, share)));
  return `back p50 ${half}, p99 ${most99}, last ${all}; at most ${(dials * 100).toFixed(0)} % dial in 100 ms; window ${least}–${most} ms; the clients worked for ${seconds(processorMs)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function ascending(one: number, other: number): number {
  return one - other;
}

async function rounds(restart: Restart, usual: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (let round = 0; round < (isSmoke ? 1 : roundsOr(usual)); round++)
    measured.push(await measure(restart));
  return measured;
}

async function measure({ servers, clients, outageMs }: Restart): Promise<Measured> {
  const peers: ChildProcess[] = [];
  const start = (...args: readonly string[]): ChildProcess => {
    const peer = fork(fileURLToPath(new URL("restart-peer.ts", import.meta.url)), args, {
      execArgv: ["--import", "tsx"],
    });
    peers.push(peer);
    return peer;
  };
  try {
    const [first, second] = [start("server", String(servers)), start("server", String(servers))];
    await Promise.all([heard(first, "ready"), heard(second, "ready")]);
    const { ports } = await listening(first, []);
    const processes = Math.ceil((servers * clients) / CLIENTS_A_PROCESS);
    const each = String(clients / processes);
    const guests = Array.from({ length: processes }, () =>
      start("clients", each, ...ports.map(String)),
    );
    await Promise.all(guests.map((guest) => heard(guest, "open")));
    await pause(SETTLED_MS);
    for (const guest of guests) order(guest, { type: "storm" });
    await pause(100);
    const allBack = Promise.all(guests.map((guest) => heard(guest, "back")));
    first.kill("SIGKILL");
    await pause(outageMs);
    const { at } = await listening(second, ports);
    const back = await allBack;
    const windows = back.flatMap(({ windowsMs }) => windowsMs);
    const dials = back.flatMap((news) => news.dials).filter((instant) => instant >= at);
    return {
      waits: back.flatMap(({ backs }) => backs.map((instant) => instant - at)).sort(ascending),
      peakDials: peak(dials) / (servers * clients),
      processorMs: back.reduce((sum, news) => sum + news.processorMs, 0),
      windowsMs: [Math.min(...windows), Math.max(...windows)],
    };
  } finally {
    for (const peer of peers) peer.kill("SIGKILL");
  }
}

function order(peer: ChildProcess, what: RestartOrder): void {
  peer.send(what);
}

async function listening(
  peer: ChildProcess,
  ports: readonly number[],
): Promise<Extract<RestartNews, { readonly type: "listening" }>> {
  const answer = heard(peer, "listening");
  order(peer, { type: "listen", ports });
  return answer;
}

/** The next news of this kind. Rejects when the process ends without. */
function heard<Type extends RestartNews["type"]>(
  peer: ChildProcess,
  type: Type,
): Promise<Extract<RestartNews, { readonly type: Type }>> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error(`a peer ended before it was ${type}`));
    const hear = (news: RestartNews): void => {
      if (news.type !== type) return;
      peer.off("message", hear).off("exit", ended);
      resolve(news as Extract<RestartNews, { readonly type: Type }>);
    };
    peer.on("message", hear).once("exit", ended);
  });
}
