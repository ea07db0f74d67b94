/** What all benchmarks share: how many rounds, processes of their own, medians, and missed bars. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

/** Few and short rounds, to see that a benchmark runs at all. */
export const isSmoke: boolean = process.argv.includes("--smoke");

/** Of `--rounds N`, or else this many; two in a smoke run. */
export function roundsOr(usual: number): number {
  const asked = Number(process.argv[process.argv.indexOf("--rounds") + 1]);
  return asked > 0 ? asked : isSmoke ? 2 : usual;
}

/** What figures depend on beside the code. */
export const machine: string = `Node ${process.version}, ${availableParallelism()} cores`;

/** Can processes be kept on a core? */
export const canPin: boolean = spawnSync("taskset", ["-c", "0", "true"]).status === 0;

/** Prints a figure; one that misses its bar makes the process fail in the end. */
export function report(line: string, isMet: boolean): void {
  if (!isMet) process.exitCode = 1;
  console.log(`${isMet ? "  " : "✗ "}${line}`);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The least and the most of them. */
export function spread(values: readonly number[], digits = 2): string {
  return `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;
}

export interface PeerOptions {
  /** The processor that it stays on, where the system can. */
  readonly core?: string | undefined;
  readonly nodeOptions?: readonly string[];
}

/** Starts a file of this folder in a process of its own. */
export function startPeer(
  file: string,
  args: readonly string[],
  { core, nodeOptions = [] }: PeerOptions = {},
): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const command = [process.execPath, ...nodeOptions, "--import", "tsx", path, ...args];
  const pinned = core !== undefined && canPin ? ["taskset", "-c", core, ...command] : command;
  return spawn(pinned[0] ?? "", pinned.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
}

/** The first line that it writes. Rejects when it ends without one. */
export function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += String(chunk);
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    child.once("exit", (code) => reject(new Error(`a peer ended with ${code} before it answered`)));
  });
}

/** What a peer measures and says in its first line, as JSON. */
export async function measuredBy<Measured>(
  file: string,
  args: readonly string[],
  options?: PeerOptions,
): Promise<Measured> {
  return JSON.parse(await firstLine(startPeer(file, args, options))) as Measured;
}
