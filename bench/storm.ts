/**
 * The storm, simulated: ten thousand clients lose their server within 100 ms. Real connection
 * managers under the default policy, on a virtual clock; beside them the waits of three peers.
 * `npm run bench:storm` exits 1 when a bar is missed; `-- --write` writes docs/storm.md and its
 * picture, `-- --seeds N` takes other than five seeds for each storm.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { PEER_SCHEDULES } from "../tools/storm/peer-schedules.ts";
import { FLEET, isMet, LONG_OUTAGE, loneClients, longOutage } from "../tools/storm/storm-bars.ts";
import { noOutage, said, smallFleet, type StormFinding } from "../tools/storm/storm-bars.ts";
import { figuresOf } from "../tools/storm/storm-figures.ts";
import { stormPage } from "../tools/storm/storm-page.ts";
import { svgPlot, textPlot, type StormRow } from "../tools/storm/storm-plot.ts";
import { runStorm } from "../tools/storm/storm-world.ts";
import { report } from "./rounds.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "5" },
    write: { type: "boolean", default: false },
  },
});
const seeds = Number(values.seeds);
if (!Number.isSafeInteger(seeds) || seeds < 1) throw new Error("--seeds takes a whole number");

console.log(`${FLEET} clients, ${seeds} seeds, the worst of them:`);
const findings: StormFinding[] = [];
const looks = [
  () => longOutage(seeds),
  () => noOutage(seeds),
  () => smallFleet(seeds),
  () => loneClients(),
];
for (const look of looks) {
  for (const finding of look()) {
    findings.push(finding);
    const { what, figure, atMost, unit } = finding;
    report(`${what}: ${said(figure, unit)} (bar ≤ ${said(atMost, unit)})`, isMet(finding));
  }
}

const rows: StormRow[] = [undefined, ...PEER_SCHEDULES].map((peer) => ({
  name: peer ? `${peer.name} ${peer.version}` : "Holdfast",
  run: runStorm({ ...LONG_OUTAGE, seed: 1, peer }),
}));
console.log("\nThe same outage by the default waits of others: the most that dial in 100 ms\n");
console.log(textPlot(rows));
console.log();
for (const { name, run } of rows) {
  const { peakDials, peakBacks, dialsEach, backP50Ms, backP95Ms } = figuresOf(run);
  console.log(
    `${name.padEnd(28)} ${dialsEach.toFixed(1)} dials each; at most ${said(peakDials, "share")} dial and ` +
      `${said(peakBacks, "share")} come back in 100 ms; back p50 ${said(backP50Ms, "ms")}, p95 ${said(backP95Ms, "ms")}`,
  );
}
if (values.write) {
  writeFileSync(new URL("../docs/storm.svg", import.meta.url), svgPlot(rows));
  writeFileSync(new URL("../docs/storm.md", import.meta.url), stormPage(findings, rows, seeds));
  console.log("\ndocs/storm.md and docs/storm.svg are written");
}
