import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { ManualClock } from "@holdfast/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { AccountStore } from "../../src/stores/client-store.ts";
import type { SqliteDatabase } from "../../src/stores/sqlite-driver.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { sampleRecord } from "./support/sample-record.ts";
import { driver, processOf, temporaryFolder } from "./support/store-world.ts";

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let clock: ManualClock;
const opened: AccountStore[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, "store.db");
  clock = new ManualClock();
});

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  expect(clock.pending).toBe(0);
  folder.end();
});

const dead = new Set<number>();
const open = async (pid = 1, database: string | SqliteDatabase = path): Promise<AccountStore> => {
  const account = await sqliteStore({ database, driver, clock }, processOf(pid, dead)).open("a");
  opened.push(account);
  return account;
};

async function writeRecords(account: AccountStore, count: number): Promise<void> {
  const changes = Array.from({ length: count }, (_, n) => ({
    type: "add" as const,
    record: sampleRecord(`r${n}`, n),
  }));
  await account.transactions.claim("tab1");
  await account.transactions.write("tab1", changes);
}

/**
 * A file with many pages of records that nobody has open. It is a copy, because drivers let go of
 * the original only when its statements are collected.
 */
async function makeFile(count = 200): Promise<void> {
  const original = join(folder.path, "original.db");
  const account = await open(1, original);
  await writeRecords(account, count);
  await account.documents.commit("x", undefined, { epoch: "e", seq: 1 }, []);
  await account.close();
  copyFileSync(original, path);
}

test("the runtime's own driver is found, and the platform's clock taken", async () => {
  const account = await sqliteStore({ database: path }).open("a");
  await writeRecords(account, 1);
  await account.close();
  expect((await (await open()).transactions.claim("tab2")).records).toHaveLength(1);
});

test("a runtime without SQLite says so", async () => {
  const broken = sqliteStore({
    database: path,
    driver: () => {
      throw Object.assign(new Error("no"), { code: "SQLITE_CANTOPEN_ISDIR" });
    },
    clock,
  });
  await expect(broken.open("a")).rejects.toMatchObject({ kind: "unavailable" });
  const nowhere = sqliteStore({ database: join(folder.path, "no", "such.db"), driver, clock });
  await expect(nowhere.open("a")).rejects.toMatchObject({ kind: "unavailable" });
});

test("the file and its side files are for their owner alone", async () => {
  const account = await open();
  await writeRecords(account, 1);
  const modes = readdirSync(folder.path).map(
    (name) => statSync(join(folder.path, name)).mode & 0o777,
  );
  expect(modes.length).toBeGreaterThan(1);
  expect(new Set(modes)).toEqual(new Set([0o600]));
});

test("after close everything is in the one file", async () => {
  await makeFile();
  const log = join(folder.path, "original.db-wal");
  expect(existsSync(log) ? statSync(log).size : 0).toBe(0);
});

test("a batch of many documents, with deletions between, stores what they come to one by one", async () => {
  const { documents } = await open();
  const expected = new Map<string, number>();
  const changes = Array.from({ length: 250 }, (_, n) => {
    const id = `d${String((n * 7) % 60).padStart(2, "0")}`;
    if (n % 31 === 30) return { type: "delete", id } as const;
    return { type: "put", id, document: n } as const;
  });
  for (const change of changes) {
    if (change.type === "put") expected.set(change.id, change.document);
    else expected.delete(change.id);
  }
  await documents.commit("room:1", undefined, { epoch: "e", seq: 250 }, changes);
  const stored = await documents.documents("room:1");
  expect(new Map(stored.map(({ id, document }) => [id, document]))).toEqual(expected);
});

test("transactions survive a loss of power, documents only a crash", async () => {
  const statements: string[] = [];
  const watched = (file: string): SqliteDatabase => {
    const database = driver(file);
    return {
      exec: (sql) => {
        statements.push(sql);
        return database.exec(sql);
      },
      prepare: (sql) => database.prepare(sql),
      close: () => database.close(),
    };
  };
  const account = await sqliteStore({ database: path, driver: watched, clock }).open("a");
  opened.push(account);
  expect(statements).toContain("pragma journal_mode = wal");
  const synchronous = async (act: () => Promise<unknown>): Promise<string | undefined> => {
    await act();
    return statements.findLast((sql) => sql.includes("synchronous"));
  };
  const commit = (from: number | undefined): Promise<unknown> =>
    account.documents.commit(
      "x",
      from === undefined ? undefined : { epoch: "e", seq: from },
      { epoch: "e", seq: (from ?? 0) + 1 },
      [],
    );
  expect(await synchronous(() => writeRecords(account, 1))).toBe("pragma synchronous = full");
  expect(await synchronous(() => commit(undefined))).toBe("pragma synchronous = normal");
  expect(await synchronous(() => account.transactions.claim("tab1"))).toContain("full");
});

describe("a hostile file is refused by its kind of fault, and left as it is:", () => {
  const bytes = (): Buffer => readFileSync(path);
  const cases: readonly (readonly [string, string, () => Promise<void> | void])[] = [
    ["garbage", "corrupt", () => writeFileSync(path, "hello world ".repeat(1_000))],
    ["a short text", "corrupt", () => writeFileSync(path, "hello")],
    [
      "one cut off within its first page",
      "corrupt",
      async () => {
        await makeFile();
        truncateSync(path, 2_000);
      },
    ],
    [
      "one cut in half",
      "corrupt",
      async () => {
        await makeFile();
        truncateSync(path, Math.floor(statSync(path).size / 8_192) * 4_096);
      },
    ],
    [
      "one cut to nothing, with its log",
      "corrupt",
      () => {
        writeFileSync(path, "");
        writeFileSync(`${path}-wal`, "log");
      },
    ],
    [
      "one of a later version",
      "newer",
      async () => {
        await makeFile();
        const database = driver(path);
        database.exec("pragma journal_mode = delete; update holdfast_meta set version = 2");
        database.close();
      },
    ],
    [
      "one whose version is gone",
      "corrupt",
      async () => {
        await makeFile();
        const database = driver(path);
        database.exec("pragma journal_mode = delete; delete from holdfast_meta");
        database.close();
      },
    ],
  ];
  test.each(cases)("%s (%s)", async (_, kind, make) => {
    await make();
    const before = bytes();
    await expect(open()).rejects.toMatchObject({ name: "StoreError", kind });
    await expect(sqliteStore({ database: path, driver, clock }).forget("a")).rejects.toMatchObject({
      kind,
    });
    expect(bytes().equals(before)).toBe(true);
  });
});

test("an empty file is a new store", async () => {
  writeFileSync(path, "");
  expect((await (await open()).transactions.claim("tab1")).records).toEqual([]);
});

test.each(["removed", "replaced"])(
  "a file that is %s while it is open is written to no more, and who writes is told",
  async (what) => {
    const store = await open();
    await writeRecords(store, 1);
    renameSync(path, `${path}.old`);
    if (what === "replaced") writeFileSync(path, "");
    const lost = store.transactions.write("tab1", [{ type: "add", record: sampleRecord("r2", 2) }]);
    await expect(lost).rejects.toMatchObject({ kind: "unavailable" });
    renameSync(`${path}.old`, path);
    await store.transactions.write("tab1", [{ type: "add", record: sampleRecord("r3", 3) }]);
    expect((await store.transactions.claim("tab1")).records.map(({ id }) => id)).toEqual([
      "r0",
      "r3",
    ]);
  },
);

test("a page that went bad is an error of what needs it, and the rest can be read", async () => {
  await makeFile(2_000);
  const content = readFileSync(path);
  const at = content.indexOf('"r777"');
  const page = Math.floor(at / 4_096) * 4_096;
  content.fill(0xff, page, page + 4_096);
  writeFileSync(path, content);
  const again = await open();
  await expect(again.transactions.claim("tab2")).rejects.toMatchObject({ kind: "corrupt" });
  expect(await again.documents.cursor("x")).toEqual({ epoch: "e", seq: 1 });
});

test("it lives in an app's own database, which it neither closes nor takes for its own", async () => {
  const database = driver(path);
  database.exec("create table messages (text) strict".replace(" strict", ""));
  database.exec("insert into messages values ('theirs')");
  const account = await open(1, database);
  await writeRecords(account, 3);
  await account.close();
  expect(database.prepare("select text from messages").get()).toEqual({ text: "theirs" });
  const again = await open(1, database);
  expect((await again.transactions.claim("tab2")).records).toHaveLength(3);
  await again.close();
  database.close();
});

test("an app that holds a transaction open makes ours fail, and nothing of its is lost", async () => {
  const database = driver(path);
  const account = await open(1, database);
  await account.transactions.claim("tab1");
  database.exec("create table messages (text)");
  database.exec("begin; insert into messages values ('theirs')");
  await expect(writeRecords(account, 1)).rejects.toMatchObject({ kind: "failed" });
  database.exec("commit");
  expect(database.prepare("select count(*) as n from messages").get()).toEqual({ n: 1 });
  await writeRecords(account, 1);
  await account.close();
  database.close();
});

test("a file that another process writes at length is blocked, and works again later", async () => {
  const impatient = (file: string): SqliteDatabase => {
    const database = driver(file);
    const exec = (sql: string): unknown =>
      database.exec(sql.replace(/busy_timeout = \d+/, "busy_timeout = 1"));
    return { exec, prepare: (sql) => database.prepare(sql), close: () => database.close() };
  };
  const account = await sqliteStore({ database: path, driver: impatient, clock }).open("a");
  opened.push(account);
  const other = driver(path);
  other.exec("begin immediate");
  await expect(writeRecords(account, 1)).rejects.toMatchObject({ kind: "blocked" });
  clock.advance(60_000); // What it does by itself meets the same, and goes on.
  account.transactions.release("tab1");
  other.exec("rollback");
  other.close();
  await writeRecords(account, 1);
});

test("a new file that two processes open at once is waited for, but not for ever", async () => {
  let refusals = 0;
  const refusing = (file: string): SqliteDatabase => {
    const database = driver(file);
    return {
      exec: (sql) => {
        if (sql.includes("journal_mode") && refusals-- > 0) throw new Error("database is locked");
        return database.exec(sql);
      },
      prepare: (sql) => database.prepare(sql),
      close: () => database.close(),
    };
  };
  const store = sqliteStore({ database: path, driver: refusing, clock });
  refusals = 3;
  opened.push(await store.open("a"));
  refusals = 100;
  await expect(store.open("a")).rejects.toMatchObject({ kind: "blocked" });
});

/** A driver whose statements can be made to fail, and that says what it was told. */
function failingDriver(): {
  open: (file: string) => SqliteDatabase;
  told: string[];
  fails: (sql: string) => boolean;
} {
  const told: string[] = [];
  const never: (sql: string) => boolean = () => false;
  const failing = {
    told,
    fails: never,
    open(file: string): SqliteDatabase {
      const database = driver(file);
      const exec = (sql: string): unknown => {
        told.push(sql);
        if (failing.fails(sql)) throw new Error("planned");
        return database.exec(sql);
      };
      const close = (): unknown => {
        told.push("close");
        return database.close();
      };
      return { exec, prepare: (sql) => database.prepare(sql), close };
    },
  };
  return failing;
}

test("a transaction that can be neither committed nor undone is undone before the next use", async () => {
  const failing = failingDriver();
  const account = await sqliteStore({ database: path, driver: failing.open, clock }).open("a");
  opened.push(account);
  await account.transactions.claim("tab1");
  for (const use of ["read", "write"] as const) {
    failing.fails = (sql) => /^(commit|rollback|begin;)/.test(sql);
    const commit = account.documents.commit("x", undefined, { epoch: "e", seq: 1 }, []);
    await expect(commit).rejects.toMatchObject({ kind: "failed", cause: { message: "planned" } });
    await expect(account.documents.cursor("x")).rejects.toMatchObject({ kind: "failed" });
    failing.fails = () => false;
    if (use === "write") await account.sync.saveDebts([], []);
    expect(await account.documents.cursor("x")).toBeUndefined();
  }
});

test("a write that fails keeps no other process from writing", async () => {
  const failing = failingDriver();
  const store = sqliteStore({ database: path, driver: failing.open, clock });
  const account = await store.open("a");
  const other = await open(2);
  failing.fails = (sql) => sql === "commit";
  await expect(account.sync.saveDebts([], [])).rejects.toMatchObject({ kind: "failed" });
  await other.sync.saveDebts([], []);
  failing.fails = () => false;
  await account.close();
  expect(failing.told.at(-1)).toBe("close");
});

test("a transaction that SQLite has undone by itself is not undone twice", async () => {
  const database = driver(path);
  const theirs: SqliteDatabase = {
    exec: failingExec(database),
    prepare: (sql) => database.prepare(sql),
    close: () => {},
  };
  const account = await sqliteStore({ database: theirs, clock }).open("a");
  await expect(account.sync.saveDebts([], [])).rejects.toMatchObject({ kind: "failed" });
  database.exec("begin; create table theirs (text)");
  expect(await account.sync.debts()).toEqual([]);
  database.exec("commit");
  expect(database.prepare("select count(*) as n from theirs").get()).toEqual({ n: 0 });
  await account.close();
  database.close();
});

/** Rolls back where it should commit, as SQLite does when its disk is full. */
function failingExec(database: SqliteDatabase): (sql: string) => unknown {
  let isFirst = false;
  return (sql) => {
    if (sql !== "commit") return database.exec(sql);
    if ((isFirst = !isFirst)) return database.exec(sql); // That of the tables.
    database.exec("rollback");
    throw new Error("planned");
  };
}

test("a file that cannot be used is closed again, and waits are short", async () => {
  const failing = failingDriver();
  failing.fails = (sql) => sql.startsWith("begin");
  const store = sqliteStore({ database: path, driver: failing.open, clock });
  await expect(store.open("a")).rejects.toMatchObject({ kind: "failed" });
  expect(failing.told[0]).toBe("pragma busy_timeout = 2000");
  expect(failing.told.at(-1)).toBe("close");
  const theirs = failing.open(path);
  failing.told.length = 0;
  await expect(sqliteStore({ database: theirs, clock }).open("a")).rejects.toThrow("failed");
  expect(failing.told).not.toContain("close");
  failing.fails = () => false;
  const account = await sqliteStore({ database: theirs, clock }).open("a");
  await account.close();
  expect(failing.told).not.toContain("close");
  theirs.close();
});

test("what a driver throws is told by its number, its name or its words", async () => {
  const kinds: readonly (readonly [object | null, string])[] = [
    [{ errcode: 13 }, "quota"],
    [{ code: "SQLITE_FULL" }, "quota"],
    [{ errcode: 5 | (2 << 8) }, "blocked"],
    [{ code: "SQLITE_BUSY_SNAPSHOT" }, "blocked"],
    [{ errcode: 6 }, "blocked"],
    [{ errcode: 8 }, "unavailable"],
    [{ code: "SQLITE_PERM" }, "unavailable"],
    [{ code: "SQLITE_CORRUPT_VTAB" }, "corrupt"],
    [{ message: "database disk image is malformed" }, "corrupt"],
    [{ errcode: 10 }, "failed"],
    [{ code: "ERR_SQLITE_ERROR" }, "failed"],
    [null, "failed"],
  ];
  for (const [thrown, kind] of kinds) {
    const account = await open();
    const database = driver(path);
    let isBroken = false;
    const broken: SqliteDatabase = {
      exec: (sql) => {
        // oxlint-disable-next-line typescript/only-throw-error -- Some drivers do.
        if (isBroken) throw thrown;
        return database.exec(sql);
      },
      prepare: (sql) => database.prepare(sql),
      close: () => database.close(),
    };
    const other = await open(1, broken);
    isBroken = true;
    await expect(other.transactions.claim("tab1")).rejects.toMatchObject({ kind });
    await account.close();
    database.close();
  }
});

describe("leases", () => {
  const recordsOf = async (account: AccountStore, owner: string): Promise<number> =>
    (await account.transactions.claim(owner)).records.length;

  test("an owner is awake as long as its process renews its lease", async () => {
    const first = await open(1);
    await writeRecords(first, 1);
    const second = await open(2);
    for (let minutes = 0; minutes < 10; minutes++) {
      clock.advance(60_000);
      expect(await recordsOf(second, "tab2")).toBe(0);
    }
  });

  test("a lease is renewed every five seconds, and not more often", async () => {
    await (await open(1)).transactions.claim("tab1");
    const raw = driver(path);
    const expiry = (): unknown => raw.prepare("select expires_at from holdfast_leases").get();
    const seen = [0, 4_000, 1_000, 4_000, 1_000].map((ms) => {
      clock.advance(ms);
      return JSON.stringify(expiry());
    });
    raw.close();
    expect(seen.map((each) => seen.indexOf(each))).toEqual([0, 0, 2, 2, 4]);
  });

  test("a process that stands still is given up after fifteen seconds, and learns of it", async () => {
    const first = await open(1);
    await writeRecords(first, 1);
    const second = await open(2);
    clock.sleep(14_999);
    expect(await recordsOf(second, "tab2")).toBe(0);
    clock.sleep(1);
    expect(await recordsOf(second, "tab2")).toBe(1);
    clock.advance(5_000);
    expect(await recordsOf(first, "tab1")).toBe(0);
  });

  test("a process that is gone from this host is given up at once", async () => {
    const first = await open(71);
    await writeRecords(first, 1);
    dead.add(71);
    expect(await recordsOf(await open(2), "tab2")).toBe(1);
  });

  test("a process that may not be asked for is taken to be there", async () => {
    const first = await open(1);
    await writeRecords(first, 1);
    const { process } = processOf(2, dead);
    if (!process) throw new Error("There is a process.");
    const kill = (): never => {
      throw Object.assign(new Error("not yours"), { code: "EPERM" });
    };
    const globals = { process: { ...process, kill } };
    const second = await sqliteStore({ database: path, driver, clock }, globals).open("a");
    opened.push(second);
    expect(await recordsOf(second, "tab2")).toBe(0);
  });

  test("another host's process counts until its lease runs out", async () => {
    const { process } = processOf(72, dead);
    if (!process) throw new Error("There is a process.");
    const far = {
      process: {
        ...process,
        getBuiltinModule: (id: string) =>
          id === "node:os" ? { hostname: () => "elsewhere" } : process.getBuiltinModule(id),
      },
    };
    const first = await sqliteStore({ database: path, driver, clock }, far).open("a");
    opened.push(first);
    await writeRecords(first, 1);
    dead.add(72);
    const second = await open(2);
    expect(await recordsOf(second, "tab2")).toBe(0);
    clock.sleep(15_000);
    expect(await recordsOf(second, "tab2")).toBe(1);
  });

  test("a clock that is set back keeps nobody awake for longer", async () => {
    const first = await open(1);
    await writeRecords(first, 1);
    const second = await open(2);
    clock.jumpWall(-3_600_000);
    expect(await recordsOf(second, "tab2")).toBe(1);
  });

  test("a runtime that is no Node lives by leases alone", async () => {
    const first = await sqliteStore({ database: path, driver, clock }, {}).open("a");
    opened.push(first);
    await writeRecords(first, 1);
    const second = await sqliteStore({ database: path, driver, clock }, {}).open("a");
    opened.push(second);
    expect(await recordsOf(second, "tab2")).toBe(0);
    clock.sleep(15_000);
    expect(await recordsOf(second, "tab2")).toBe(1);
  });
});

test("a client that watches hears of others once, and of nothing that is not its own", async () => {
  const [here, there] = [await open(1), await open(2)];
  const heard = vi.fn<() => void>();
  here.transactions.watch(heard);
  here.documents.watch("x", heard);
  await there.documents.commit("y", undefined, { epoch: "e", seq: 1 }, []);
  await there.transactions.claim("tab2");
  clock.advance(20_000); // Leases are renewed.
  expect(heard).not.toHaveBeenCalled();
  there.transactions.release("tab2");
  clock.advance(10_000);
  expect(heard).toHaveBeenCalledTimes(1);
});

test("two stores on one open database write as each must, and hear of each other", async () => {
  const database = driver(path);
  const [one, other] = [await open(1, database), await open(2, database)];
  const synchronous = (): unknown => database.prepare("pragma synchronous").get();
  await writeRecords(one, 1);
  const full = synchronous();
  const heard = vi.fn<() => void>();
  one.documents.watch("x", heard);
  one.transactions.watch(heard);
  clock.advance(1_000);
  await other.documents.commit("x", undefined, { epoch: "e", seq: 1 }, []);
  expect(synchronous()).not.toEqual(full);
  await one.transactions.write("tab1", [{ type: "add", record: sampleRecord("r9", 9) }]);
  expect(synchronous()).toEqual(full);
  expect(heard).not.toHaveBeenCalled();
  clock.advance(1_000);
  expect(heard).toHaveBeenCalledTimes(1);
  await other.transactions.claim("tab2");
  other.transactions.release("tab2");
  clock.advance(10_000);
  expect(heard).toHaveBeenCalledTimes(2);
  for (const each of opened.splice(0)) await each.close();
  database.close();
});

/** A driver some of whose statements fail, as when the file is busy. */
function busyDriver(isBusy: (sql: string) => boolean): typeof driver {
  const busy = Object.assign(new Error("database is locked"), { errcode: 5 });
  return (file) => {
    const database = driver(file);
    const check = (sql: string): void => {
      if (isBusy(sql)) throw busy;
    };
    return {
      exec(sql) {
        check(sql);
        return database.exec(sql);
      },
      prepare(sql) {
        const statement = database.prepare(sql);
        const get = (...values: never[]): unknown => {
          check(sql);
          return statement.get(...values);
        };
        const run: typeof statement.run = (...values) => statement.run(...values);
        return { get, run, all: (...values) => statement.all(...values) };
      },
      close: () => database.close(),
    };
  };
}

test("news that could not be read at once is heard at the next look", async () => {
  let failures = 0;
  const spoiled = busyDriver((sql) => sql.includes("as seen") && failures-- > 0);
  const here = await sqliteStore({ database: path, driver: spoiled, clock }).open("a");
  opened.push(here);
  const there = await open(2);
  const heard = vi.fn<() => void>();
  here.documents.watch("x", heard);
  clock.advance(1_000);
  await there.documents.commit("x", undefined, { epoch: "e", seq: 1 }, []);
  failures = 1;
  clock.advance(1_000);
  expect(heard).not.toHaveBeenCalled();
  clock.advance(1_000);
  expect(heard).toHaveBeenCalledTimes(1);
});

test("what can never be read keeps no other news from its watchers, and no lease from being renewed", async () => {
  let isBroken = false;
  const spoiled = busyDriver((sql) => isBroken && sql.includes("holdfast_news"));
  const here = await sqliteStore({ database: path, driver: spoiled, clock }).open("a");
  opened.push(here);
  const there = await open(2);
  await writeRecords(here, 1);
  const heard = vi.fn<() => void>();
  here.transactions.watch(() => {});
  here.documents.watch("x", heard);
  clock.advance(1_000);
  isBroken = true;
  await there.documents.commit("x", undefined, { epoch: "e", seq: 1 }, []);
  clock.advance(60_000);
  expect(heard).toHaveBeenCalledTimes(1);
  expect((await there.transactions.claim("tab2")).records).toEqual([]);
});

test("a commit is told, and told once, though nothing can be read after it", async () => {
  let isBusy = false;
  const spoiled = busyDriver((sql) => isBusy && sql.includes("as seen"));
  const account = await sqliteStore({ database: path, driver: spoiled, clock }).open("a");
  opened.push(account);
  const { documents } = account;
  const heard = vi.fn<() => void>();
  documents.watch("x", heard);
  isBusy = true;
  expect(await documents.commit("x", undefined, { epoch: "e", seq: 1 }, [])).toBeUndefined();
  isBusy = false;
  clock.advance(5_000);
  expect(heard).toHaveBeenCalledTimes(1);
});

test("news is heard also after a write of ours was undone", async () => {
  let isBusy = false;
  const spoiled = busyDriver((sql) => isBusy && sql === "commit");
  const here = await sqliteStore({ database: path, driver: spoiled, clock }).open("a");
  opened.push(here);
  const there = await open(2);
  // The number of the news begins anywhere, and only from then on rises by one.
  await there.transactions.claim("tab3");
  there.transactions.release("tab3");
  await there.transactions.claim("tab2");
  await writeRecords(here, 1);
  const heard = vi.fn<() => void>();
  here.transactions.watch(heard);
  clock.advance(1_000);
  isBusy = true;
  const outcome = { id: "r0", endedAt: 1, phase: "done" } as const;
  const removing = here.transactions.write("tab1", [{ type: "remove", id: "r0", outcome }]);
  await expect(removing).rejects.toMatchObject({ kind: "blocked" });
  isBusy = false;
  there.transactions.release("tab2");
  clock.advance(1_000);
  expect(heard).toHaveBeenCalledTimes(1);
});

test("an owner that is released while the file is busy is free when its lease has run out", async () => {
  let isBusy = false;
  const spoiled = busyDriver((sql) => isBusy && sql.startsWith("begin"));
  const first = await sqliteStore({ database: path, driver: spoiled, clock }).open("a");
  opened.push(first);
  await writeRecords(first, 1);
  isBusy = true;
  first.transactions.release("tab1");
  isBusy = false;
  clock.advance(20_000);
  expect((await (await open(2)).transactions.claim("tab2")).records).toHaveLength(1);
});

test("what is forgotten is gone from the file's bytes too", async () => {
  const account = await open();
  const input = { text: "a secret that nobody else may read" };
  await account.transactions.claim("tab1");
  await account.transactions.write("tab1", [
    { type: "add", record: sampleRecord("a", 1, { input }) },
  ]);
  await account.close();
  expect(readFileSync(path).includes(input.text)).toBe(true);
  await sqliteStore({ database: path, driver, clock }).forget("a");
  const bytes = readdirSync(folder.path).map((name) => readFileSync(join(folder.path, name)));
  expect(bytes.some((each) => each.includes(input.text))).toBe(false);
});

test("nothing tells that an account was here once it is forgotten", async () => {
  const name = "anna@example.test";
  const bytesHold = (): boolean =>
    readdirSync(folder.path).some((file) => readFileSync(join(folder.path, file)).includes(name));
  const store = sqliteStore({ database: path, driver, clock });
  const [account, other] = [await store.open(name), await open(2)];
  await writeRecords(account, 1);
  await writeRecords(other, 1);
  const outcome = { id: "r0", endedAt: 1, phase: "done" } as const;
  await account.transactions.write("tab1", [{ type: "remove", id: "r0", outcome }]);
  // A process that ends without a word leaves its lease.
  const raw = driver(path);
  raw.exec(`insert into holdfast_leases values ('${name}', 'tab0', 'host', 1, 1)`);
  raw.close();
  await account.close();
  expect(bytesHold()).toBe(true);
  await store.forget(name);
  expect(bytesHold()).toBe(false);
  expect((await other.transactions.claim("tab1")).records).toHaveLength(1);
});

test("news of an account that was forgotten and is used anew is heard", async () => {
  const store = sqliteStore({ database: path, driver, clock });
  const [here, there] = [await open(1), await open(2)];
  const rise = async (): Promise<void> => {
    await there.transactions.claim("tab2");
    there.transactions.release("tab2");
  };
  await rise();
  const heard = vi.fn<() => void>();
  here.transactions.watch(heard);
  await store.forget("a");
  await rise();
  clock.advance(1_000);
  expect(heard).toHaveBeenCalledTimes(1);
});
