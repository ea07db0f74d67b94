/**
 * The database as a unit of work may use it: the application's own statements, in the store's
 * transaction. Each unit that uses it gets a savepoint with its first statement, so that what it
 * throws undoes it alone; a unit that only appends costs none.
 */
import { StoreError } from "../store-error.ts";
import type {
  SqliteDriver,
  SqliteDriverStatement,
  SqliteRow,
  SqliteValue,
} from "./sqlite-driver.ts";
import { storeFault } from "./sqlite-fault.ts";

/** So many statements are kept prepared. Past it the one that was asked for first is dropped. */
const PREPARED_MAX = 256;

/** A prepared statement. It runs within units alone, and may be kept from one to the next. */
export interface UnitStatement {
  run(...values: readonly SqliteValue[]): { readonly changes: number };
  get(...values: readonly SqliteValue[]): SqliteRow | undefined;
  all(...values: readonly SqliteValue[]): readonly SqliteRow[];
}

/**
 * `tx.db` of a SQLite store. For the application's own tables (ours are named `holdfast_…`), and
 * for `?` parameters by position. Whoever begins or ends a transaction is refused.
 */
export interface UnitDatabase {
  /** Statements without results, several if need be: for making tables. */
  exec(sql: string): void;
  /** The same text gives the same statement, prepared once. */
  prepare(sql: string): UnitStatement;
}

const ENDS_TRANSACTION = /^(begin|commit|end|rollback|savepoint|release|attach|detach|vacuum)\b/i;

/** What SQLite skips before a statement. The end of a comment is its first, whatever follows. */
const IDLE = /^(?:[\s;]|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/)+/;

const LOST = "a unit lost the store's transaction";

export class SqliteUnitHandle implements UnitDatabase {
  readonly #db: SqliteDriver;
  readonly #savepoint: SqliteDriverStatement;
  readonly #release: SqliteDriverStatement;
  readonly #undo: SqliteDriverStatement;
  readonly #prepared = new Map<string, UnitStatement>();
  #state: "outside" | "unused" | "used" = "outside";
  /** A statement has ended the transaction, so nothing more may be written. */
  #loss: StoreError | undefined;

  constructor(db: SqliteDriver) {
    this.#db = db;
    this.#savepoint = db.prepare("savepoint holdfast_unit");
    this.#release = db.prepare("release holdfast_unit");
    this.#undo = db.prepare("rollback to holdfast_unit");
  }

  exec(sql: string): void {
    this.#perform(() => this.#db.exec(sql));
    // Several statements may be in it, and one of them the end of the transaction.
    this.#assertAlive();
  }

  prepare(sql: string): UnitStatement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    if (ENDS_TRANSACTION.test(sql.replace(IDLE, ""))) {
      throw new StoreError("misuse", "a unit may not begin or end a transaction");
    }
    const statement = this.#statement(this.#db.prepare(sql));
    if (this.#prepared.size >= PREPARED_MAX) {
      for (const first of this.#prepared.keys()) {
        this.#prepared.delete(first);
        break;
      }
    }
    this.#prepared.set(sql, statement);
    return statement;
  }

  /** A unit begins. */
  enter(): void {
    this.#state = "unused";
    this.#loss = undefined;
  }

  /** The unit has ended well. Throws when the transaction is not there any more. */
  keep(): void {
    this.#leave(() => this.#release.run());
  }

  /** The unit is undone. Throws when the transaction is not there any more. */
  undo(): void {
    this.#leave(() => {
      this.#undo.run();
      this.#release.run();
    });
  }

  #leave(end: () => void): void {
    const isUsed = this.#state === "used";
    this.#state = "outside";
    if (this.#loss) throw this.#loss;
    if (!isUsed) return;
    try {
      end();
    } catch (cause) {
      throw new StoreError("failed", LOST, cause);
    }
  }

  #statement(statement: SqliteDriverStatement): UnitStatement {
    return {
      run: (...values) => {
        const { changes } = this.#perform(() => statement.run(...values.map(bound)));
        return { changes: Number(changes) };
      },
      get: (...values) =>
        this.#perform(() => statement.get(...values.map(bound))) as SqliteRow | undefined,
      all: (...values) => this.#perform(() => statement.all(...values.map(bound))) as SqliteRow[],
    };
  }

  #perform<Result>(task: () => Result): Result {
    if (this.#state === "outside") {
      throw new StoreError("misuse", "the store's database may be used within a unit alone");
    }
    if (this.#loss) throw this.#loss;
    if (this.#state === "unused") {
      this.#savepoint.run();
      this.#state = "used";
    }
    let result: Result;
    try {
      result = task();
    } catch (error) {
      this.#assertAlive(error);
      throw error;
    }
    // Asked for where the driver knows; beginning one with each statement would cost too much.
    if (this.#db.isTransaction === false) this.#assertAlive();
    return result;
  }

  // A full disk or `on conflict rollback` ends the whole transaction, and what followed would be
  // committed on its own. A transaction that can begin tells that there is none.
  #assertAlive(cause?: unknown): void {
    try {
      this.#db.exec("begin");
    } catch {
      return;
    }
    this.#db.exec("rollback");
    this.#loss = new StoreError(storeFault(cause).code, LOST, cause);
    throw this.#loss;
  }
}

/** Drivers differ in what they make of other values, and all cut text at a NUL. */
function bound(value: SqliteValue): SqliteValue {
  const isText = typeof value === "string";
  const isBindable =
    isText ||
    typeof value === "number" ||
    typeof value === "bigint" ||
    value === null ||
    value instanceof Uint8Array;
  if (!isBindable || (isText && value.includes("\0"))) {
    throw new StoreError("badValue", "bind text without NUL, numbers, null or bytes");
  }
  return value;
}
