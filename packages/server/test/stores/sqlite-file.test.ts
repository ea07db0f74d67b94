import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { openSqlite } from "../../src/stores/sqlite-driver.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { sqliteError, SpyDriver } from "./spy-driver.ts";
import { StoreBed, temporaryFolder } from "./store-bed.ts";

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("a new file, and those beside it, are for their owner alone", async () => {
  const bed = new StoreBed();
  await bed.append(bed.sqlite(), "a", 1);
  expect(mode(bed.path)).toBe("600");
  expect(mode(`${bed.path}-wal`)).toBe("600");
  expect(mode(`${bed.path}-shm`)).toBe("600");
});

test("a file that was there keeps its mode, and what the application has in it", () => {
  const bed = new StoreBed();
  writeFileSync(bed.path, "", { mode: 0o640 });
  const app = openSqlite(bed.path);
  app.exec("create table notes (text); insert into notes values ('mine')");
  bed.sqlite();
  expect(mode(bed.path)).toBe("640");
  expect(app.prepare("select text from notes").all()).toEqual([{ text: "mine" }]);
  app.close();
});

test("each commit is synced to the disk, by way of the write-ahead log", () => {
  const bed = new StoreBed();
  let db: ReturnType<typeof openSqlite> | undefined;
  bed.sqlite({ driver: (path) => (db = openSqlite(path)) });
  expect(db?.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
  expect(db?.prepare("pragma synchronous").get()).toEqual({ synchronous: 2 });
});

test("a store of a newer version is left as it is", async () => {
  const bed = new StoreBed();
  await bed.finish(bed.sqlite().close());
  const app = openSqlite(bed.path);
  app.exec("update holdfast_meta set version = 2; pragma wal_checkpoint(truncate)");
  app.close();
  const before = readFileSync(bed.path);
  expect(() => bed.sqlite({ newEpoch: true })).toThrow(
    expect.objectContaining({ name: "StoreError", code: "newerSchema" }),
  );
  expect(readFileSync(bed.path).equals(before)).toBe(true);
});

test.each([
  ["of something else", (path: string) => writeFileSync(path, "not a database. ".repeat(600))],
  ["cut short", (path: string) => truncateSync(path, 5_000)],
  [
    "without its version",
    (path: string) => {
      const db = openSqlite(path);
      db.exec("delete from holdfast_meta");
      db.close();
    },
  ],
])("a file %s is reported as corrupt, and left as it is", async (_, damage) => {
  const bed = new StoreBed();
  const store = bed.sqlite();
  await bed.append(store, "a", ...Array.from({ length: 500 }, () => "x".repeat(100)));
  await bed.finish(store.close());
  damage(bed.path);
  const before = readFileSync(bed.path);
  const spy = new SpyDriver();
  expect(() => bed.sqlite({ driver: spy.open })).toThrow(
    expect.objectContaining({ name: "StoreError", code: "corrupt" }),
  );
  expect(spy.isClosed).toBe(true);
  expect(readFileSync(bed.path).equals(before)).toBe(true);
});

test("a path that cannot be opened is an error that says so", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "taken"));
  for (const path of [join(folder, "none", "store.db"), join(folder, "taken")]) {
    expect(() => sqliteStore({ path })).toThrow(expect.objectContaining({ code: "failed" }));
  }
});

test("what cannot be made is undone, and the connection closed", () => {
  const bed = new StoreBed();
  const spy = new SpyDriver();
  spy.failing.set("insert into holdfast_meta", sqliteError(13));
  expect(() => bed.sqlite({ driver: spy.open })).toThrow(expect.objectContaining({ code: "full" }));
  expect(spy.isClosed).toBe(true);
  spy.failing.clear();
  bed.sqlite({ driver: spy.open });
});

test("processes that open a new file at once wait for each other", () => {
  const bed = new StoreBed();
  const spy = new SpyDriver();
  let failures = 3;
  spy.failing.set("pragma journal_mode", sqliteError(5));
  const tries = spy.ran;
  bed.sqlite({
    driver: (path) => {
      const db = spy.open(path);
      return {
        ...db,
        exec(sql) {
          if (sql.startsWith("begin immediate; rollback") && --failures === 0) spy.failing.clear();
          db.exec(sql);
        },
      };
    },
  });
  expect(tries.filter((sql) => sql === "begin immediate; rollback")).toHaveLength(3);
});

test.each([
  ["removed", (path: string) => rmSync(path)],
  ["replaced", (path: string) => renameSync(path, `${path}.old`)],
])("a store whose file was %s while it was open fails, and tells so", async (what, act) => {
  const bed = new StoreBed();
  const store = bed.sqlite();
  await bed.append(store, "room", 1);
  act(bed.path);
  if (what === "replaced") writeFileSync(bed.path, "");
  const lost = bed.append(store, "room", 2);
  await expect(lost).rejects.toMatchObject({
    code: "failed",
    message: expect.stringMatching(/removed or replaced/),
  });
});

test("a store whose last tidying finds no room is closed all the same, and has everything", async () => {
  const bed = new StoreBed();
  const spy = new SpyDriver();
  const store = bed.sqlite({ driver: spy.open });
  await bed.append(store, "room", 1);
  spy.failing.set("pragma wal_checkpoint", sqliteError(13, "database or disk is full"));
  await bed.finish(store.close());
  expect(spy.isClosed).toBe(true);
  const again = bed.sqlite();
  expect(await bed.finish(again.ranges(["room"]))).toMatchObject([{ head: 1 }]);
});

test("a closed store is whole in its one file, for whoever copies it", async () => {
  const bed = new StoreBed();
  const store = bed.sqlite();
  await bed.append(store, "a", 1, 2, 3);
  await bed.finish(store.close());
  const copy = `${bed.path}.copy`;
  copyFileSync(bed.path, copy);
  const copied = bed.sqlite({ path: copy });
  expect(await bed.finish(copied.ranges(["a"]))).toMatchObject([{ head: 3 }]);
});

test("a store without a file lasts as long as its connection", async () => {
  const bed = new StoreBed();
  const store = bed.sqlite({ path: ":memory:" });
  await bed.append(store, "a", 1);
  expect(await bed.finish(store.ranges(["a"]))).toMatchObject([{ head: 1 }]);
});

test("a restored backup gets a new epoch once, and keeps its heads", async () => {
  const bed = new StoreBed();
  const epochOf = async (options = {}): Promise<string | undefined> => {
    const store = bed.sqlite(options);
    await bed.append(store, "a", 1);
    const [range] = await bed.finish(store.ranges(["a"]));
    await bed.finish(store.close());
    return range && `${range.epoch.slice(0, 1)} at ${range.head}`;
  };
  expect(await epochOf()).toBe("0 at 1");
  expect(await epochOf()).toBe("0 at 2");
  expect(await epochOf({ newEpoch: true })).toBe("2 at 3");
  expect(await epochOf()).toBe("2 at 4");
});
