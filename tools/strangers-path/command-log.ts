/** Runs commands as a person types them, and remembers what was typed and how long it took. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";

/** One line of the log. */
export interface Step {
  readonly what: string;
  readonly seconds: number;
}

/** A command that has not come back within this time hangs. */
const COMMAND_MS_MAX = 300_000;
/** The same for one that stays, until it is ready: the demo's first start installs everything. */
const READY_MS_MAX = 180_000;

/** What a stranger's shell has: nothing of the `npm run` that started this. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("npm_"));
  return Object.fromEntries(own);
}

export class CommandLog {
  readonly steps: Step[] = [];
  readonly #running = new Map<string, ChildProcess>();

  /** Runs a command to its end. Throws when it fails, with what it said. */
  run(command: string, cwd: string): void {
    const since = performance.now();
    const { status, stdout, stderr } = spawnSync(command, {
      cwd,
      shell: true,
      encoding: "utf8",
      env: strangersEnvironment(),
      timeout: COMMAND_MS_MAX,
    });
    if (status !== 0) throw new Error(`${command}: ended with ${status}\n${stdout}${stderr}`);
    this.note(`\`${command}\``, since);
  }

  /**
   * Starts a command that stays, and resolves with what `ready` finds in its words. A silent one is
   * ready when there is the file that is named.
   */
  async start(command: string, cwd: string, ready: RegExp | string): Promise<string> {
    const since = performance.now();
    const isFile = typeof ready === "string";
    const wait = isFile ? ` & until [ -e ${ready} ]; do sleep 0.1; done; echo is there; wait` : "";
    const words = isFile ? /is there/ : ready;
    const env = strangersEnvironment();
    const child = spawn(`${command}${wait}`, { cwd, shell: true, detached: true, env });
    this.#running.set(command, child);
    const found = await new Promise<string>((resolve, reject) => {
      let said = "";
      const hear = (chunk: Buffer): void => {
        said += chunk.toString();
        const match = words.exec(said);
        if (!match) return;
        clearTimeout(late);
        resolve(match[1] ?? match[0]);
      };
      child.stdout?.on("data", hear);
      child.stderr?.on("data", hear);
      const late = setTimeout(
        () => reject(new Error(`${command}: not ready\n${said}`)),
        READY_MS_MAX,
      );
      child.on("exit", () => clearTimeout(late));
      child.on("exit", (code) => reject(new Error(`${command}: ended with ${code}\n${said}`)));
    });
    this.note(`\`${command}\`, until it is ready`, since);
    return found;
  }

  /** Remembers what was done since an instant of `performance.now`. */
  note(what: string, since: number): void {
    const seconds = (performance.now() - since) / 1_000;
    this.steps.push({ what, seconds });
    console.log(`${seconds.toFixed(1).padStart(6)} s  ${what}`);
  }

  /** Ends a command that stays, with all that it started itself. Resolves when it is gone. */
  async stop(command: string): Promise<void> {
    const child = this.#running.get(command);
    this.#running.delete(command);
    if (child?.pid === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    process.kill(-child.pid, "SIGTERM");
    await ended;
  }

  /** Ends every command that stays. */
  async end(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((command) => this.stop(command)));
  }
}
