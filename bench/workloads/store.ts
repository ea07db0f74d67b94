/**
 * The SQLite server store beside bare inserts: the same driver, tables, rows and group size, in
 * turn, each round in a file of its own, every commit synced to the disk.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sqliteStore } from "@holdfast/server/sqlite";
import { openSqlite } from "../../packages/server/src/stores/sqlite-driver.ts";
import type { Plan } from "../plan.ts";
import type { Result } from "../result.ts";
import { inTurn } from "./workload.ts";
import type { Workload } from "./workload.ts";

export const store: Workload = { name: "store", isExtra: true, run };

const BARE = "bare inserts";
const OURS = "holdfast's store";

/** What is appended, and how. */
interface Appends {
  readonly name: string;
  /** Commits in one transaction. */
  readonly group: number;
  readonly buckets: number;
  readonly keyed: boolean;
  /** Of the store's rate to that of bare inserts. */
  readonly atLeast: number;
}

const APPENDS: readonly Appends[] = [
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

interface Sized extends Appends {
  readonly rows: number;
}

/** As a chat message is. About 190 bytes as JSON. */
const dataOf = (index: number): unknown => ({
  id: `message-${index}`,
  author: "ada",
  text: "The quick brown fox jumps over the lazy dog, again and again and again, until it is tired.",
  edited: false,
  reactions: [],
  replyTo: null,
});

async function run(plan: Plan): Promise<Result> {
  const rows = plan.pick(40_000, 5_000);
  const figures = [];
  for (const appends of APPENDS) {
    const values = await inTurn([BARE, OURS], plan.rounds(7), (kind) =>
      measure(kind, { ...appends, rows }),
    );
    const { name } = appends;
    figures.push({ name, unit: "rows/s", isLessBetter: false, baseline: BARE, values });
  }
  return {
    workload: store.name,
    title: "The SQLite store of the server",
    about: `${rows.toLocaleString("en")} rows in ${tmpdir()}, through the store, and by bare inserts of the same rows in groups of the same size.`,
    figures,
    bars: APPENDS.map(({ name, atLeast }) => ({ figure: name, of: "ratio", atLeast, peer: OURS })),
  };
}

/** Rows per second. */
async function measure(kind: string, workload: Sized): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  try {
    const path = join(folder, "store.db");
    const opened = sqliteStore({ path });
    if (kind === OURS) {
      const seconds = await timed(() => throughStore(opened, workload));
      await opened.close();
      return workload.rows / seconds;
    }
    // The store has made the tables; the bare loop has the file to itself.
    await opened.close();
    const db = openSqlite(path);
    db.exec("pragma synchronous = full");
    const seconds = await timed(() => bare(db, workload));
    db.close();
    return workload.rows / seconds;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function throughStore(
  opened: ReturnType<typeof sqliteStore>,
  { rows, group, buckets, keyed }: Sized,
): Promise<void> {
  for (let row = 0; row < rows; row += group) {
    const commits = [];
    for (let index = row; index < row + group && index < rows; index++) {
      const bucket = `room:${index % buckets}`;
      const call = { account: "ada", key: keyOf(index), method: "send", inputHash: "0123456789" };
      commits.push(
        opened.commit({
          ...(keyed && { call }),
          run: (tx) => tx.append(bucket, dataOf(index), 1_800_000_000_000),
        }),
      );
    }
    await Promise.all(commits);
  }
}

function bare(db: ReturnType<typeof openSqlite>, { rows, group, buckets, keyed }: Sized): void {
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
