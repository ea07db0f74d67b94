/** The example's own command as a process, to be killed without a word and started again. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Builds the example and what it stands on; half a second when nothing has changed. */
export function buildExample(): void {
  const project = fileURLToPath(new URL("../..", import.meta.url));
  const compiler = createRequire(import.meta.url).resolve("typescript/package.json");
  const tsc = compiler.replace("package.json", "bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-b", project], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The example does not build:\n${stdout}`);
}

export class ExampleProcess {
  readonly #data: string = mkdtempSync(join(tmpdir(), "holdfast-react-"));
  readonly #mode: string;
  #child: ChildProcess | undefined;
  #url = "";

  /** `mode`: React's. In `development` StrictMode mounts everything twice. */
  constructor(mode = "development") {
    this.#mode = mode;
  }

  get url(): string {
    return this.#url;
  }

  /** Starts it where it was before, or anywhere. */
  async start(): Promise<void> {
    const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
    const PORT = this.#url ? new URL(this.#url).port : "0";
    const env = { ...process.env, PORT, HOLDFAST_REACT_DATA: this.#data, NODE_ENV: this.#mode };
    const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "inherit"] });
    this.#child = child;
    let said = "";
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      said += String(chunk);
      const [, url] = /at (http:\S+)/.exec(said) ?? [];
      if (url === undefined) continue;
      this.#url = url;
      return;
    }
    throw new Error(`The example did not start: ${said}`);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#data, { recursive: true, force: true });
  }
}
