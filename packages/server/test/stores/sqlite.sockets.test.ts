/** The SQLite store in real processes: killed at random moments, and two on one file. */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { systemClock } from "../../src/base/clock.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { temporaryFolder } from "./store-bed.ts";

const KILLS = 12;
const script = fileURLToPath(new URL("increments.ts", import.meta.url));

/** A process that applies the increments `first` to `last`, and what it has said. */
class Writer {
  readonly lines: string[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exit: Promise<number | null>;
  #heard: () => void = () => undefined;

  constructor(path: string, prefix: string, first: number, last: number) {
    const args = ["--import", "tsx", script, path, prefix, String(first), String(last)];
    this.#child = spawn(process.execPath, args);
    let rest = "";
    this.#child.stdout.on("data", (chunk: Buffer) => {
      const lines = `${rest}${String(chunk)}`.split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines);
      this.#heard();
    });
    this.#child.stderr.on("data", (chunk: Buffer) => process.stderr.write(chunk));
    this.#exit = new Promise((resolve) => this.#child.once("close", resolve));
  }

  async heard(lines: number): Promise<void> {
    while (this.lines.length < lines) {
      await new Promise<void>((resolve, reject) => {
        this.#heard = resolve;
        void this.#exit.then((code) => reject(new Error(`the writer ended with ${code}`)));
      });
    }
  }

  begin(): void {
    this.#child.stdin.write("go\n");
  }

  /** Its exit code, null if it was killed. */
  ended(): Promise<number | null> {
    return this.#exit;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }
}

/** What is in the file, after it was checked to agree with itself. */
async function applied(path: string): Promise<string[]> {
  const store = sqliteStore({ path });
  const keys: Record<"left" | "right", string[]> = { left: [], right: [] };
  for (const bucket of ["left", "right"] as const) {
    for (let after = 0; ;) {
      const [page] = await store.read([{ bucket, after }], { updates: 1_000, bytes: 1_000_000 });
      if (!page || page.updates.length === 0) break;
      for (const { seq, data, key } of page.updates) {
        expect(seq).toBe(++after);
        expect(data).toBe(key);
        keys[bucket].push(String(data));
      }
    }
  }
  expect(keys.right).toEqual(keys.left);
  expect(new Set(keys.left).size).toBe(keys.left.length);
  for (const [index, key] of keys.left.entries()) {
    const outcome = await store.outcome({ account: "ada", key });
    expect(outcome).toMatchObject({ type: "result", at: { left: index + 1, right: index + 1 } });
  }
  const outcome = await store.commit({
    run: (tx) => tx.db.prepare("select value from counter").get()?.["value"],
  });
  expect(outcome).toMatchObject({ output: keys.left.length });
  await store.close();
  return keys.left;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => systemClock.at(systemClock.now() + ms, resolve));
}

test(
  `a server that is killed ${KILLS} times has all that it acknowledged, and nothing by halves (B48)`,
  { timeout: 90_000 },
  async () => {
    const path = join(temporaryFolder(), "store.db");
    const acknowledged: string[] = [];
    let writer = new Writer(path, "r0-", 0, Infinity);
    for (let round = 1; round <= KILLS; round++) {
      await writer.heard(1);
      writer.begin();
      await writer.heard(2);
      // Started ahead, so that its opening meets a file that another writes, then a crash.
      const next = new Writer(path, `r${round}-`, 0, Infinity);
      await sleep(Math.random() * 150);
      await writer.kill();
      acknowledged.push(...writer.lines.slice(1).map((line) => line.replace(" committed", "")));
      writer = next;
    }
    await writer.kill();
    const stored = await applied(path);
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    // What was not acknowledged may be there too, as long as it is whole.
    const known = new Set(acknowledged);
    expect(stored.filter((key) => known.has(key))).toHaveLength(acknowledged.length);
  },
);

test(
  "two processes on one file apply what both were asked once, and number without gaps",
  { timeout: 60_000 },
  async () => {
    const path = join(temporaryFolder(), "store.db");
    const writers = [new Writer(path, "k", 0, 499), new Writer(path, "k", 250, 749)];
    await Promise.all(writers.map((writer) => writer.heard(1)));
    for (const writer of writers) writer.begin();
    expect(await Promise.all(writers.map((writer) => writer.ended()))).toEqual([0, 0]);
    const stored = await applied(path);
    expect(stored.toSorted()).toEqual(
      Array.from({ length: 750 }, (_, index) => `k${index}`).toSorted(),
    );
    const said = writers.flatMap((writer) => writer.lines.slice(1));
    expect(said).toHaveLength(1_000);
    expect(said.filter((line) => line.endsWith(" committed"))).toHaveLength(750);
    expect(said.filter((line) => line.endsWith(" known"))).toHaveLength(250);
  },
);
