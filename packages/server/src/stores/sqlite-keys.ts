/** The outcomes of keyed calls in SQLite. */
import type { CallKey, KeyedCall, KeyedOutcome } from "../server-store.ts";
import type { SqliteDriver, SqliteDriverStatement } from "./sqlite-driver.ts";
import { valueOf } from "./stored-value.ts";

interface KeyRow {
  readonly state: string;
  readonly method: string;
  readonly input_hash: string;
  readonly output: string | null;
  readonly at: string;
}

export class SqliteKeys {
  readonly #find: SqliteDriverStatement;
  readonly #insert: SqliteDriverStatement;
  readonly #trim: SqliteDriverStatement;

  constructor(db: SqliteDriver) {
    this.#find = db.prepare(
      `select state, method, input_hash, output, at from holdfast_keys
       where account = ? and key = ?`,
    );
    this.#insert = db.prepare("insert into holdfast_keys values (?, ?, ?, ?, ?, ?, ?, ?)");
    this.#trim = db.prepare(
      `delete from holdfast_keys where rowid in
         (select rowid from holdfast_keys where stored_at < ? order by stored_at limit ?)`,
    );
  }

  find({ account, key }: CallKey): KeyedOutcome | undefined {
    const row = this.#find.get(account, key) as KeyRow | undefined;
    if (!row) return undefined;
    if (row.state === "cancelled") return { type: "cancelled" };
    return {
      type: "result",
      method: row.method,
      inputHash: row.input_hash,
      output: valueOf(row.output),
      at: valueOf(row.at) as Readonly<Record<string, number>>,
    };
  }

  /** `json`: the output, as it is stored. The key must be free. */
  addResult(
    { account, key, method, inputHash }: KeyedCall,
    json: string | null,
    at: Readonly<Record<string, number>>,
    storedAt: number,
  ): void {
    const places = JSON.stringify(at);
    this.#insert.run(account, key, "result", method, inputHash, json, places, storedAt);
  }

  /** The key must be free. */
  addCancelled({ account, key }: CallKey, storedAt: number): void {
    this.#insert.run(account, key, "cancelled", null, null, null, null, storedAt);
  }

  /** Forgets those stored before `cutoff`, at most `rowsMax`; says how many. */
  trim(cutoff: number, rowsMax: number): number {
    return Number(this.#trim.run(cutoff, rowsMax).changes);
  }
}
