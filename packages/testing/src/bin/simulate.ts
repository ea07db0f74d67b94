#!/usr/bin/env node
/** `holdfast-simulate`: runs the simulator, one seed after the other. Exit code 1: one failed. */
import { systemClock } from "@holdfast/client";

import { parseSimulateCommand, runBatch, SIMULATE_USAGE } from "../simulator/simulate-command.ts";

const args = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (args.includes("--help")) say(SIMULATE_USAGE);
else await run().catch(fail);

async function run(): Promise<void> {
  const holds = await runBatch(parseSimulateCommand(args), systemClock, say);
  process.exitCode = holds ? 0 : 1;
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
