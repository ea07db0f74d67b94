/**
 * The checks that take too long for every change: the unit tests with long property runs, the
 * crash tests with hundreds of kills, the planted faults, and the mutation run. Tests read
 * `HOLDFAST_DEEP=1` to know that they may take their time.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function run(...args) {
  const env = { ...process.env, HOLDFAST_DEEP: "1" };
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env });
  return status === 0;
}

const vitest = (...projects) =>
  run("node_modules/vitest/vitest.mjs", "run", ...projects.flatMap((name) => ["--project", name]));

const tests = vitest("unit", "crash");
const faults = run("--import", "tsx", "tools/plant.ts");
const mutants = run("--import", "tsx", "tools/mutate.ts");
process.exitCode = tests && faults && mutants ? 0 : 1;
