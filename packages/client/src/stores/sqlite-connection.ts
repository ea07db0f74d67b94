/**
 * A connection to the client's tables in a SQLite database: transactions, prepared statements, and
 * what drivers throw as `StoreError`s. Every table is called `holdfast_…`, so that they may live in
 * an app's own database.
 */
import { guarded } from "../base/errors.ts";
import type { SqliteDatabase, SqliteStatement } from "./sqlite-driver.ts";
import { StoreError, type StoreErrorKind } from "./store-error.ts";

/** The shape of the tables. Those of a later version are left alone. */
const SCHEMA_VERSION = 1;

/** How long a statement waits for another process, blocking this one, in ms. */
const BUSY_MS = 2_000;

/** How often the journal's mode is asked for again. */
const LOG_TRIES = 10;

const SCHEMA = `
  create table holdfast_meta (version integer not null) strict;
  insert into holdfast_meta values (${SCHEMA_VERSION});
  create table holdfast_transactions (account text not null, id text not null,
    owner text not null, record text not null, primary key (account, id)) strict;
  create table holdfast_outcomes (account text not null, id text not null,
    ended_at real not null, outcome text not null, primary key (account, id)) strict;
  create table holdfast_leases (account text not null, owner text not null, host text not null,
    pid integer not null, expires_at real not null, primary key (account, owner)) strict;
  create table holdfast_news (account text primary key, number integer not null) strict;
  create table holdfast_debts (account text not null, bucket text not null,
    epoch text not null, head integer not null, primary key (account, bucket)) strict;
  create table holdfast_cursors (account text not null, bucket text not null,
    epoch text not null, seq integer not null, primary key (account, bucket)) strict;
  create table holdfast_documents (account text not null, bucket text not null, id text not null,
    document text not null, primary key (account, bucket, id)) strict, without rowid;
`;

/** What names accounts. A client that is open still renews its lease. */
const CONTENTS = ["transactions", "outcomes", "leases", "news", "debts", "cursors", "documents"];

/** What belongs to an open database, of which an app may give us one for several stores. */
interface Handle {
  /** How it writes; undefined: nobody has said. */
  isDurable: boolean | undefined;
  /** A rollback failed: the transaction may still be open. */
  isStuck: boolean;
  /** How many of our transactions were committed. */
  commits: number;
}

const handles = new WeakMap<SqliteDatabase, Handle>();

export class SqliteConnection {
  readonly #database: SqliteDatabase;
  readonly #isOwn: boolean;
  readonly #isThere: (() => boolean) | undefined;
  readonly #statements = new Map<string, SqliteStatement>();
  readonly #handle: Handle;
  #isClosed = false;
  /** Of the handle's commits, those made here. */
  #commits = 0;
  #whenCommitted: (() => void) | undefined;

  /**
   * Makes the tables where there are none. Throws a `StoreError` when it cannot, or when they are
   * not ours to change. `isOwn`: the database is ours, and is closed with the connection.
   * `isThere`: nothing is written while it says no, because nobody would find it again.
   */
  constructor(database: SqliteDatabase, isOwn: boolean, isThere?: () => boolean) {
    this.#database = database;
    this.#isOwn = isOwn;
    this.#isThere = isThere;
    this.#handle = handles.get(database) ?? { isDurable: undefined, isStuck: false, commits: 0 };
    handles.set(database, this.#handle);
    try {
      database.exec(`pragma busy_timeout = ${BUSY_MS}`);
      // Before anything is written: a newer database stays as it is.
      this.#checkVersion();
      this.#useLog();
      this.transact(true, () => {
        if (!this.#checkVersion()) database.exec(SCHEMA);
      });
    } catch (error) {
      if (isOwn) database.close();
      throw storeError(error);
    }
  }

  /** The statement, prepared once. Texts of it are constants: the cache has no other limit. */
  sql(text: string): SqliteStatement {
    let statement = this.#statements.get(text);
    if (!statement) this.#statements.set(text, (statement = this.#database.prepare(text)));
    return statement;
  }

  /** Reads. */
  read<T>(body: () => T): T {
    if (this.#isClosed) throw new StoreError("closed");
    try {
      this.#unstick();
      return body();
    } catch (error) {
      throw storeError(error);
    }
  }

  /**
   * Runs `body` in one transaction, which is undone when it throws. `isDurable`: what it wrote
   * survives a loss of power; otherwise only the end of the process.
   */
  transact<T>(isDurable: boolean, body: () => T): T {
    const handle = this.#handle;
    return this.read(() => {
      if (this.#isThere?.() === false) throw new StoreError("unavailable");
      if (isDurable !== handle.isDurable) {
        this.#database.exec(`pragma synchronous = ${isDurable ? "full" : "normal"}`);
        handle.isDurable = isDurable;
      }
      this.#database.exec("begin immediate");
      this.#whenCommitted = undefined;
      try {
        const result = body();
        this.#database.exec("commit");
        handle.commits += 1;
        this.#commits += 1;
        (this.#whenCommitted as (() => void) | undefined)?.();
        return result;
      } catch (error) {
        handle.isStuck = true;
        guarded(
          () => this.#unstick(),
          () => {}, // The next use tries again, and says so if it must.
        );
        throw error;
      }
    });
  }

  /** Calls back once the running transaction is committed, if it is. One in each. */
  whenCommitted(act: () => void): void {
    this.#whenCommitted = act;
  }

  /**
   * Another one each time that something was committed past this connection: by another of
   * SQLite's, which it counts itself, or by another of ours on the same handle.
   */
  version(): string {
    const row = this.read(() => this.sql("pragma data_version").get());
    const { data_version: others } = row as { readonly data_version: unknown };
    return `${String(others)} ${this.#handle.commits - this.#commits}`;
  }

  /** Deletes everything of an account; in a file of ours also from its free pages. */
  forget(account: string): void {
    this.transact(true, () => {
      for (const name of CONTENTS) {
        this.#database.prepare(`delete from holdfast_${name} where account = ?`).run(account);
      }
    });
    // Also what was deleted or moved long ago.
    if (this.#isOwn) this.read(() => this.#database.exec("vacuum"));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#statements.clear();
    if (!this.#isOwn) return;
    try {
      // Drivers may keep the files open until their statements are collected.
      this.#database.exec("pragma busy_timeout = 0; pragma wal_checkpoint(truncate)");
    } catch {
      // Whoever has it open still will do it.
    }
    this.#database.close();
  }

  #unstick(): void {
    if (!this.#handle.isStuck) return;
    try {
      this.#database.exec("rollback");
    } catch {
      // SQLite may have rolled back by itself; a transaction can then be begun.
      this.#database.exec("begin; rollback");
    }
    this.#handle.isStuck = false;
  }

  /**
   * Where two processes change the mode of a new file at once, one is refused without waiting. It
   * waits for the other by a write of nothing, and asks again.
   */
  #useLog(): void {
    for (let triesLeft = LOG_TRIES; ; triesLeft--) {
      try {
        this.#database.exec("pragma journal_mode = wal");
        return;
      } catch (error) {
        if (triesLeft === 0 || storeError(error).kind !== "blocked") throw error;
      }
      this.#database.exec("begin immediate; commit");
    }
  }

  /** Are the tables there? */
  #checkVersion(): boolean {
    const table = this.#database
      .prepare("select 1 from sqlite_master where type = 'table' and name = 'holdfast_meta'")
      .get();
    if (!table) return false;
    const row = this.#database.prepare("select version from holdfast_meta").get();
    const version = Number((row as { readonly version?: unknown } | undefined)?.version);
    if (version === SCHEMA_VERSION) return true;
    throw new StoreError(version > SCHEMA_VERSION ? "newer" : "corrupt");
  }
}

/** By SQLite's number, its name, and its words: drivers differ in which of them they tell. */
const KINDS: readonly (readonly [number, string, string, StoreErrorKind])[] = [
  [3, "PERM", "access permission denied", "unavailable"],
  [5, "BUSY", "database is locked", "blocked"],
  [6, "LOCKED", "database table is locked", "blocked"],
  [8, "READONLY", "readonly database", "unavailable"],
  [11, "CORRUPT", "disk image is malformed", "corrupt"],
  [13, "FULL", "disk is full", "quota"],
  [14, "CANTOPEN", "unable to open database file", "unavailable"],
  [26, "NOTADB", "file is not a database", "corrupt"],
];

interface DriverError {
  readonly errcode?: number | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** What a driver threw, in our words. */
export function storeError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { errcode = 0, code = "", message = "" } = (error ?? {}) as DriverError;
  const name = /^SQLITE_([A-Z]+)/.exec(code)?.[1];
  const known = KINDS.find(
    ([number, word, words]) =>
      // Extended codes have the plain one in their last byte.
      number === (errcode & 255) || word === name || message.endsWith(words),
  );
  return new StoreError(known?.[3] ?? "failed", error);
}
