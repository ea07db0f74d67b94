/**
 * The SQLite of whoever runs us, as little as we need of it. `node:sqlite` fits, and so do
 * `@photostructure/sqlite`, `better-sqlite3` and `libsql`.
 */
import { StoreError } from "./store-error.ts";

/** What may be bound to a statement. Drivers disagree about everything else. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** What we use of a prepared statement. */
export interface SqliteStatement {
  run(...values: SqliteValue[]): { readonly changes: number | bigint };
  get(...values: SqliteValue[]): unknown;
  all(...values: SqliteValue[]): unknown[];
}

/** An open database. All of it is synchronous. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** Opens the database in a file, making the file if there is none. */
export type OpenSqlite = (path: string) => SqliteDatabase;

/** What we use of Node's global scope; Bun and Deno have it too. */
export interface SqliteGlobals {
  readonly process?: NodeProcess | undefined;
}

/** What we use of Node's `process`. */
export interface NodeProcess {
  readonly pid: number;
  /** With signal 0: throws with code `ESRCH` when there is no such process. */
  kill(pid: number, signal: 0): unknown;
  getBuiltinModule(id: string): unknown;
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string) => SqliteDatabase;
}

/**
 * The driver of this runtime: `node:sqlite` where it is built in, `@photostructure/sqlite` where it
 * is installed. Rejects with `unavailable` where there is neither.
 */
export async function builtInDriver({ process }: SqliteGlobals): Promise<OpenSqlite> {
  const builtIn = process?.getBuiltinModule("node:sqlite") as SqliteModule | undefined;
  const { DatabaseSync } = builtIn ?? (await optionalModule());
  return (path) => new DatabaseSync(path);
}

async function optionalModule(): Promise<SqliteModule> {
  try {
    return await import("@photostructure/sqlite");
  } catch (error) {
    // Before Node 22.13: install it, or pass a `driver`.
    throw new StoreError("unavailable", error);
  }
}
