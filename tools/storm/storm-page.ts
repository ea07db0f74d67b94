/** The page of the documents that tells of the storm. Pure: findings in, text out. */
import { PEER_SCHEDULES } from "./peer-schedules.ts";
import { said, type StormFinding } from "./storm-bars.ts";
import { figuresOf } from "./storm-figures.ts";
import type { StormRow } from "./storm-plot.ts";

export function stormPage(
  findings: readonly StormFinding[],
  rows: readonly StormRow[],
  seeds: number,
): string {
  return `# When everybody comes back at once

A server that restarts is dialled by all its clients. If they come in step, it is brought down again by those who wait for
it. \`npm run bench:storm\` simulates this: 10 000 clients are dropped within 100 ms. Each is a real connection manager
under the default policy, on a virtual clock, and heard the window that the server's own reckoning advertised. Only sockets
are left out: a dial is answered 5 ms later, and so is a hello.

| what | figure | bar |
| --- | --- | --- |
${findings.map(({ what, figure, atMost, unit }) => `| ${what} | ${said(figure, unit)} | ≤ ${said(atMost, unit)} |`).join("\n")}

The worst of ${seeds} seeds. "In any 100 ms" means 100 ms that may begin anywhere.

## Beside others

![How much of the fleet dials and comes back in each 100 ms, for Holdfast and three peers](storm.svg)

The same fleet, the same drop, the same 30 s outage, by the waits that these clients have when nothing is configured. Only
the waits are compared, not the clients: their formulas are taken from the sources of the versions named.

| client | waits, n from 0 | dials each | dial in 100 ms, at most | back in 100 ms, at most | back p50 | back p95 |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map(line).join("\n")}

Few at once is what the server feels, and p95 what the users feel; each can be bought with the other. A client that waits no
longer than 5 s, or not at all, is back sooner when the server can bear it: what these figures leave out is that a server
which has just started often cannot.
`;
}

function line({ name, run }: StormRow): string {
  const peer = PEER_SCHEDULES.find(({ name: known }) => name.startsWith(known));
  const { dialsEach, peakDials, peakBacks, backP50Ms, backP95Ms } = figuresOf(run);
  const cells = [
    name,
    peer?.formula ?? "U(0, 3 s), then U(s/5, s) with s = min(14 s, 1.25 s · 2ⁿ)",
    dialsEach.toFixed(1),
    said(peakDials, "share"),
    said(peakBacks, "share"),
    said(backP50Ms, "ms"),
    said(backP95Ms, "ms"),
  ];
  return `| ${cells.join(" | ")} |`;
}
