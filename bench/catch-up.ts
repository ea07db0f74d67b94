/**
 * Measures what it costs a client to catch up with everything, in µs of processor time an update
 * beyond decoding, and in memory; each round in new processes. Exits 1 when a bar is missed.
 */
import type { CatchUpMeasured } from "./catch-up-peer.ts";
import { isSmoke, machine, measuredBy, median, report, roundsOr, spread } from "./rounds.ts";

const rounds = roundsOr(5);
const [buckets, each] = isSmoke ? [100, 100] : [1_000, 100];
/** Four fetches of 256 KiB, and 20 MB. */
const HEAP_MB_MAX = 21;

const WORKLOADS = [
  { kind: "memory", name: "memory store, applied in memory", bar: 3 },
  { kind: "sqlite", name: "SQLite documents", bar: 8 },
] as const;

console.log(`${machine}, ${rounds} rounds of ${buckets * each} updates in ${buckets} buckets`);
const all = new Map(WORKLOADS.map(({ kind }) => [kind, [] as CatchUpMeasured[]]));
for (let round = 0; round < rounds; round++)
  for (const [kind, measured] of all) measured.push(await measure(kind, "cpu"));
for (const { kind, name, bar } of WORKLOADS) {
  const measured = all.get(kind) ?? [];
  const above = measured.map(({ cpuUs, decodingUs }) => cpuUs - decodingUs);
  const decoding = median(measured.map(({ decodingUs }) => decodingUs));
  report(
    `${name}: ${median(above).toFixed(2)} µs an update beyond ${decoding.toFixed(2)} for decoding [${spread(above)}] (bar ≤ ${bar})`,
    median(above) <= bar,
  );
  const heaps: number[] = [];
  for (let round = 0; round < Math.min(rounds, 3); round++)
    heaps.push((await measure(kind, "heap")).heapMb);
  report(
    `${name}: ${median(heaps).toFixed(1)} MB alive at most (bar ≤ ${HEAP_MB_MAX})`,
    median(heaps) <= HEAP_MB_MAX,
  );
}

function measure(kind: string, figure: "cpu" | "heap"): Promise<CatchUpMeasured> {
  const nodeOptions = figure === "heap" ? ["--expose-gc"] : [];
  const args = [kind, String(buckets), String(each), figure];
  return measuredBy("catch-up-peer.ts", args, { nodeOptions });
}
