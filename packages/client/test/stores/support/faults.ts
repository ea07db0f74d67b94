/** Stores' platforms that fail at one step, counted from now on. */
/* oxlint-disable unicorn/prefer-add-event-listener -- As in the store itself. */
import type { OpenSqlite, SqliteStatement } from "../../../src/stores/sqlite-driver.ts";

/** How a step fails: before it does anything, or after all of it is done but the commit. */
export type FaultKind = "early" | "late";

/** What goes wrong next. Shared by everything that is made of it. */
export class Faults {
  #left = Infinity;
  #kind: FaultKind = "early";
  /** How many steps were taken since the last `plan`. */
  steps = 0;

  /** The `at`th step from now fails; none does without it. */
  plan(at = Infinity, kind: FaultKind = "early"): void {
    this.#left = at;
    this.#kind = kind;
    this.steps = 0;
  }

  /** Takes a step. */
  step<T>(act: () => T, failLate: (done: T) => void): T {
    this.steps += 1;
    this.#left -= 1;
    if (this.#left !== 0) return act();
    if (this.#kind === "early") throw planned();
    const done = act();
    failLate(done);
    return done;
  }
}

const planned = (): Error => Object.assign(new Error("planned"), { name: "PlannedError" });

const REQUESTS = ["add", "put", "delete", "get", "getAll", "getAllKeys"] as const;

/** An IndexedDB whose transactions fail as planned; `databases` are those that it has opened. */
export function faultyIndexedDb(
  real: IDBFactory,
  faults: Faults,
  databases: IDBDatabase[] = [],
): IDBFactory {
  return {
    open(name: string, version: number) {
      const request = real.open(name, version);
      request.addEventListener("success", () => {
        const database = request.result;
        databases.push(database);
        const begin = database.transaction.bind(database);
        database.transaction = (...options: Parameters<typeof begin>) => {
          const transaction = faults.step(
            () => begin(...options),
            (begun) => begun.abort(),
          );
          spoil(transaction, faults);
          return transaction;
        };
      });
      return request;
    },
    deleteDatabase: (name: string) => real.deleteDatabase(name),
  } as unknown as IDBFactory;
}

function spoil(transaction: IDBTransaction, faults: Faults): void {
  const open = transaction.objectStore.bind(transaction);
  transaction.objectStore = (name) => {
    const store = open(name);
    for (const method of REQUESTS) {
      const real = (store[method] as (...values: unknown[]) => IDBRequest).bind(store);
      const spoiled = (...values: unknown[]): IDBRequest =>
        faults.step(
          () => real(...values),
          (request) => request.addEventListener("success", () => transaction.abort()),
        );
      Object.assign(store, { [method]: spoiled });
    }
    return store;
  };
}

/** A SQLite that fails as planned, but never late where a transaction begins or is committed. */
export function faultySqlite(real: OpenSqlite, faults: Faults): OpenSqlite {
  return (path) => {
    const database = real(path);
    const late = (): never => {
      throw planned();
    };
    return {
      exec: (sql) =>
        faults.step(() => database.exec(sql), /^(begin|commit)/.test(sql) ? () => {} : late),
      prepare(sql) {
        const statement = database.prepare(sql);
        const spoiled = {} as Record<"run" | "get" | "all", unknown>;
        for (const method of ["run", "get", "all"] as const) {
          spoiled[method] = (...values: never[]) =>
            faults.step(() => statement[method](...values), late);
        }
        return spoiled as unknown as SqliteStatement;
      },
      close: () => database.close(),
    };
  };
}
