/**
 * The durable server store, in one SQLite file. Commits of one tick share a transaction and its
 * sync to the disk; several processes may use one file. The parts: the file and its transactions,
 * the log, the keys, the handle of the application's units, the groups.
 */
import type { BucketKey } from "@holdfast/protocol";

import { systemClock } from "../base/clock.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import { systemRandom } from "../base/random.ts";
import type { Random } from "../base/random.ts";
import type {
  CallKey,
  CommitOutcome,
  CommitUnit,
  KeyedOutcome,
  LogPage,
  LogRange,
  ReadLimits,
  ReadRequest,
  Retention,
  ServerStore,
  StoreNotice,
} from "../server-store.ts";
import { StoreError } from "../store-error.ts";
import { CommitGroups } from "./commit-groups.ts";
import { KeyLookups } from "./key-lookups.ts";
import { openSqlite } from "./sqlite-driver.ts";
import type { SqliteDriver } from "./sqlite-driver.ts";
import { storeFault } from "./sqlite-fault.ts";
import { SqliteFile } from "./sqlite-file.ts";
import { SqliteLedger } from "./sqlite-ledger.ts";
import type { UnitEnd } from "./sqlite-ledger.ts";
import type { UnitDatabase } from "./sqlite-unit-handle.ts";
import { StoreWatch } from "./store-watch.ts";
import { storedCall, storedCount, storedKeyedCall } from "./stored-value.ts";

export type {
  SqliteDriver,
  SqliteDriverStatement,
  SqliteRow,
  SqliteValue,
} from "./sqlite-driver.ts";
export type { UnitDatabase, UnitStatement } from "./sqlite-unit-handle.ts";

/** How often a file is looked at for what other processes wrote, while somebody watches. */
const POLL_MS = 1_000;

/** So long pages are read at a stretch; then the event loop has a turn. */
const READ_MS_MAX = 20;

/** Options of a store in a SQLite file. */
export interface SqliteStoreOptions {
  /** The file. A new one is readable for its owner alone. `":memory:"`: none. */
  readonly path: string;
  /**
   * Opens a connection, which the store closes. Default: the runtime's own SQLite (Node 22.13 and
   * newer), else the package `@photostructure/sqlite`.
   */
  readonly driver?: (path: string) => SqliteDriver;
  /**
   * Say true once, after the file was restored from a backup: clients may have updates that it has
   * not, and a new epoch makes each of them start from a snapshot. Default: false.
   */
  readonly newEpoch?: boolean;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Names epochs. Default: the system's. */
  readonly random?: Random;
}

/**
 * Opens the store. Throws a `StoreError`: `newerSchema` or `corrupt`, and leaves the file as it is;
 * `noDriver`, `busy`, `failed`. A unit's `db` is for the application's own tables in the file.
 */
export function sqliteStore(options: SqliteStoreOptions): ServerStore<UnitDatabase> {
  return new SqliteStore(options);
}

class SqliteStore implements ServerStore<UnitDatabase> {
  readonly #clock: Clock;
  readonly #file: SqliteFile;
  readonly #ledger: SqliteLedger;
  readonly #watch: StoreWatch;
  readonly #groups: CommitGroups;
  readonly #lookups: KeyLookups;
  #cancelPoll: Cancel | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: SqliteStoreOptions) {
    const { path, driver = openSqlite, newEpoch = false } = options;
    const { clock = systemClock, random = systemRandom } = options;
    this.#clock = clock;
    this.#file = new SqliteFile({ path, driver, newEpoch, random });
    const ledger = new SqliteLedger(this.#file, clock);
    this.#ledger = ledger;
    this.#watch = new StoreWatch(clock);
    this.#groups = new CommitGroups(clock, {
      begin: () => ledger.begin(),
      commit: () => ledger.commit(),
      rollback: () => ledger.rollback(),
      tell: () => this.#tell(),
    });
    this.#lookups = new KeyLookups({
      reading: (task) => this.#reading(task),
      outcome: (call) => ledger.outcome(call),
    });
  }

  commit<Output>(unit: CommitUnit<UnitDatabase, Output>): Promise<CommitOutcome<Output>> {
    return new Promise((resolve, reject) => {
      if (unit.call) storedKeyedCall(unit.call);
      let end: UnitEnd<Output> | undefined;
      this.#groups.add({
        perform: () => {
          end = this.#ledger.run(unit);
        },
        settle: () => {
          if (end?.type === "threw") reject(end.error);
          else if (end) resolve(end);
        },
        fail: reject,
      });
    });
  }

  async outcome(call: CallKey): Promise<KeyedOutcome | undefined> {
    this.#assertReadable();
    return this.#lookups.find(storedCall(call));
  }

  async cancel(call: CallKey, now: number): Promise<KeyedOutcome> {
    storedCall(call);
    storedCount(now, "a time");
    return this.#write(() => this.#ledger.cancel(call, now));
  }

  ranges(buckets: readonly BucketKey[]): Promise<readonly LogRange[]> {
    return this.#read(() => buckets.map((bucket) => this.#ledger.range(bucket)));
  }

  /** Each page is of one moment; between pages others may have their turn. */
  async read(requests: readonly ReadRequest[], limits: ReadLimits): Promise<readonly LogPage[]> {
    const pages: LogPage[] = [];
    let until = this.#clock.now() + READ_MS_MAX;
    for (const request of requests) {
      if (this.#clock.now() >= until) {
        await new Promise<void>((resolve) => this.#clock.turn(resolve));
        until = this.#clock.now() + READ_MS_MAX;
      }
      pages.push(await this.#read(() => this.#ledger.page(request, limits)));
    }
    return pages;
  }

  async trim(retention: Retention, now: number, rowsMax: number): Promise<number> {
    const trim = this.#ledger.trim(retention, now, rowsMax);
    while (!trim.isDone) await this.#write(() => trim.step());
    return trim.count;
  }

  watch(listener: (notice: StoreNotice) => void): Cancel {
    const cancel = this.#watch.add(listener);
    this.#armPoll();
    return () => {
      cancel();
      if (!this.#watch.isHeard) this.#disarmPoll();
    };
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve, reject) => {
      this.#groups.close(() => {
        this.#watch.clear();
        this.#disarmPoll();
        try {
          this.#file.close();
          resolve();
        } catch (error) {
          reject(storeFault(error));
        }
      });
    });
    return this.#closed;
  }

  /** Has it done in a transaction, with whatever else is asked for in this tick. */
  #write<Value>(task: () => Value): Promise<Value> {
    return new Promise((resolve, reject) => {
      let settle = (): void => {};
      this.#groups.add({
        perform: () => {
          const value = task();
          settle = () => resolve(value);
        },
        settle: () => settle(),
        fail: reject,
      });
    });
  }

  /** Reads at once, not in the order of the commits: what waits is not there yet. */
  async #read<Value>(task: () => Value): Promise<Value> {
    this.#assertReadable();
    return this.#reading(task);
  }

  #reading<Value>(task: () => Value): Value {
    const value = this.#ledger.reading(task);
    this.#tell();
    return value;
  }

  #assertReadable(): void {
    if (this.#closed) throw new StoreError("closed");
    if (this.#groups.isInTransaction) {
      throw new StoreError("misuse", "a unit may not read but through its transaction");
    }
  }

  /** Others' writing first: what follows may come after it in the log. */
  #tell(): void {
    if (this.#ledger.takeDoubt()) this.#watch.tell({ type: "doubt" });
    this.#watch.tellCommitted(this.#ledger.epoch, this.#ledger.takeAppended());
  }

  #armPoll(): void {
    if (!this.#watch.isHeard || this.#closed) return;
    this.#cancelPoll ??= this.#clock.at(this.#clock.now() + POLL_MS, () => {
      this.#cancelPoll = undefined;
      this.#poll();
      this.#armPoll();
    });
  }

  #disarmPoll(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
  }

  #poll(): void {
    try {
      this.#ledger.reading(() => undefined);
      this.#tell();
    } catch {
      // Why it cannot be read is told to whoever reads, which is what a doubt asks for.
      this.#watch.tell({ type: "doubt" });
    }
  }
}
