/**
 * One connection to a store's file: how it is opened, its transactions, and whether another
 * connection has written since it was last asked.
 */
import { closeSync, openSync, statSync } from "node:fs";

import type { Random } from "../base/random.ts";
import { StoreError } from "../store-error.ts";
import type { SqliteDriver, SqliteDriverStatement } from "./sqlite-driver.ts";
import { storeFault } from "./sqlite-fault.ts";
import { prepareSchema, rollBack } from "./sqlite-schema.ts";

/** While it opens the store may wait; afterwards the process has more to do than to stand still. */
const OPEN_BUSY_MS = 5_000;
const BUSY_MS = 20;
/** Processes that open a new file at once get in each other's way, each for an instant. */
const WAL_TRIES_MAX = 100;

export interface SqliteFileOptions {
  readonly path: string;
  readonly driver: (path: string) => SqliteDriver;
  readonly newEpoch: boolean;
  readonly random: Random;
}

export class SqliteFile {
  readonly db: SqliteDriver;
  readonly #path: string;
  /** Which file the path led to. */
  readonly #file: string | undefined;
  readonly #begin: SqliteDriverStatement;
  readonly #beginReading: SqliteDriverStatement;
  readonly #commit: SqliteDriverStatement;
  readonly #dataVersion: SqliteDriverStatement;
  readonly #epochOf: SqliteDriverStatement;
  #version: unknown;
  #epoch = "";

  /** Opens the file, or makes it, for its owner alone to read. Throws a `StoreError`. */
  constructor(options: SqliteFileOptions) {
    const db = opened(options);
    this.db = db;
    this.#path = options.path;
    this.#file = fileAt(options.path);
    try {
      db.exec(`pragma busy_timeout = ${OPEN_BUSY_MS}; pragma synchronous = full`);
      prepareSchema(db, options.newEpoch, options.random);
      useWriteAheadLog(db);
      db.exec(`pragma busy_timeout = ${BUSY_MS}`);
      this.#begin = db.prepare("begin immediate");
      this.#beginReading = db.prepare("begin");
      this.#commit = db.prepare("commit");
      this.#dataVersion = db.prepare("pragma data_version");
      this.#epochOf = db.prepare("select epoch from holdfast_meta");
      this.othersWrote();
    } catch (error) {
      db.close();
      throw storeFault(error);
    }
  }

  get epoch(): string {
    return this.#epoch;
  }

  /**
   * From here on nobody else writes. Throws `busy` when somebody does, and `failed` when the file
   * was removed or replaced: SQLite would go on writing to it, and nobody would find it again.
   */
  begin(): void {
    if (fileAt(this.#path) !== this.#file)
      throw new StoreError("failed", "the store's file was removed or replaced");
    this.#begin.run();
  }

  /** From here on all reads see the same. */
  beginReading(): void {
    this.#beginReading.run();
  }

  commit(): void {
    this.#commit.run();
  }

  /** Undoes the transaction, if one is open. */
  rollback(): void {
    rollBack(this.db);
  }

  /** Has another connection committed since this was last asked? Reads the epoch anew if so. */
  othersWrote(): boolean {
    const { data_version: version } = this.#dataVersion.get() as { data_version: unknown };
    if (version === this.#version) return false;
    const row = this.#epochOf.get() as { epoch: string } | undefined;
    if (!row) throw new StoreError("corrupt");
    this.#epoch = row.epoch;
    this.#version = version;
    return true;
  }

  /**
   * Leaves all in the file itself where nobody else has it open. Some drivers let go of it only
   * when their statements are collected as garbage, so SQLite does not do that by itself.
   */
  close(): void {
    try {
      this.db.exec("pragma wal_checkpoint(truncate)");
    } catch {
      // No room on the disk, or others read: all is in the log beside the file, and whoever opens
      // it next finds it there.
    } finally {
      this.db.close();
    }
  }
}

/** Names the file that the path leads to; nothing where there is none. */
function fileAt(path: string): string | undefined {
  if (path === ":memory:") return undefined;
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts && `${facts.dev} ${facts.ino}`;
}

function opened({ path, driver }: SqliteFileOptions): SqliteDriver {
  try {
    // SQLite gives the files beside it the same mode.
    if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
    return driver(path);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError("failed", "the store's file cannot be opened", error);
  }
}

// The change to the write-ahead log fails at once where others read, whatever the timeout. To begin
// a transaction waits for writers, and by then they may be through.
function useWriteAheadLog(db: SqliteDriver): void {
  for (let tries = 1; ; tries++) {
    try {
      db.exec("pragma journal_mode = wal");
      return;
    } catch (error) {
      if (storeFault(error).code !== "busy" || tries >= WAL_TRIES_MAX) throw error;
      db.exec("begin immediate; rollback");
    }
  }
}
