/**
 * Measures the SQLite server store against bare inserts: the same driver, tables, rows and group
 * size, in turn, each round in a file of its own; exits 1 when a bar is missed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sqliteStore } from "@holdfast/server/sqlite";
import { openSqlite } from "../packages/server/src/stores/sqlite-driver.ts";
import { isSmoke, machine, median, report, roundsOr, spread } from "./rounds.ts";

const rounds = roundsOr(7);
const rows = isSmoke ? 5_000 : 40_000;

interface Workload {
  readonly name: string;
  /** Commits in one transaction. */
  readonly group: number;
  readonly buckets: number;
  readonly keyed: boolean;
  /** Of the store's rate to that of bare inserts. */
  readonly atLeast: number;
}

const workloads: readonly Workload[] = [
  { name: "appends, 64 a group, 16 buckets", group: 64, buckets: 16, keyed: false, atLeast: 0.6 },
  { name: "appends, 256 a group, 1 bucket", group: 256, buckets: 1, keyed: false, atLeast: 0.6 },
  {
    name: "appends, 256 a group, 5,000 buckets",
    group: 256,
    buckets: 5_000,
    keyed: false,
    atLeast: 0.6,
  },
  { name: "keyed appends, 64 a group", group: 64, buckets: 16, keyed: true, atLeast: 0.5 },
];

/** As a chat message is. About 190 bytes as JSON. */
const dataOf = (index: number): unknown => ({
  id: `message-${index}`,
  author: "ada",
  text: "The quick brown fox jumps over the lazy dog, again and again and again, until it is tired.",
  edited: false,
  reactions: [],
  replyTo: null,
});

type Kind = "bare" | "store";

console.log(`${machine}, ${rounds} rounds of ${rows} rows in ${tmpdir()}`);
for (const workload of workloads) await compare(workload);

async function compare(workload: Workload): Promise<void> {
  const rates: Record<Kind, number[]> = { bare: [], store: [] };
  await measure("bare", workload);
  await measure("store", workload);
  for (let round = 0; round < rounds; round++) {
    const order: readonly Kind[] = round % 2 === 0 ? ["bare", "store"] : ["store", "bare"];
    for (const kind of order) rates[kind].push(await measure(kind, workload));
  }
  const ratios = rates.store.map((rate, round) => rate / (rates.bare[round] ?? Number.NaN));
  const ratio = median(ratios);
  report(
    `${workload.name}: bare ${median(rates.bare).toFixed(0)}/s, store ${median(rates.store).toFixed(0)}/s, ratio ${ratio.toFixed(2)} [${spread(ratios)}] (bar ≥ ${workload.atLeast})`,
    ratio >= workload.atLeast,
  );
}

/** Rows per second. */
async function measure(kind: Kind, workload: Workload): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  try {
    const path = join(folder, "store.db");
    const store = sqliteStore({ path });
    if (kind === "store") {
      const seconds = await timed(() => throughStore(store, workload));
      await store.close();
      return rows / seconds;
    }
    // The store has made the tables; the bare loop has the file to itself.
    await store.close();
    const db = openSqlite(path);
    db.exec("pragma synchronous = full");
    const seconds = await timed(() => bare(db, workload));
    db.close();
    return rows / seconds;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function throughStore(
  store: ReturnType<typeof sqliteStore>,
  { group, buckets, keyed }: Workload,
): Promise<void> {
  for (let row = 0; row < rows; row += group) {
    const commits = [];
    for (let index = row; index < row + group && index < rows; index++) {
      const bucket = `room:${index % buckets}`;
      const call = { account: "ada", key: keyOf(index), method: "send", inputHash: "0123456789" };
      commits.push(
        store.commit({
          ...(keyed && { call }),
          run: (tx) => tx.append(bucket, dataOf(index), 1_800_000_000_000),
        }),
      );
    }
    await Promise.all(commits);
  }
}

function bare(db: ReturnType<typeof openSqlite>, { group, buckets, keyed }: Workload): void {
  const insert = db.prepare("insert into holdfast_updates values (?, ?, ?, ?, ?, ?)");
  const insertKey = db.prepare("insert into holdfast_keys values (?, ?, ?, ?, ?, ?, ?, ?)");
  const [begin, commit] = [db.prepare("begin immediate"), db.prepare("commit")];
  const time = 1_800_000_000_000;
  for (let row = 0; row < rows; row += group) {
    begin.run();
    for (let index = row; index < row + group && index < rows; index++) {
      const bucket = `room:${index % buckets}`;
      const seq = Math.floor(index / buckets) + 1;
      const data = JSON.stringify(dataOf(index));
      const [account, key] = keyed ? ["ada", keyOf(index)] : [null, null];
      insert.run(bucket, seq, time, data, account ?? null, key ?? null);
      if (!keyed) continue;
      const output = JSON.stringify({ epoch: "0123456789abcdef", seq });
      const at = JSON.stringify({ [bucket]: seq });
      insertKey.run("ada", keyOf(index), "result", "send", "0123456789", output, at, time);
    }
    commit.run();
  }
}

/** As random as a transaction's id, and the same in each round. */
function keyOf(index: number): string {
  return Math.imul(index + 1, 2_654_435_761)
    .toString(16)
    .padStart(24, "0");
}

async function timed(task: () => Promise<void> | void): Promise<number> {
  const begun = performance.now();
  await task();
  return (performance.now() - begun) / 1_000;
}
