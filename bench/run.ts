/**
 * Measures Holdfast against raw `ws`, in turn, and prints medians and ratios; exits 1 when a bar is
 * missed.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Measured } from "./peer.ts";
import { transitionUs } from "./transition.ts";

const isSmoke = process.argv.includes("--smoke");
const asked = Number(process.argv[process.argv.indexOf("--rounds") + 1]);
const rounds = asked > 0 ? asked : isSmoke ? 2 : 5;
const seconds = isSmoke ? 0.5 : 2;
const canPin = spawnSync("taskset", ["-c", "0", "true"]).status === 0;
const peer = fileURLToPath(new URL("peer.ts", import.meta.url));

type Kind = "ws" | "holdfast";

interface Workload {
  readonly name: string;
  readonly inFlight: number;
  /** The processors of server and client; absent: as the system likes. */
  readonly cores?: readonly [string, string];
  readonly figure: (measured: Measured) => number;
  /** Of holdfast to ws. */
  readonly bar?: { readonly atMost?: number; readonly atLeast?: number };
}

const workloads: readonly Workload[] = [
  {
    name: "sequential call p50 (µs), one core",
    inFlight: 1,
    cores: ["0", "0"],
    figure: ({ p50Us }) => p50Us,
    bar: { atMost: 1.45 },
  },
  {
    name: "sequential call p50 (µs), two cores",
    inFlight: 1,
    cores: ["0", "1"],
    figure: ({ p50Us }) => p50Us,
  },
  {
    name: "64 in flight (calls/s), two cores",
    inFlight: 64,
    cores: ["0", "1"],
    figure: ({ callsPerSecond }) => callsPerSecond,
    bar: { atLeast: 1.3 },
  },
  {
    name: "64 in flight, client CPU (µs/call)",
    inFlight: 64,
    cores: ["0", "1"],
    figure: ({ cpuUs }) => cpuUs,
  },
];

let missed = 0;
console.log(
  `Node ${process.version}, ${availableParallelism()} cores, ${rounds} rounds of ${seconds} s, ${canPin ? "pinned" : "not pinned: no taskset"}`,
);
for (const workload of workloads) await compare(workload);
const us = transitionUs();
report(`transition (µs): ${us.toFixed(2)}`, us <= 5);
process.exitCode = missed > 0 ? 1 : 0;

async function compare(workload: Workload): Promise<void> {
  const figures: Record<Kind, number[]> = { ws: [], holdfast: [] };
  for (let round = 0; round < rounds; round++) {
    for (const kind of ["ws", "holdfast"] as const)
      figures[kind].push(workload.figure(await measure(kind, workload)));
  }
  const ratios = figures.holdfast.map(
    (figure, round) => figure / (figures.ws[round] ?? Number.NaN),
  );
  const ratio = median(ratios);
  const { atMost = Infinity, atLeast = 0 } = workload.bar ?? {};
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const bar = workload.bar ? ` (bar ${workload.bar.atMost ? `≤ ${atMost}` : `≥ ${atLeast}`})` : "";
  report(
    `${workload.name}: ws ${median(figures.ws).toFixed(1)}, holdfast ${median(figures.holdfast).toFixed(1)}, ratio ${ratio.toFixed(2)} [${spread}]${bar}`,
    ratio <= atMost && ratio >= atLeast,
  );
}

function report(line: string, isMet: boolean): void {
  if (!isMet) missed++;
  console.log(`${isMet ? "  " : "✗ "}${line}`);
}

async function measure(kind: Kind, { inFlight, cores }: Workload): Promise<Measured> {
  const server = run(cores?.[0], ["server", kind]);
  try {
    const url = await firstLine(server);
    const client = run(cores?.[1], ["client", kind, url, String(seconds), String(inFlight)]);
    return JSON.parse(await firstLine(client)) as Measured;
  } finally {
    server.kill("SIGKILL");
  }
}

function run(core: string | undefined, args: readonly string[]): ChildProcess {
  const command = [process.execPath, "--import", "tsx", peer, ...args];
  const pinned = core !== undefined && canPin ? ["taskset", "-c", core, ...command] : command;
  return spawn(pinned[0] ?? "", pinned.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += String(chunk);
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    child.once("exit", (code) => reject(new Error(`a peer ended with ${code} before it answered`)));
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
