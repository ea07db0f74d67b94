#!/usr/bin/env node
/** `holdfast-trace`: prints an exported trace in words, and replays it. */
import { readFile } from "node:fs/promises";

import { TRACE_USAGE, traceReport } from "../trace-command.ts";

const [path, ...others] = process.argv.slice(2);
if (path === "--help") process.stdout.write(`${TRACE_USAGE}\n`);
else if (path === undefined || others.length > 0) fail(new Error(TRACE_USAGE));
else await run(path).catch(fail);

async function run(file: string): Promise<void> {
  const { lines, exitCode } = traceReport(await readFile(file, "utf8"));
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = exitCode;
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
