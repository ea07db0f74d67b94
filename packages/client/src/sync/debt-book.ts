/**
 * Which buckets have more at the server than is stored here, kept durably, so that they are caught
 * up after a restart too. Changes of one turn are one write, and one write runs at a time; what
 * cannot be written is tried again.
 */
import type { BucketKey } from "@holdfast/protocol";
import type { Cancel, Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { retryDelayMs } from "./sync-policy.ts";
import type { SyncPolicy } from "./sync-policy.ts";
import type { BucketDebt, SyncStore } from "./sync-store.ts";

export interface DebtBookOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly policy: SyncPolicy;
  /** Without one, debt is forgotten with the process. */
  readonly store: SyncStore | undefined;
  /** What was stored is known now. */
  readonly loaded: () => void;
  readonly report: (error: unknown) => void;
}

export class DebtBook {
  readonly #options: DebtBookOptions;
  readonly #owed = new Map<BucketKey, BucketDebt>();
  /** What the store has, as far as is known. */
  readonly #stored = new Map<BucketKey, BucketDebt>();
  readonly #changed = new Set<BucketKey>();
  #cancel: Cancel | undefined;
  #isWriting = false;
  #isClosed = false;
  #failures = 0;

  constructor(options: DebtBookOptions) {
    this.#options = options;
    this.#load();
  }

  /** The buckets in debt. */
  get owed(): ReadonlyMap<BucketKey, BucketDebt> {
    return this.#owed;
  }

  /** A bucket owes so much; undefined: nothing. */
  note(bucket: BucketKey, debt: BucketDebt | undefined): void {
    if (debt) {
      // How much it is shows again when it is caught up; only that there is some must be known.
      if (this.#owed.get(bucket)?.epoch === debt.epoch) return;
      this.#owed.set(bucket, debt);
    } else if (!this.#owed.delete(bucket)) {
      return;
    }
    this.#changed.add(bucket);
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }

  #load(): void {
    const { store, loaded, report } = this.#options;
    store?.debts().then(
      (debts) => {
        if (this.#isClosed) return;
        this.#failures = 0;
        for (const debt of debts) {
          this.#stored.set(debt.bucket, debt);
          if (!this.#changed.has(debt.bucket)) this.#owed.set(debt.bucket, debt);
        }
        loaded();
        if (this.#changed.size > 0) this.#schedule();
      },
      (error: unknown) => {
        if (this.#isClosed) return;
        report(error);
        this.#later(() => this.#load());
      },
    );
  }

  #schedule(): void {
    const { clock, store } = this.#options;
    if (!store || this.#isClosed || this.#isWriting || this.#cancel) return;
    this.#cancel = clock.turn(() => {
      this.#cancel = undefined;
      this.#write(store);
    });
  }

  #write(store: SyncStore): void {
    const buckets = [...this.#changed].filter((it) => this.#owed.get(it) !== this.#stored.get(it));
    this.#changed.clear();
    if (buckets.length === 0) return;
    const owed = buckets.flatMap((bucket) => this.#owed.get(bucket) ?? []);
    const paid = buckets.filter((bucket) => !this.#owed.has(bucket));
    this.#isWriting = true;
    const settle = (isStored: boolean): void => {
      this.#isWriting = false;
      if (this.#isClosed) return;
      if (!isStored) {
        for (const bucket of buckets) this.#changed.add(bucket);
        return this.#later(() => this.#schedule());
      }
      this.#failures = 0;
      for (const debt of owed) this.#stored.set(debt.bucket, debt);
      for (const bucket of paid) this.#stored.delete(bucket);
      if (this.#changed.size > 0) this.#schedule();
    };
    store.saveDebts(owed, paid).then(
      () => settle(true),
      (error: unknown) => {
        if (!this.#isClosed) this.#options.report(error);
        settle(false);
      },
    );
  }

  #later(act: () => void): void {
    const { clock, policy, random } = this.#options;
    this.#cancel?.();
    this.#cancel = clock.at(clock.now() + retryDelayMs(this.#failures++, random(), policy), () => {
      this.#cancel = undefined;
      act();
    });
  }
}
