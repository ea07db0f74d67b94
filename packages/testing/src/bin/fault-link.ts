#!/usr/bin/env node
/** `holdfast-fault-link`: a `FaultLink` from the command line, until Ctrl-C. */
import {
  describeFaultLink,
  describeFaultLinkStats,
  FAULT_LINK_USAGE,
  parseFaultLinkCommand,
} from "../fault-link-command.ts";
import { FaultLink } from "../fault-link.ts";

const args = process.argv.slice(2);
if (args.length === 0 || args.includes("--help")) say(FAULT_LINK_USAGE);
else await run().catch(fail);

async function run(): Promise<void> {
  const command = parseFaultLinkCommand(args);
  const link = await FaultLink.open({
    ...command,
    onFault: (kind) => say(`${kind} (${link.stats.faults[kind]})`),
  });
  link.set(command.faults, command.direction);
  if (command.resetEveryMs) link.resetEvery(...command.resetEveryMs);
  say(`Listening at 127.0.0.1:${link.port}. Ctrl-C ends it.`);
  for (const line of describeFaultLink(command)) say(line);
  const end = (): void => {
    say(describeFaultLinkStats(link.stats));
    link.close().catch(fail);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
