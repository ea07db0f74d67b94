/** Worlds in which several clients share one store, one for each store that there is. */
/* oxlint-disable unicorn/prefer-add-event-listener -- As in the store itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ManualClock } from "@holdfast/testing";

import type { ClientStore } from "../../../src/stores/client-store.ts";
import { indexedDbStore } from "../../../src/stores/indexed-db.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import {
  builtInDriver,
  type OpenSqlite,
  type SqliteGlobals,
} from "../../../src/stores/sqlite-driver.ts";
import { sqliteStore } from "../../../src/stores/sqlite.ts";
import type { StoredRow } from "../../../src/stores/stored-record.ts";
import { FakeBrowser } from "./fake-browser.ts";

/** A client, in a tab or process of its own. */
export interface WorldClient {
  readonly store: ClientStore;
  /** Ends it without a word. What it holds is free; its store is not used any more. */
  die(): void;
}

export interface StoreWorld {
  readonly clock: ManualClock;
  client(): WorldClient;
  /** Lets news travel between clients. */
  travel(): void;
  /** Puts a row where the store keeps transactions of `a`, past the store. */
  readonly plant?: (row: StoredRow) => Promise<void>;
  /** Puts a document and a cursor where the store keeps those of `a`. */
  readonly plantDocument?: (bucket: string, text: string) => Promise<void>;
  end(): void;
}

export function memoryWorld(): StoreWorld {
  const clock = new ManualClock();
  const store = memoryStore({ clock });
  const travel = (): void => {};
  return { clock, client: () => ({ store, die: () => {} }), travel, end: () => {} };
}

export function indexedDbWorld(browser: FakeBrowser = new FakeBrowser()): StoreWorld {
  const clock = new ManualClock();
  const put = (storeName: string, value: unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      const opening = browser.indexedDB.open("holdfast:holdfast:a", 1);
      opening.onerror = () => reject(opening.error ?? new Error("It did not open."));
      opening.onsuccess = () => {
        const database = opening.result;
        const transaction = database.transaction(storeName, "readwrite");
        transaction.objectStore(storeName).put(value);
        transaction.oncomplete = () => {
          database.close();
          resolve();
        };
        transaction.onabort = () => reject(transaction.error ?? new Error("It was aborted."));
      };
    });
  return {
    clock,
    client() {
      const tab = browser.tab();
      return { store: indexedDbStore({ clock }, tab), die: () => tab.die() };
    },
    travel: () => {},
    plant: (row) => put("transactions", row),
    plantDocument: (bucket, text) => put("documents", { bucket, id: "planted", text }),
    end: () => {},
  };
}

/** The driver that this Node has. */
export const driver: OpenSqlite = await builtInDriver(globalThis);

/** A folder that is gone after `end`. */
export function temporaryFolder(): { readonly path: string; end(): void } {
  const path = mkdtempSync(join(tmpdir(), "holdfast-store-"));
  return { path, end: () => rmSync(path, { recursive: true, force: true }) };
}

export function sqliteWorld(): StoreWorld {
  const clock = new ManualClock();
  const folder = temporaryFolder();
  const database = join(folder.path, "store.db");
  const dead = new Set<number>();
  let pid = 0;
  const insert = (sql: string, values: readonly string[]): void => {
    const opened = driver(database);
    opened.prepare(sql).run(...values);
    opened.close();
  };
  return {
    clock,
    client() {
      const own = ++pid;
      const globals = processOf(own, dead);
      return {
        store: sqliteStore({ database, driver, clock }, globals),
        die: () => void dead.add(own),
      };
    },
    travel: () => clock.advance(1_000),
    async plant({ id, owner, text }) {
      insert("insert into holdfast_transactions values ('a', ?, ?, ?)", [id, owner, text]);
    },
    async plantDocument(bucket, text) {
      insert("insert into holdfast_documents values ('a', ?, 'planted', ?)", [bucket, text]);
    },
    end: () => folder.end(),
  };
}

/** A Node process of that number, in a world where some have died. */
export function processOf(pid: number, dead: ReadonlySet<number>): SqliteGlobals {
  return {
    process: {
      pid,
      kill(other) {
        if (dead.has(other)) throw Object.assign(new Error("gone"), { code: "ESRCH" });
      },
      getBuiltinModule: (id) => process.getBuiltinModule(id),
    },
  };
}
