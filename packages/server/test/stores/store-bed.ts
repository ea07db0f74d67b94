/** Stores to test, on a manual clock: in memory, and in a file that goes with the test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ManualClock } from "@holdfast/testing";
import { onTestFinished } from "vitest";

import type {
  CommitOutcome,
  KeyedCall,
  ServerStore,
  StoreNotice,
  StoreTransaction,
} from "../../src/server-store.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import type { SqliteStoreOptions } from "../../src/stores/sqlite.ts";

export const storeKinds = ["memory", "sqlite"] as const;
export type StoreKind = (typeof storeKinds)[number];

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export class StoreBed {
  readonly clock: ManualClock = new ManualClock();
  readonly path: string = join(temporaryFolder(), "store.db");
  #digit = 0;
  /** Epochs differ: "0000…", "1111…", and so on. */
  readonly random = (): number => (Math.floor(this.#digit++ / 16) % 16) / 16;

  open(kind: StoreKind): ServerStore {
    const { clock, random } = this;
    return kind === "memory" ? memoryStore({ clock, random }) : this.sqlite();
  }

  sqlite(options: Partial<SqliteStoreOptions> = {}): ReturnType<typeof sqliteStore> {
    const { path, clock, random } = this;
    const store = sqliteStore({ path, clock, random, ...options });
    onTestFinished(async () => {
      // A test of a close that fails has seen it fail.
      await this.clock.finish(Promise.allSettled([store.close()]));
    });
    return store;
  }

  /** What the promise gives, with as much time as it needs. */
  finish<Value>(promise: Promise<Value>): Promise<Value> {
    return this.clock.finish(promise);
  }

  /** Commits a unit that appends each of the data to the bucket. */
  append<Db>(
    store: ServerStore<Db>,
    bucket: string,
    ...data: readonly unknown[]
  ): Promise<CommitOutcome<undefined>> {
    const run = (tx: StoreTransaction<Db>): undefined => {
      for (const one of data) tx.append(bucket, one, this.clock.wallNow());
    };
    return this.finish(store.commit({ run }));
  }
}

/** A keyed call of Ada's. */
export function keyed(key: string, over: Partial<KeyedCall> = {}): KeyedCall {
  return { account: "ada", key, method: "add", inputHash: "h1", ...over };
}

/** What the store tells from now on. */
export function noticesOf<Db>(store: ServerStore<Db>): StoreNotice[] {
  const notices: StoreNotice[] = [];
  store.watch((notice) => notices.push(notice));
  return notices;
}

/** More than any test appends. */
export const wide = { updates: 1_000, bytes: 1_000_000 };
