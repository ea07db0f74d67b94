/**
 * Measures Holdfast against raw `ws`, in turn, and prints medians and ratios; exits 1 when a bar is
 * missed.
 */
import type { Measured } from "./peer.ts";
import { canPin, firstLine, isSmoke, machine, measuredBy, median, report } from "./rounds.ts";
import { roundsOr, spread, startPeer } from "./rounds.ts";
import { transitionUs } from "./transition.ts";

const rounds = roundsOr(5);
const seconds = isSmoke ? 0.5 : 2;

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

console.log(
  `${machine}, ${rounds} rounds of ${seconds} s, ${canPin ? "pinned" : "not pinned: no taskset"}`,
);
for (const workload of workloads) await compare(workload);
const us = transitionUs();
report(`transition (µs): ${us.toFixed(2)}`, us <= 5);

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
  const bar = workload.bar ? ` (bar ${workload.bar.atMost ? `≤ ${atMost}` : `≥ ${atLeast}`})` : "";
  report(
    `${workload.name}: ws ${median(figures.ws).toFixed(1)}, holdfast ${median(figures.holdfast).toFixed(1)}, ratio ${ratio.toFixed(2)} [${spread(ratios)}]${bar}`,
    ratio <= atMost && ratio >= atLeast,
  );
}

async function measure(kind: Kind, { inFlight, cores }: Workload): Promise<Measured> {
  const server = startPeer("peer.ts", ["server", kind], { core: cores?.[0] });
  try {
    const url = await firstLine(server);
    const args = ["client", kind, url, String(seconds), String(inFlight)];
    return await measuredBy("peer.ts", args, { core: cores?.[1] });
  } finally {
    server.kill("SIGKILL");
  }
}
