/** `holdfast-fault-link` as a process: it carries, says what it does, and ends on Ctrl-C. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import { afterEach, expect, test } from "vitest";

import { cleanUp, deferred, until } from "../sockets/socket-world.ts";

afterEach(cleanUp);

const program = fileURLToPath(new URL("../../src/bin/fault-link.ts", import.meta.url));

/** The process, what it has said, and how it ended. */
function run(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args]);
  const own = { child, said: "", complained: "", ended: once(child, "exit") };
  child.stdout.on("data", (bytes) => (own.said += String(bytes)));
  child.stderr.on("data", (bytes) => (own.complained += String(bytes)));
  deferred(() => child.kill("SIGKILL"));
  return own;
}

test("a link from the command line carries, resets, and ends on Ctrl-C", async () => {
  const echo = createServer((socket) => {
    socket.on("error", () => {}).pipe(socket);
  });
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  deferred(() => echo.close());
  const { port } = echo.address() as AddressInfo;
  const own = run("--target", `${port}`, "--latency", "20", "--reset-every", "300-400");
  await until(() => own.said.includes("reset every"), 15_000);
  expect(own.said).toContain(`Carries TCP to 127.0.0.1:${port}; seed 1.\n`);
  expect(own.said).toContain("Both ways: 20 ms later.\n");
  const at = Number(/Listening at 127\.0\.0\.1:(\d+)\./.exec(own.said)?.[1]);
  const socket = connect(at, "127.0.0.1");
  deferred(() => socket.destroy());
  socket.on("error", () => {});
  socket.write("hello");
  expect(String((await once(socket, "data"))[0])).toBe("hello");
  await until(() => socket.destroyed);
  await until(() => own.said.includes("reset (1)\n"));
  own.child.kill("SIGINT");
  expect(await own.ended).toEqual([0, null]);
  expect(own.said).toMatch(/\n1 connections, 5 bytes to the server, 5 to the client; reset 1\.\n$/);
  expect(own.complained).toBe("");
});

test("a command line that is wrong is told why, and fails", async () => {
  const own = run("--target", "here");
  expect(await own.ended).toEqual([1, null]);
  expect(own.complained).toBe("--target [HOST:]PORT is needed\n");
});

test("without a word it tells how it is used", async () => {
  const own = run();
  expect(await own.ended).toEqual([0, null]);
  expect(own.said).toContain("--reset-every MIN-MAX");
});
