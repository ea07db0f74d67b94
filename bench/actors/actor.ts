/** What every process of a benchmark does: it hears commands, and answers each with JSON. */

import { pathToFileURL } from "node:url";

/** Each takes the command's input and returns, or resolves with, its answer. */
export type Commands = Readonly<Record<string, (input: never) => unknown>>;

export interface Command {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

export interface Answer {
  readonly id: number;
  readonly output?: unknown;
  readonly error?: string;
}

/** Answers until the parent is gone. */
export function answerCommands(commands: Commands): void {
  const answer = async ({ id, name, input }: Command): Promise<void> => {
    const said = await answerTo(commands[name], input).then(
      (output): Answer => ({ id, output }),
      (error: unknown): Answer => ({ id, error: String(error) }),
    );
    process.send?.(said);
  };
  process.on("message", (command: Command) => void answer(command));
  process.on("disconnect", () => process.exit(0));
}

async function answerTo(command: Commands[string] | undefined, input: unknown): Promise<unknown> {
  if (!command) throw new Error("no such command");
  return command(input as never);
}

/** User and system time of this process so far, in µs. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

export interface Memory {
  /** What is alive, buffers included, in bytes. */
  readonly heap: number;
  /** What the system has given, in bytes. */
  readonly rss: number;
}

/** After collections, where the process runs with `--expose-gc`. */
export function memory(): Memory {
  const { gc } = globalThis as { readonly gc?: () => void };
  for (let round = 0; round < 3; round++) gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

/** Loads the library of this name, and no other. */
export async function loadPeer<PeerModule>(name: string): Promise<PeerModule> {
  // From where this process was started: this code itself may have been bundled into another file.
  const entry = pathToFileURL(process.argv[1] ?? "");
  return (await import(new URL(`../peers/${name}.js`, entry).href)) as PeerModule;
}
