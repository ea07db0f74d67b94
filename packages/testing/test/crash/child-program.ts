/**
 * Programs of their own process that can be killed: bundled once from the sources, so that a start
 * takes little and no build can be stale; they speak in lines of JSON.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { deferred, pause } from "../sockets/socket-world.ts";
import type { Chaos } from "./chaos.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Bundles `./<name>.ts`, and returns where. It is gone after the test. */
export async function builtProgram(name: string): Promise<string> {
  // In a place from which a program finds what it does not bundle.
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "holdfast-crash-"));
  deferred(() => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    // Our own packages are found by its paths.
    tsconfig: join(root, "tsconfig.test.json"),
    external: ["ws", "@photostructure/sqlite"],
    logLevel: "warning",
  });
  return outfile;
}

/** A line of a program: what happened, and about what. */
export type Said = readonly [what: string, ...rest: unknown[]];

export class ChildProgram {
  readonly process: ChildProcess;
  /** Resolves with the exit code; null: killed. */
  readonly ended: Promise<number | null>;
  #rest = "";

  /** `argument` reaches the program as JSON. */
  constructor(path: string, argument: unknown, chaos: Chaos, onSaid: (said: Said) => void) {
    const child = spawn(
      process.execPath,
      ["--enable-source-maps", path, JSON.stringify(argument)],
      {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.process = child;
    this.ended = once(child, "close").then(([code]) => code as number | null);
    child.stdout.on("data", (bytes: Buffer) => {
      const lines = (this.#rest + String(bytes)).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) onSaid(JSON.parse(line) as Said);
    });
    child.stderr.on("data", (bytes: Buffer) => {
      for (const line of String(bytes).trim().split("\n")) chaos.note(`stderr: ${line}`);
    });
    deferred(() => this.kill());
  }

  /** Ends the process as a power cut would, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.ended;
  }
}

/** The path of a file that is not there yet, and is gone after the test. */
export function temporaryFile(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-crash-"));
  deferred(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

/**
 * A port for a server that comes and goes: free, and below those that systems give to outgoing
 * connections, so that nobody takes it while the server is away.
 */
export async function quietPort(chaos: Chaos): Promise<number> {
  for (;;) {
    const port = chaos.between(15_000, 30_000);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}

/** Waits until the condition holds, but no longer than so many ms. */
export async function elapsed(ms: number, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + ms;
  while (!condition() && performance.now() < deadline) await pause(2);
}
