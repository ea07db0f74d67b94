import { expect, test } from "vitest";

import type { ServerStore, StoreTransaction } from "../../src/server-store.ts";
import type { SqliteValue, UnitDatabase, UnitStatement } from "../../src/stores/sqlite.ts";
import { sqliteError, SpyDriver } from "./spy-driver.ts";
import { keyed, StoreBed } from "./store-bed.ts";

type Tx = StoreTransaction<UnitDatabase>;

async function setUp(spy = new SpyDriver()): Promise<{
  bed: StoreBed;
  spy: SpyDriver;
  store: ServerStore<UnitDatabase>;
  run: (...units: ((tx: Tx) => unknown)[]) => Promise<PromiseSettledResult<unknown>[]>;
  notes: () => Promise<unknown>;
  /** The next insert ends the transaction, as SQLite does in distress, and throws this. */
  lose: (error: Error) => void;
}> {
  const bed = new StoreBed();
  let loss: Error | undefined;
  const store = bed.sqlite({
    driver(path) {
      const db = spy.open(path);
      return {
        ...db,
        prepare(sql) {
          const statement = db.prepare(sql);
          return {
            ...statement,
            run(...values) {
              const error = loss;
              if (!error || !sql.startsWith("insert")) return statement.run(...values);
              loss = undefined;
              db.exec("rollback");
              throw error;
            },
          };
        },
      };
    },
  });
  const lose = (error: Error): void => void (loss = error);
  const run = (...units: ((tx: Tx) => unknown)[]) =>
    bed.finish(Promise.allSettled(units.map((unit) => store.commit({ run: unit }))));
  const notes = async (): Promise<unknown> => {
    const [result] = await run((tx) =>
      tx.db
        .prepare("select text from notes order by rowid")
        .all()
        .map(({ text }) => text),
    );
    return result?.status === "fulfilled" ? (result.value as { output: unknown }).output : result;
  };
  await run((tx) => tx.db.exec("create table notes (text unique); create table more (text)"));
  spy.ran.length = 0;
  return { bed, spy, store, run, notes, lose };
}

const note =
  (text: SqliteValue) =>
  (tx: Tx): unknown =>
    tx.db.prepare("insert into notes values (?)").run(text);

function thrownBy(task: () => unknown): unknown {
  try {
    task();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("the application's writes commit together with its updates and its key", async () => {
  const { bed, store, notes } = await setUp();
  const unit = {
    call: keyed("k1"),
    run(tx: Tx) {
      note("one")(tx);
      tx.append("a", "one", 0);
    },
  };
  await bed.finish(store.commit(unit));
  expect(await bed.finish(store.commit(unit))).toMatchObject({ type: "known" });
  expect(await notes()).toEqual(["one"]);
});

test("a unit that throws undoes its own writes alone", async () => {
  const { run, notes } = await setUp();
  const results = await run(
    note("one"),
    (tx) => {
      note("never")(tx);
      throw new Error("no");
    },
    note("two"),
    (tx) => {
      note("never")(tx);
      note("two")(tx);
    },
    note("three"),
  );
  expect(results.map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  expect(results[1]).toMatchObject({ reason: new Error("no") });
  expect(results[3]).toMatchObject({ reason: { message: expect.stringContaining("UNIQUE") } });
  expect(await notes()).toEqual(["one", "two", "three"]);
});

test("a unit may catch what a statement throws, and go on", async () => {
  const { run, notes } = await setUp();
  await run(note("one"), (tx) => {
    expect(() => note("one")(tx)).toThrow("UNIQUE");
    note("other")(tx);
  });
  expect(await notes()).toEqual(["one", "other"]);
});

test("only units that use the database cost a savepoint", async () => {
  const { spy, run } = await setUp();
  await run(
    (tx) => tx.append("a", 1, 0),
    (tx) => tx.db,
  );
  expect(spy.count("savepoint")).toBe(0);
  await run(note("one"), note("two"));
  expect([spy.count("savepoint"), spy.count("release"), spy.count("begin")]).toEqual([2, 2, 2]);
});

test("a statement is prepared once, and serves later units", async () => {
  const { spy, run, notes } = await setUp();
  const seen = new Set<UnitStatement>();
  const sql = "insert into notes values (?)";
  await run((tx) => seen.add(tx.db.prepare(sql)));
  const [kept] = seen;
  await run(
    (tx) => seen.add(tx.db.prepare(sql)),
    () => kept?.run("kept"),
    () => {
      kept?.run("never");
      throw new Error("no");
    },
  );
  expect(seen.size).toBe(1);
  expect(await notes()).toEqual(["kept"]);
  expect(() => kept?.run("outside")).toThrow(expect.objectContaining({ code: "misuse" }));
  expect(spy.count("insert into notes")).toBe(2);
});

test("statements beyond the number that is kept are prepared again", async () => {
  const { run } = await setUp();
  const [result] = await run((tx) => {
    const first = tx.db.prepare("select 0 as n");
    for (let n = 1; n <= 256; n++) tx.db.prepare(`select ${n} as n`);
    expect(tx.db.prepare("select 256 as n")).toBe(tx.db.prepare("select 256 as n"));
    expect(tx.db.prepare("select 0 as n")).not.toBe(first);
    return first.get()?.["n"];
  });
  expect(result).toMatchObject({ value: { output: 0 } });
});

test("values come back as they were bound", async () => {
  const { run } = await setUp();
  const [result] = await run((tx) =>
    ["é", 1, 1.5, -0.5, null, 2n, new Uint8Array([1, 0, 2])].map((value) => {
      const row = tx.db.prepare("select ? as v").get(value);
      return row?.["v"] instanceof Uint8Array ? [...row["v"]] : row?.["v"];
    }),
  );
  expect(result).toMatchObject({ value: { output: ["é", 1, 1.5, -0.5, null, 2, [1, 0, 2]] } });
});

test.each([true, undefined, "a\0b", new Date(0), { a: 1 }, Symbol("s")])(
  "%s is not bound, for each driver would make something else of it",
  async (value) => {
    const { run, notes } = await setUp();
    const [result] = await run(note(value as SqliteValue));
    expect(result).toMatchObject({ reason: { name: "StoreError", code: "badValue" } });
    expect(await notes()).toEqual([]);
  },
);

test.each([
  "BEGIN",
  " commit",
  "End",
  "rollback",
  "savepoint a",
  "release a",
  "vacuum",
  "/* x */ commit",
  "/**/--y\n;; /* a\n * b **/\tcommit",
])("%j is refused, and undoes its unit alone", async (sql) => {
  const { run, notes } = await setUp();
  const results = await run(note("one"), (tx) => {
    note("never")(tx);
    tx.db.prepare(sql);
  });
  expect(results).toMatchObject([{ status: "fulfilled" }, { reason: { code: "misuse" } }]);
  expect(await notes()).toEqual(["one"]);
});

test.each([
  "/* commit */ select 1 as n",
  "-- commit\nselect 1 as n",
  "/* a */ select 1 as n /* */ -- commit",
  "/* a */ select 1 as n, '*/ commit' as text",
])("%j only speaks of the end of a transaction", async (sql) => {
  const { run } = await setUp();
  const [result] = await run((tx) => tx.db.prepare(sql).get()?.["n"]);
  expect(result).toMatchObject({ value: { output: 1 } });
});

test("a transaction that ends without an error is noticed where the driver can tell", async () => {
  const bed = new StoreBed();
  let isLost = false;
  const store = bed.sqlite({
    driver: (path) => {
      const db = new SpyDriver().open(path);
      return {
        ...db,
        get isTransaction() {
          return !isLost;
        },
        prepare(sql) {
          const statement = db.prepare(sql);
          const run = (): { readonly changes: number } => {
            isLost = true;
            db.exec("rollback");
            return { changes: 0 };
          };
          return sql.startsWith("update") ? { ...statement, run } : statement;
        },
      };
    },
  });
  await bed.finish(store.commit({ run: (tx) => tx.db.exec("create table notes (text)") }));
  let thrown: unknown;
  const lost = store.commit({
    run(tx) {
      thrown = thrownBy(() => tx.db.prepare("update notes set text = 'x'").run());
    },
  });
  const [result] = await bed.finish(Promise.allSettled([lost]));
  expect(thrown).toMatchObject({ name: "StoreError" });
  expect(result).toMatchObject({ reason: { name: "StoreError", code: "failed" } });
});

test("a statement that ends the transaction fails the group, and nothing more is written", async () => {
  const { run, notes } = await setUp();
  await run(note("first"));
  const thrown: unknown[] = [];
  const results = await run(
    note("one"),
    (tx) => {
      const insert = "insert or rollback into notes values ('first')";
      thrown.push(thrownBy(() => tx.db.prepare(insert).run()));
      thrown.push(thrownBy(() => note("alone")(tx)));
    },
    note("two"),
  );
  expect(thrown).toMatchObject([{ name: "StoreError" }, { name: "StoreError" }]);
  expect(results).toMatchObject([
    { reason: { name: "StoreError", code: "failed" } },
    { reason: { name: "StoreError", code: "failed" } },
    { status: "fulfilled" },
  ]);
  expect(await notes()).toEqual(["first", "two"]);
});

test("a transaction that a script ends is noticed", async () => {
  const { run, notes } = await setUp();
  let thrown: unknown;
  const [result] = await run((tx) => {
    thrown = thrownBy(() => tx.db.exec("insert into notes values ('one'); rollback"));
    note("alone")(tx);
  });
  expect(thrown).toMatchObject({ name: "StoreError" });
  expect(result).toMatchObject({ reason: { name: "StoreError", code: "failed" } });
  expect(await notes()).toEqual([]);
  const [hidden] = await run((tx) => {
    note("one")(tx);
    tx.db.exec("rollback; begin");
  });
  expect(hidden).toMatchObject({ reason: { name: "StoreError", code: "failed" } });
  expect(await notes()).toEqual([]);
});

test("a disk that is full while a unit writes fails the group for what it is", async () => {
  const { run, notes, lose } = await setUp();
  lose(sqliteError(13));
  const results = await run(note("one"), note("two"));
  expect(results).toMatchObject([{ reason: { code: "full" } }, { status: "fulfilled" }]);
  expect(await notes()).toEqual(["two"]);
});
