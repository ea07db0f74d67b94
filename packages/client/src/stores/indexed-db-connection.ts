/**
 * A connection to an IndexedDB database: opened when it is needed, given up when the browser or a
 * newer tab wants it back, and opened anew for the next use. What the browser throws becomes a
 * `StoreError` here.
 */
/* oxlint-disable unicorn/prefer-add-event-listener -- One owner each, and half the code. */
import { guarded } from "../base/errors.ts";
import { StoreError, type StoreErrorKind } from "./store-error.ts";

/** The shape of the database. One of a later version is left alone. */
const SCHEMA_VERSION = 1;

/** The object stores. */
export type StoreName = "transactions" | "outcomes" | "debts" | "cursors" | "documents";

/** The object stores of a transaction. */
export type OpenStore = (name: StoreName) => IDBObjectStore;

function makeStores(database: IDBDatabase): void {
  database.createObjectStore("transactions", { keyPath: "id" });
  database.createObjectStore("outcomes", { keyPath: "id" }).createIndex("endedAt", "endedAt");
  database.createObjectStore("debts", { keyPath: "bucket" });
  database.createObjectStore("cursors", { keyPath: "bucket" });
  database
    .createObjectStore("documents", { keyPath: ["bucket", "id"] })
    .createIndex("bucket", "bucket");
}

/** The answer to a request. */
export function ask<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? undefined);
  });
}

/** The platform's IndexedDB. It throws where there is none, and in some frames. */
export type FindFactory = () => IDBFactory;

export class IndexedDbConnection {
  readonly #factory: FindFactory;
  readonly #name: string;
  #database: Promise<IDBDatabase> | undefined;
  /** What `#database` has become. */
  #opened: IDBDatabase | undefined;
  #isClosed = false;

  constructor(factory: FindFactory, name: string) {
    this.#factory = factory;
    this.#name = name;
  }

  /**
   * Runs `body` in one transaction, and resolves with what it made once that has committed; it is
   * all undone when `body` throws. `body` awaits nothing but requests of the transaction.
   */
  async run<T>(
    mode: "readonly" | "readwrite",
    names: StoreName[],
    body: (store: OpenStore) => T | Promise<T>,
    durability: "strict" | "default" = "default",
  ): Promise<T> {
    for (let isRetry = false; ; isRetry = true) {
      const database = await this.open();
      try {
        const transaction = database.transaction(names, mode, { durability });
        return await committed(transaction, body);
      } catch (error) {
        const name = nameIn(error);
        // The browser has closed it, or lost it, and does not always say so (iOS).
        if (name === "InvalidStateError" || name === "UnknownError") this.#drop(database);
        if (name !== "InvalidStateError" || isRetry) throw storeError(error);
      }
    }
  }

  /** Opens the database if it is not. */
  async open(): Promise<IDBDatabase> {
    this.#database ??= this.#connect();
    const opening = this.#database;
    try {
      const database = await opening;
      if (this.#isClosed) throw new StoreError("closed");
      return database;
    } catch (error) {
      if (this.#database === opening) this.#database = undefined;
      throw storeError(error, "unavailable");
    }
  }

  /** What runs may still end; what comes later is rejected. */
  close(): void {
    this.#isClosed = true;
    // If it cannot be opened, whoever waits for it hears of that.
    this.#database?.then(
      (database) => database.close(),
      () => {},
    );
  }

  /** Several may find out that it is lost; only the first makes way for another. */
  #drop(database: IDBDatabase): void {
    database.close();
    if (this.#opened === database) this.#opened = this.#database = undefined;
  }

  async #connect(): Promise<IDBDatabase> {
    if (this.#isClosed) throw new StoreError("closed");
    const request = this.#factory().open(this.#name, SCHEMA_VERSION);
    request.onupgradeneeded = () => makeStores(request.result);
    return new Promise((resolve, reject) => {
      let isRefused = false;
      request.onblocked = () => {
        isRefused = true;
        reject(new StoreError("blocked"));
      };
      request.onerror = () => reject(request.error ?? undefined);
      request.onsuccess = () => {
        const database = request.result;
        database.onversionchange = database.onclose = () => this.#drop(database);
        if (isRefused) return database.close();
        this.#opened = database;
        resolve(database);
      };
    });
  }
}

/** Deletes a database. Rejects with `blocked` while another tab holds it; it then goes later. */
export async function deleteDatabase(factory: FindFactory, name: string): Promise<void> {
  try {
    const request = factory().deleteDatabase(name);
    await new Promise((resolve, reject) => {
      request.onblocked = () => reject(new StoreError("blocked"));
      ask(request).then(resolve, reject);
    });
  } catch (error) {
    throw storeError(error, "unavailable");
  }
}

function committed<T>(
  transaction: IDBTransaction,
  body: (store: OpenStore) => T | Promise<T>,
): Promise<T> {
  const run = async (): Promise<T> => body((name) => transaction.objectStore(name));
  return new Promise((resolve, reject) => {
    let end: () => void = () => {};
    let failure: unknown;
    transaction.oncomplete = () => end();
    // Its own error knows better: what its requests hear is only that it was aborted.
    transaction.onabort = () => reject(transaction.error ?? failure);
    run().then(
      (value) => (end = () => resolve(value)),
      (error: unknown) => {
        failure = error;
        // It throws if the transaction has aborted already, as it does when a request fails.
        guarded(
          () => transaction.abort(),
          () => {},
        );
      },
    );
  });
}

const KINDS: Readonly<Record<string, StoreErrorKind>> = {
  QuotaExceededError: "quota",
  VersionError: "newer",
  NotFoundError: "corrupt",
};

function storeError(error: unknown, otherwise: StoreErrorKind = "failed"): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError(KINDS[nameIn(error)] ?? otherwise, error);
}

function nameIn(error: unknown): string {
  return (error as Error | null | undefined)?.name ?? "";
}
