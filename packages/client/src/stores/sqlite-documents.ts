/**
 * The documents of an account in SQLite, with the cursors and the debts of their buckets. A loss of
 * power may take the last commits, data and cursor together; the server has them.
 */
import type { BucketKey } from "@holdfast/protocol";

import type { ApplyOutcome, Cursor } from "../sync/apply-updates.ts";
import type { SyncStore } from "../sync/sync-store.ts";
import type { DocumentStore } from "./document-store.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import type { SqliteNews } from "./sqlite-news.ts";
import {
  type DocumentRow,
  debtsOf,
  documentsOf,
  isSameCursor,
  putsOf,
  readCursor,
  rowsOf,
} from "./stored-bucket.ts";

const CURSOR = "select epoch, seq from holdfast_cursors where account = ? and bucket = ?";
const MOVE = "insert or replace into holdfast_cursors values (?, ?, ?, ?)";
const PUT = "insert or replace into holdfast_documents values (?, ?, ?, ?)";
/** So many at once: a call of the driver costs about as much as what SQLite does in it. */
const MANY = 20;
const PUT_MANY = `${PUT}${", (?, ?, ?, ?)".repeat(MANY - 1)}`;
const DELETE = "delete from holdfast_documents where account = ? and bucket = ? and id = ?";
const CLEAR = "delete from holdfast_documents where account = ? and bucket = ?";
const ALL = "select id, document as text from holdfast_documents where account = ? and bucket = ?";

export function sqliteDocuments(
  account: string,
  connection: SqliteConnection,
  news: SqliteNews,
): DocumentStore {
  const cursor = (bucket: BucketKey): Cursor | undefined =>
    readCursor(connection.sql(CURSOR).get(account, bucket));
  const write = (bucket: BucketKey, rows: readonly DocumentRow[]): void => {
    let puts: (readonly string[])[] = [];
    const flush = (): void => {
      if (puts.length === MANY) connection.sql(PUT_MANY).run(...puts.flat());
      else for (const values of puts) connection.sql(PUT).run(...values);
      puts = [];
    };
    for (const { id, text } of rows) {
      if (text !== undefined) puts.push([account, bucket, id, text]);
      if (text === undefined || puts.length === MANY) flush();
      if (text === undefined) connection.sql(DELETE).run(account, bucket, id);
    }
    flush();
  };
  const move = (
    bucket: BucketKey,
    from: Cursor | undefined,
    to: Cursor,
    rows: readonly DocumentRow[],
    isReplaced: boolean,
  ): ApplyOutcome => {
    const outcome = connection.transact(false, () => {
      const stored = cursor(bucket);
      if (!isSameCursor(stored, from)) return { moved: stored };
      if (isReplaced) connection.sql(CLEAR).run(account, bucket);
      write(bucket, rows);
      connection.sql(MOVE).run(account, bucket, to.epoch, to.seq);
      return undefined;
    });
    if (!outcome) news.committed(bucket, to);
    return outcome;
  };
  return {
    cursor: async (bucket) => connection.read(() => cursor(bucket)),
    commit: async (bucket, from, to, changes) =>
      move(bucket, from, to, rowsOf(bucket, changes), false),
    replace: async (bucket, from, to, documents) =>
      move(bucket, from, to, rowsOf(bucket, putsOf(documents)), true),
    async documents(bucket) {
      const rows = connection.read(() => connection.sql(ALL).all(account, bucket));
      return documentsOf(rows as DocumentRow[]);
    },
    watch: (bucket, changed) => news.watch(bucket, changed),
  };
}

const DEBTS = "select bucket, epoch, head from holdfast_debts where account = ?";
const OWE = "insert or replace into holdfast_debts values (?, ?, ?, ?)";
const PAY = "delete from holdfast_debts where account = ? and bucket = ?";

export function sqliteDebts(account: string, connection: SqliteConnection): SyncStore {
  return {
    debts: async () => debtsOf(connection.read(() => connection.sql(DEBTS).all(account))),
    async saveDebts(owed, paid) {
      connection.transact(false, () => {
        for (const bucket of paid) connection.sql(PAY).run(account, bucket);
        for (const { bucket, epoch, head } of owed) {
          connection.sql(OWE).run(account, bucket, epoch, head);
        }
      });
    },
  };
}
