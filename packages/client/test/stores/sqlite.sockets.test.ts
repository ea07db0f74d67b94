/** The SQLite store under several processes, some of which are killed while they write. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { seededRandom } from "@holdfast/client";
import { afterEach, beforeEach, expect, test } from "vitest";

import { sqliteStore } from "../../src/stores/sqlite.ts";
import { sampleRecord } from "./support/sample-record.ts";
import { temporaryFolder } from "./support/store-world.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const script = fileURLToPath(new URL("support/store-process.ts", import.meta.url));

let folder: ReturnType<typeof temporaryFolder>;
let database: string;
const children = new Set<ChildProcess>();

beforeEach(() => {
  folder = temporaryFolder();
  database = join(folder.path, "store.db");
});

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
  folder.end();
});

/** Starts a writer; `written` tells how many of its writes it has said to be stored. */
function start(owner: string, count: number): { child: ChildProcess; written: () => number } {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", script, database, owner, String(count)],
    {
      cwd: root,
      env: { ...process.env, TSX_TSCONFIG_PATH: join(root, "tsconfig.test.json") },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  children.add(child);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return { child, written: () => text.split("\n").length - 1 };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test("a process that is killed while it writes loses nothing that it was told is stored, and leaves no half (L39, L55)", async () => {
  const random = seededRandom(7);
  const expected = new Set<string>();
  for (let round = 0; round < 8; round++) {
    const owner = `process${round}`;
    const { child, written } = start(owner, 100_000);
    const enough = 1 + random() * 60;
    await until(() => written() > enough || child.exitCode !== null);
    expect(child.exitCode).toBeNull();
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    const stored = written();
    // At once: nobody waits for the lease of a process that is gone.
    const account = await sqliteStore({ database }).open("a");
    const { records, setAside } = await account.transactions.claim(`parent${round}`);
    expect(setAside).toEqual([]);
    const ids = new Set(records.map(({ id }) => id));
    for (let n = 0; n < stored; n++) for (const half of "ab") expected.add(`${owner}-${n}-${half}`);
    // One more may be stored, of which the process could not tell any more.
    if (ids.has(`${owner}-${stored}-a`)) {
      for (const half of "ab") expected.add(`${owner}-${stored}-${half}`);
    }
    expect(ids).toEqual(expected);
    const cursor = await account.documents.cursor(owner);
    const documents = await account.documents.documents(owner);
    expect(cursor?.seq).toBeGreaterThanOrEqual(stored);
    expect(
      documents.map(({ document }) => document).toSorted((a, b) => Number(a) - Number(b)),
    ).toEqual(Array.from({ length: cursor?.seq ?? 0 }, (_, n) => n));
    await account.close();
  }
});

test("processes that start at once share one new file, and each ends when it has closed it", async () => {
  const started = ["p1", "p2", "p3", "p4"].map((owner) => start(owner, 25));
  const codes = await Promise.all(
    started.map(async ({ child }) => ((await once(child, "exit")) as [number])[0]),
  );
  expect(codes).toEqual([0, 0, 0, 0]);
  const account = await sqliteStore({ database }).open("a");
  expect((await account.transactions.claim("last")).records).toHaveLength(200);
  await account.close();
});

test("100,000 records open in reasonable time", async () => {
  const account = await sqliteStore({ database }).open("a");
  await account.transactions.claim("owner");
  const changes = Array.from({ length: 100_000 }, (_, n) => ({
    type: "add" as const,
    record: sampleRecord(`r${n}`, n),
  }));
  await account.transactions.write("owner", changes);
  await account.close();
  const before = process.cpuUsage();
  const again = await sqliteStore({ database }).open("a");
  expect((await again.transactions.claim("next")).records).toHaveLength(100_000);
  await again.close();
  const { user, system } = process.cpuUsage(before);
  // In seconds of a processor: about 1 on the machines that we have seen.
  expect((user + system) / 1e6).toBeLessThan(5);
});
