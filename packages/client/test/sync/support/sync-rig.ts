/** Sync on a manual clock, with a model server, an app's store and a store of debts. */
import { seededRandom } from "@holdfast/client";
import { ManualClock } from "@holdfast/testing";

import type { BucketHooks, Cursor } from "../../../src/sync/apply-updates.ts";
import type { BucketDebt, SyncStore } from "../../../src/sync/sync-store.ts";
import { Sync } from "../../../src/sync/sync.ts";
import type { SyncPolicy } from "../../../src/sync/sync-policy.ts";
import { AppStore } from "./app-store.ts";
import { LogServer, LogSession } from "./log-server.ts";

/** Debts in memory. */
export class DebtStore implements SyncStore {
  readonly stored = new Map<string, BucketDebt>();
  failures = 0;
  writes = 0;

  debts(): Promise<readonly BucketDebt[]> {
    return this.#attempt(() => [...this.stored.values()]);
  }

  saveDebts(owed: readonly BucketDebt[], paid: readonly string[]): Promise<void> {
    this.writes++;
    return this.#attempt(() => {
      for (const debt of owed) this.stored.set(debt.bucket, debt);
      for (const bucket of paid) this.stored.delete(bucket);
    });
  }

  #attempt<T>(act: () => T): Promise<T> {
    if (this.failures > 0) {
      this.failures--;
      return Promise.reject(new Error("no debts"));
    }
    return Promise.resolve(act());
  }
}

/** So many turns without time passing are a loop. */
const ROUNDS_MAX = 1_000;

export interface RigOptions {
  readonly policy?: Partial<SyncPolicy>;
  readonly hooks?: Readonly<Record<string, BucketHooks>>;
  readonly server?: LogServer;
  readonly store?: AppStore;
  readonly debts?: DebtStore;
  readonly clock?: ManualClock;
}

export class SyncRig {
  readonly clock: ManualClock;
  readonly server: LogServer;
  readonly store: AppStore;
  readonly debts: DebtStore;
  readonly applied: { bucket: string; cursor: Cursor; keys: readonly string[] }[] = [];
  readonly reports: unknown[] = [];
  readonly faults: unknown[] = [];
  readonly sync: Sync;
  session: LogSession | undefined;

  constructor(
    options: RigOptions = {},
    make: typeof Sync = Sync,
    more: Readonly<Record<string, BucketHooks>> = {},
  ) {
    this.clock = options.clock ?? new ManualClock();
    this.server = options.server ?? new LogServer();
    this.store = options.store ?? new AppStore();
    this.debts = options.debts ?? new DebtStore();
    this.sync = new make({
      clock: this.clock,
      random: seededRandom(1),
      ...(options.policy && { policy: options.policy }),
      hooks: options.hooks ?? {
        log: this.store.hooks(),
        room: this.store.snapshotHooks(this.server),
        ...more,
      },
      onApplied: (bucket, cursor, keys) => this.applied.push({ bucket, cursor, keys }),
      report: (error) => this.reports.push(error),
      onFault: (error) => this.faults.push(error),
    });
    this.sync.account(this.debts);
  }

  connect(): LogSession {
    this.session?.close();
    this.session = new LogSession(this.server, this.sync, this.clock);
    return this.session;
  }

  drop(): void {
    this.session?.close();
    this.session = undefined;
  }

  /** Everything that can happen by itself happens, without time passing. */
  async flow(): Promise<void> {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      await settled();
      const isMore = this.session?.flow();
      const isDue = this.clock.nextDeadline === this.clock.now();
      if (isDue) this.clock.flush();
      if (!isMore && !isDue) return;
    }
    throw new Error("it goes round in circles");
  }

  /** Time passes, and everything flows. */
  async run(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    await this.flow();
    while ((this.clock.nextDeadline ?? Infinity) <= until) {
      this.clock.advanceTo(this.clock.nextDeadline ?? until);
      await this.flow();
    }
    this.clock.advanceTo(until);
    await this.flow();
  }
}

/** Promises that need no clock have settled. */
export async function settled(): Promise<void> {
  for (let hop = 0; hop < 6; hop++) await Promise.resolve();
}
