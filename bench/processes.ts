/** Processes of their own for servers and clients, kept on a core where the system can. */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

import type { Answer, Command } from "./actors/actor.ts";
import { builtFolder } from "./build.ts";

/** Can processes be kept on a core? */
export const canPin: boolean = spawnSync("taskset", ["-c", "0", "true"]).status === 0;

/** Where actors leave what `--cpu-prof` saw; undefined: nowhere, and they are killed at once. */
let profiles: string | undefined;

/** From now on every actor is profiled into this folder. */
export function profileInto(folder: string | undefined): void {
  profiles = folder;
}

/** How long a command may take, in ms. A process that says nothing has hung. */
const PATIENCE_MS = 180_000;

export interface StartOptions {
  /** The processor that it stays on, where the system can. */
  readonly core?: string | undefined;
  readonly nodeOptions?: readonly string[];
  /** What it complains about is expected. */
  readonly isQuiet?: boolean;
}

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));

/** A process that does what it is told. */
export class Actor {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(name: string, options: StartOptions = {}) {
    const { isQuiet = false } = options;
    const stdio = ["ignore", "ignore", isQuiet ? "ignore" : "inherit", "ipc"] as const;
    this.#child = start(name, [], options, stdio);
    this.#child.on("message", ({ id, output, error }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(output);
      else waiting?.reject(new Error(`${name}: ${error}`));
    });
    this.#child.once("exit", (code, signal) => {
      const end = new Error(`${name} ended with ${code ?? signal}`);
      for (const { reject } of this.#waiting.values()) reject(end);
      this.#waiting.clear();
    });
  }

  /** Rejects when the process fails, ends or hangs. */
  ask<Output>(name: string, input: unknown = {}): Promise<Output> {
    const id = ++this.#lastId;
    const command: Command = { id, name, input };
    return new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${name} takes too long`)), PATIENCE_MS);
      const done = <Value>(settle: (value: Value) => void) => {
        return (value: Value): void => {
          clearTimeout(timer);
          settle(value);
        };
      };
      this.#waiting.set(id, { resolve: done(resolve), reject: done(reject) });
      this.#child.send(command);
    }) as Promise<Output>;
  }

  /** Ends it at once, and resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    // Who is killed writes no profile; who is left alone ends by itself.
    if (profiles === undefined) this.#child.kill("SIGKILL");
    else this.#child.disconnect();
    await gone;
  }
}

function start(
  name: string,
  args: readonly string[],
  { core, nodeOptions = [] }: StartOptions,
  stdio: readonly ("ignore" | "inherit" | "pipe" | "ipc")[],
): ChildProcess {
  const script = `${builtFolder}actors/${name}.js`;
  const profiling = profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`];
  const command = [process.execPath, ...nodeOptions, ...profiling, script, ...args];
  const pinned = core !== undefined && canPin ? ["taskset", "-c", core, ...command] : command;
  const child = spawn(pinned[0] ?? "", pinned.slice(1), { stdio: [...stdio] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** A process that is told what to do by its arguments, and says what it has to in a line. */
export class Script {
  readonly #child: ChildProcess;
  /** The first line that it writes. Rejects when it ends without one. */
  readonly firstLine: Promise<string>;

  constructor(name: string, args: readonly string[], options: StartOptions = {}) {
    const child = start(name, args, options, ["ignore", "pipe", "inherit"]);
    this.#child = child;
    this.firstLine = new Promise((resolve, reject) => {
      let text = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        text += String(chunk);
        if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
      });
      child.once("exit", (code) =>
        reject(new Error(`${name} ended with ${code}, and said nothing`)),
      );
    });
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** What a script measures and says, as JSON. */
export async function measuredBy<Measured>(
  name: string,
  args: readonly string[],
  options?: StartOptions,
): Promise<Measured> {
  return JSON.parse(await new Script(name, args, options).firstLine) as Measured;
}
