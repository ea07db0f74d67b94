/**
 * The store of Node, Bun and Deno: one SQLite file for all accounts, which several processes may
 * share. An open account looks after its leases and for others' news once a second, and so keeps
 * the process alive until it is closed.
 */
import { type Cancel, type Clock, nodeClock } from "../base/clock.ts";
import { guarded } from "../base/errors.ts";
import type { AccountStore, ClientStore } from "./client-store.ts";
import { SqliteConnection, storeError } from "./sqlite-connection.ts";
import { sqliteDebts, sqliteDocuments } from "./sqlite-documents.ts";
import {
  builtInDriver,
  type OpenSqlite,
  type SqliteDatabase,
  type SqliteGlobals,
} from "./sqlite-driver.ts";
import { prepareFile } from "./sqlite-file.ts";
import { RENEW_MS, SqliteLeases } from "./sqlite-leases.ts";
import { SqliteNews } from "./sqlite-news.ts";
import { sqliteTransactions } from "./sqlite-transactions.ts";
import { checkNames } from "./stored-text.ts";

export type { OpenSqlite, SqliteDatabase, SqliteStatement, SqliteValue } from "./sqlite-driver.ts";
export { StoreError, type StoreErrorKind } from "./store-error.ts";

/** How often an open account looks for news of other clients, in ms. */
const LOOK_MS = 1_000;

/** Options of a store in a SQLite file. */
export interface SqliteStoreOptions {
  /**
   * Where: the path of a file, or an open database, which stays open, and whose pragmas we set.
   * Stores that share an open database are given the same object.
   */
  readonly database: string | SqliteDatabase;
  /** Opens a file. Default: `node:sqlite`, or else `@photostructure/sqlite`. */
  readonly driver?: OpenSqlite | undefined;
  /** Default: Node's. */
  readonly clock?: Clock | undefined;
}

/**
 * A store in a SQLite file, made with mode 0600. `open` rejects with a `StoreError` for a file that
 * is no database of ours, or of a later version, and leaves it as it is.
 */
export function sqliteStore(
  { database, driver, clock = nodeClock }: SqliteStoreOptions,
  globals: SqliteGlobals = globalThis as SqliteGlobals,
): ClientStore {
  const connect = async (): Promise<SqliteConnection> => {
    if (typeof database !== "string") return new SqliteConnection(database, false);
    const open = driver ?? (await builtInDriver(globals));
    const isThere = prepareFile(database, globals);
    try {
      return new SqliteConnection(open(database), true, isThere);
    } catch (error) {
      throw storeError(error);
    }
  };
  return {
    async open(account) {
      checkNames(account);
      return accountStore(account, await connect(), clock, globals);
    },
    async forget(account) {
      const connection = await connect();
      try {
        connection.forget(account);
      } finally {
        connection.close();
      }
    },
  };
}

function accountStore(
  account: string,
  connection: SqliteConnection,
  clock: Clock,
  globals: SqliteGlobals,
): AccountStore {
  const leases = new SqliteLeases(connection, account, clock, globals);
  const news = new SqliteNews(connection, account);
  const transactions = sqliteTransactions(account, connection, leases, news, clock);
  let renewAt = clock.now() + RENEW_MS;
  let cancel: Cancel;
  const look = (): void => {
    cancel = clock.at(clock.now() + LOOK_MS, look);
    // What fails, because another process is writing, is made up for by the next look. Leases are
    // renewed even where news can no longer be read.
    guarded(
      () => news.poll(),
      () => {},
    );
    if (clock.now() < renewAt) return;
    renewAt = clock.now() + RENEW_MS;
    guarded(
      () => leases.renew(),
      () => {},
    );
  };
  cancel = clock.at(clock.now() + LOOK_MS, look);
  return {
    transactions,
    sync: sqliteDebts(account, connection),
    documents: sqliteDocuments(account, connection, news),
    async close() {
      cancel();
      for (const owner of leases.owners) transactions.release(owner);
      connection.close();
    },
  };
}
