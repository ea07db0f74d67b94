/**
 * The SQLite driver as a port, shaped as `node:sqlite` is. Used are the runtime's own where it has
 * one (Node 22.13 and newer), else `@photostructure/sqlite`, unless the user brings another.
 */
import { createRequire } from "node:module";

import { StoreError } from "../store-error.ts";

/** What every driver binds and returns alike. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** One row, by column. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** What we use of a prepared statement. */
export interface SqliteDriverStatement {
  run(...values: SqliteValue[]): { readonly changes: number | bigint };
  get(...values: SqliteValue[]): unknown;
  all(...values: SqliteValue[]): unknown[];
}

/** An open connection. `DatabaseSync` of `node:sqlite` and better-sqlite3's `Database` are such. */
export interface SqliteDriver {
  /** Is a transaction open? Left out where the driver cannot tell. */
  readonly isTransaction?: boolean;
  exec(sql: string): unknown;
  prepare(sql: string): SqliteDriverStatement;
  close(): unknown;
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string) => SqliteDriver;
}

/** Opens the file with the runtime's own SQLite, or the package that stands in for it. */
export function openSqlite(path: string): SqliteDriver {
  const { DatabaseSync } = sqliteModule();
  return new DatabaseSync(path);
}

function sqliteModule(): SqliteModule {
  // Absent before Node 20.16, whatever its type says.
  const builtin = (process.getBuiltinModule as typeof process.getBuiltinModule | undefined)?.(
    "node:sqlite",
  );
  if (builtin) return builtin as SqliteModule;
  try {
    return createRequire(import.meta.url)("@photostructure/sqlite") as SqliteModule;
  } catch (cause) {
    throw new StoreError("noDriver", undefined, cause);
  }
}
