/**
 * Our tables in the file, apart from the application's by their prefix. They are made, and a store
 * of another version recognised, before anything else is done to the file.
 */
import { randomName } from "../base/random.ts";
import type { Random } from "../base/random.ts";
import { StoreError } from "../store-error.ts";
import type { SqliteDriver } from "./sqlite-driver.ts";

export const SCHEMA_VERSION = 1;

/** How many hexadecimal digits name an epoch. */
const EPOCH_DIGITS = 16;

/**
 * Heads are not stored: a bucket's head is its newest update, or, where all are forgotten, the
 * last one that was. So an append is one row, and no second truth can go astray.
 */
const TABLES = `
create table holdfast_meta (
  id integer primary key check (id = 1),
  version integer not null,
  epoch text not null
) strict;
create table holdfast_updates (
  bucket text not null,
  seq integer not null,
  at integer not null,
  data text,
  account text,
  key text,
  primary key (bucket, seq)
) strict, without rowid;
create table holdfast_buckets (
  bucket text not null primary key,
  forgotten integer not null
) strict, without rowid;
create table holdfast_keys (
  account text not null,
  key text not null,
  state text not null check (state in ('result', 'cancelled')),
  method text,
  input_hash text,
  output text,
  at text,
  stored_at integer not null,
  primary key (account, key)
) strict;
create index holdfast_keys_by_age on holdfast_keys (stored_at);`;

/** Makes the tables where there are none. Throws `newerSchema` and leaves what is newer alone. */
export function prepareSchema(db: SqliteDriver, newEpoch: boolean, random: Random): void {
  db.exec("begin immediate");
  try {
    const version = schemaVersion(db);
    const epoch = randomName(random, EPOCH_DIGITS);
    if (version === undefined) {
      db.exec(TABLES);
      db.prepare("insert into holdfast_meta values (1, ?, ?)").run(SCHEMA_VERSION, epoch);
    } else if (version !== SCHEMA_VERSION) {
      throw new StoreError(version > SCHEMA_VERSION ? "newerSchema" : "corrupt");
    } else if (newEpoch) {
      db.prepare("update holdfast_meta set epoch = ?").run(epoch);
    }
    db.exec("commit");
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Undoes the transaction, if one is open. */
export function rollBack(db: SqliteDriver): void {
  try {
    db.exec("rollback");
  } catch {
    // After a full disk and the like SQLite has rolled back by itself, and there is none.
  }
}

function schemaVersion(db: SqliteDriver): number | undefined {
  const table = db.prepare("select name from sqlite_master where name = 'holdfast_meta'").get();
  if (!table) return undefined;
  const row = db.prepare("select version from holdfast_meta").get();
  return Number((row as { version?: unknown } | undefined)?.version ?? 0);
}
