import { expect, test } from "vitest";

import { StoreError } from "../../src/store-error.ts";
import { storeFault } from "../../src/stores/sqlite-fault.ts";
import { sqliteError } from "./spy-driver.ts";

const named = (code: string): Error => Object.assign(new Error(), { code });

test.each([
  ["node:sqlite is busy", sqliteError(5), "busy"],
  ["busy while it recovers", sqliteError(261), "busy"],
  ["a table is locked", sqliteError(6), "busy"],
  ["the disk is full", sqliteError(13), "full"],
  ["the file is damaged", sqliteError(11), "corrupt"],
  ["the file is none of SQLite's", sqliteError(26), "corrupt"],
  ["better-sqlite3 is busy", named("SQLITE_BUSY_SNAPSHOT"), "busy"],
  ["better-sqlite3 has no room", named("SQLITE_FULL"), "full"],
  ["better-sqlite3 finds damage", named("SQLITE_CORRUPT_INDEX"), "corrupt"],
  ["a rule is broken", sqliteError(1555), "failed"],
  ["an error of the disk", named("SQLITE_IOERR"), "failed"],
  ["something else", "a word", "failed"],
])("%s", (_, error, code) => {
  const fault = storeFault(error);
  expect(fault).toMatchObject({ name: "StoreError", code, cause: error });
});

test("nothing at all is a failure too", () => {
  expect(storeFault(undefined).code).toBe("failed");
});

test("what is a store's error already stays as it is", () => {
  const error = new StoreError("closed");
  expect(storeFault(error)).toBe(error);
});
