/**
 * Throws mutated frames at the decoders and at sessions of both sides: nothing may throw past the
 * codec, grow, or take long. `npm run fuzz -- --frames 1000000 --seed 1`, with `--only decoder` at
 * the targets alone whose names have the word; it prints what became of them, and on a finding the
 * frame. The same seed makes the same frames.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { build } from "esbuild";

import type * as FuzzRun from "./fuzz/fuzz-run.ts";
import { sourceAliases } from "./source-aliases.ts";

/** How much the heap may hold more at the end than after a tenth of the run, in bytes. */
const GROWTH_MAX = 16 * 2 ** 20;

const { values } = parseArgs({
  options: {
    frames: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
  },
});
const [frames, seed] = [Number(values.frames), Number(values.seed)];
if (!Number.isSafeInteger(frames) || frames < 1 || !Number.isSafeInteger(seed))
  throw new Error("--frames and --seed take whole numbers");

/** From the sources, whatever has been built; as a file, so that stacks can be read. */
async function fuzzRun(): Promise<typeof FuzzRun> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-fuzz-"));
  const outfile = join(folder, "fuzz.mjs");
  try {
    await build({
      entryPoints: [fileURLToPath(new URL("fuzz/fuzz-run.ts", import.meta.url))],
      alias: Object.fromEntries(sourceAliases().map(({ name, path }) => [name, path])),
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "es2022",
    });
    return (await import(pathToFileURL(outfile).href)) as typeof FuzzRun;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** The time that this process has worked: how busy the machine is otherwise does not count. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const { fuzz, fuzzTargets } = await fuzzRun();
const targets = fuzzTargets().filter(({ name }) => name.includes(values.only));
if (targets.length === 0) throw new Error("--only names no target");
const startedAt = performance.now();
let heapBefore = 0;
let asked = 0;
const report = await fuzz({
  seed,
  frames,
  targets,
  now: processorMs,
  isOver: () => {
    // After a tenth everything is warm that will ever be.
    if (asked++ * 100 >= frames / 10) heapBefore ||= heapUsed();
    return false;
  },
});
const growth = heapUsed() - (heapBefore || heapUsed());

for (const [target, counts] of report.verdicts) {
  console.log(target);
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  for (const [verdict, count] of sorted) console.log(`  ${String(count).padStart(9)} ${verdict}`);
}
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
const { finding } = report;
console.log(
  `${report.frames} frames of seed ${seed} in ${seconds} s; the slowest took ${report.slowestMs.toFixed(1)} ms; ` +
    `the heap grew by ${(growth / 2 ** 20).toFixed(1)} MiB`,
);
if (finding) {
  console.error(`${finding.target}, frame ${finding.number}: ${finding.what}`);
  console.error(JSON.stringify(String(finding.frame)).slice(0, 4_000));
}
if (growth > GROWTH_MAX) console.error("it grows");
process.exitCode = finding || growth > GROWTH_MAX ? 1 : 0;
