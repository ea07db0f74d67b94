import { createRequire } from "node:module";

import { expect, test } from "vitest";

import { openSqlite } from "../../src/stores/sqlite-driver.ts";

test("the runtime's own SQLite is used where there is one, else the package for Node 20", () => {
  const db = openSqlite(":memory:");
  const builtin: unknown = process.getBuiltinModule("node:sqlite");
  const module = builtin ?? createRequire(import.meta.url)("@photostructure/sqlite");
  expect(db).toBeInstanceOf((module as { DatabaseSync: new () => object }).DatabaseSync);
  db.close();
});

test("it runs, gets, and takes all", () => {
  const db = openSqlite(":memory:");
  db.exec("create table t (a integer, b text) strict");
  const insert = db.prepare("insert into t values (?, ?)");
  expect(Number(insert.run(1, "x").changes)).toBe(1);
  expect(Number(insert.run(2, "y").changes)).toBe(1);
  const select = db.prepare("select a, b from t where a >= ?");
  expect(select.get(2)).toEqual({ a: 2, b: "y" });
  expect(select.all(1)).toEqual([
    { a: 1, b: "x" },
    { a: 2, b: "y" },
  ]);
  expect(select.get(3)).toBeUndefined();
  db.close();
});
