/** The transactions of an account in SQLite. */
import type { Clock } from "../base/clock.ts";
import { guarded } from "../base/errors.ts";
import {
  OUTCOME_KEPT_MS,
  type TransactionChange,
  type TransactionStore,
} from "../transactions/transaction-store.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import type { SqliteLeases } from "./sqlite-leases.ts";
import type { SqliteNews } from "./sqlite-news.ts";
import { endOf, findRows, rowOf, type StoredRow } from "./stored-record.ts";
import { textOf } from "./stored-text.ts";

const ROWS = "select id, owner, record as text from holdfast_transactions where account = ?";
const ADOPT = "update holdfast_transactions set owner = ? where account = ? and id = ?";
const ADD = "insert into holdfast_transactions values (?, ?, ?, ?)";
const PUT = `update holdfast_transactions set record = ?
  where account = ? and id = ? and owner = ?`;
const REMOVE = "delete from holdfast_transactions where account = ? and id = ? and owner = ?";
const END = "insert or replace into holdfast_outcomes values (?, ?, ?, ?)";
const OUTCOME = "select outcome as text from holdfast_outcomes where account = ? and id = ?";
const STORED = "select 1 from holdfast_transactions where account = ? and id = ?";
const FORGET = "delete from holdfast_outcomes where account = ? and ended_at < ?";

export function sqliteTransactions(
  account: string,
  connection: SqliteConnection,
  leases: SqliteLeases,
  news: SqliteNews,
  clock: Clock,
): TransactionStore {
  return {
    async claim(owner) {
      return connection.transact(true, () => {
        leases.take(owner);
        connection.sql(FORGET).run(account, clock.wallNow() - OUTCOME_KEPT_MS);
        const rows = connection.sql(ROWS).all(account) as StoredRow[];
        const { claim, adopted } = findRows(account, owner, rows, leases.free());
        for (const { id } of adopted) connection.sql(ADOPT).run(owner, account, id);
        if (adopted.length > 0) news.rise();
        return claim;
      });
    },
    async write(owner, changes) {
      const writes = changes.map((change) => writeOf(account, owner, change));
      return connection.transact(true, () => {
        const lost: string[] = [];
        for (const { type, id, text, end } of writes) {
          if (type === "add") connection.sql(ADD).run(account, id, owner, text);
          else {
            const values = type === "put" ? [text] : [];
            const statement = connection.sql(type === "put" ? PUT : REMOVE);
            const isOwn = Number(statement.run(...values, account, id, owner).changes) > 0;
            if (!isOwn) lost.push(id);
            else if (end) connection.sql(END).run(account, id, end.endedAt, end.text);
          }
        }
        if (writes.some(({ end }) => end)) news.rise();
        return lost;
      });
    },
    async outcomes(ids) {
      return connection.read(() =>
        ids.flatMap((id) => {
          const row = connection.sql(OUTCOME).get(account, id) as { text: unknown } | undefined;
          return endOf(id, row?.text, !!connection.sql(STORED).get(account, id));
        }),
      );
    },
    release(owner) {
      if (!leases.drop(owner)) return;
      guarded(
        () =>
          connection.transact(false, () => {
            leases.delete(owner);
            news.rise();
          }),
        () => {}, // The lease runs out by itself.
      );
    },
    watch: (changed) => news.watch(null, changed),
  };
}

interface Write {
  readonly type: TransactionChange["type"];
  readonly id: string;
  readonly text: string;
  readonly end?: { readonly endedAt: number; readonly text: string } | undefined;
}

/** Everything that can fail of itself is done before the transaction begins. */
function writeOf(account: string, owner: string, change: TransactionChange): Write {
  const { type } = change;
  if (type !== "remove") {
    return { type, id: change.record.id, text: rowOf(account, owner, change.record).text };
  }
  const { id, outcome } = change;
  return {
    type,
    id,
    text: "",
    end: outcome && { endedAt: outcome.endedAt, text: textOf(outcome) },
  };
}
