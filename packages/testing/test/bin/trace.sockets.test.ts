/** `holdfast-trace` as a process: a file in, words out, and an exit code. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { exportTrace } from "@holdfast/client/trace";
import { afterEach, expect, test } from "vitest";

import {
  cleanUp,
  deferred,
  isOpen,
  makeClient,
  QUICK,
  reach,
  SocketServer,
} from "../sockets/socket-world.ts";

const program = fileURLToPath(new URL("../../src/bin/trace.ts", import.meta.url));

afterEach(cleanUp);

async function file(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-trace-"));
  deferred(() => rm(folder, { recursive: true }));
  const path = join(folder, "trace.json");
  await writeFile(path, text);
  return path;
}

/** The exit code, and what was said. */
async function run(...args: string[]): Promise<readonly [number, string, string]> {
  return await new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", program, ...args], (error, out, complained) =>
      resolve([Number(error?.code ?? 0), out, complained]),
    );
  });
}

test("a trace of a client on real sockets is told in words, and the machine does the same", async () => {
  const server = await SocketServer.start();
  const client = makeClient(server.port, { policy: QUICK });
  client.start();
  await reach(client, isOpen);
  await server.kill();
  await reach(client, ({ attempt }) => attempt > 1);
  await server.start();
  await reach(client, isOpen);
  const trace = exportTrace(client);
  const { length } = trace.entries;
  const [code, out, complained] = await run(await file(JSON.stringify(trace)));
  expect(complained).toBe("");
  expect(out).toMatch(/^@holdfast\/client .* on node, \d+ events/);
  expect(out).toContain("open → backoff (transportClosed)");
  expect(out).toContain(`\nReplayed: the machine does the same, ${length} of ${length} events.\n`);
  expect(code).toBe(0);
});

test("a bad file, no file, and no argument fail with a clear word", async () => {
  expect(await run(await file("{}"))).toEqual([
    1,
    "This is JSON, but no trace: it names no format.\n",
    "",
  ]);
  const [code, , complained] = await run("no-such-file.json");
  expect(code).toBe(1);
  expect(complained).toContain("ENOENT");
  const [without, , usage] = await run();
  expect(without).toBe(1);
  expect(usage).toContain("holdfast-trace FILE");
});

test("asked for help, it helps", async () => {
  expect(await run("--help")).toMatchObject([
    0,
    expect.stringContaining("holdfast-trace FILE"),
    "",
  ]);
});
