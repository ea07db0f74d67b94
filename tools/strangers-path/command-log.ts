/** Runs commands as a person types them, and remembers what was typed and how long it took. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";

/** One line of the log. */
export interface Step {
  readonly what: string;
  readonly seconds: number;
}

/** A command that has not come back within this time hangs. */
const COMMAND_MS_MAX = 300_000;

/** What a stranger's shell has: nothing of the `npm run` that started this. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("npm_"));
  return Object.fromEntries(own);
}

export class CommandLog {
  readonly steps: Step[] = [];
  readonly #running: ChildProcess[] = [];

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

  /** Starts a command that stays, and resolves with what `ready` finds in its words. */
  async start(command: string, cwd: string, ready: RegExp): Promise<string> {
    const since = performance.now();
    const child = spawn(command, { cwd, shell: true, detached: true, env: strangersEnvironment() });
    this.#running.push(child);
    const found = await new Promise<string>((resolve, reject) => {
      let said = "";
      const hear = (chunk: Buffer): void => {
        said += chunk.toString();
        const match = ready.exec(said);
        if (match) resolve(match[1] ?? match[0]);
      };
      child.stdout?.on("data", hear);
      child.stderr?.on("data", hear);
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

  /** Ends what was started and stays, with all that it started itself. Resolves when it is gone. */
  async end(): Promise<void> {
    const gone = this.#running.splice(0).map(async (child) => {
      if (child.pid === undefined || child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      process.kill(-child.pid, "SIGTERM");
      await ended;
    });
    await Promise.all(gone);
  }
}
