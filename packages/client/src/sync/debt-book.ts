/**
 * Which buckets have more at the server than is stored here, kept durably, so that they are caught
 * up after a restart too. Changes of one turn are one write, and one write runs at a time; what
 * cannot be written is tried again.
 */
import type { BucketKey } from "@holdfast/protocol";
import type { Cancel } from "../base/clock.ts";
import type { SyncOptions } from "./sync-options.ts";
import { retryDelayMs } from "./sync-policy.ts";
import type { SyncPolicy } from "./sync-policy.ts";
import type { BucketDebt, SyncStore } from "./sync-store.ts";

export class DebtBook {
  readonly #options: SyncOptions;
  readonly #policy: SyncPolicy;
  readonly #store: SyncStore | undefined;
  readonly #owed = new Map<BucketKey, BucketDebt>();
  /** What the store has, as far as is known. */
  readonly #stored = new Map<BucketKey, BucketDebt>();
  readonly #changed = new Set<BucketKey>();
  #cancel: Cancel | undefined;
  /** What is stored is being read, or a write runs. */
  #isBusy = true;
  #isClosed = false;
  #failures = 0;

  /**
   * Without a store, debt is forgotten with the process. `loaded`: what was stored is known now.
   */
  constructor(
    options: SyncOptions,
    policy: SyncPolicy,
    store: SyncStore | undefined,
    loaded: () => void,
  ) {
    this.#options = options;
    this.#policy = policy;
    this.#store = store;
    this.#load(loaded);
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

  #load(loaded: () => void): void {
    this.#attempt(
      this.#store?.debts(),
      (debts) => {
        for (const debt of debts) {
          this.#stored.set(debt.bucket, debt);
          if (!this.#changed.has(debt.bucket)) this.#owed.set(debt.bucket, debt);
        }
        this.#isBusy = false;
        loaded();
      },
      () => this.#load(loaded),
    );
  }

  #schedule(): void {
    const isIdle = !this.#isClosed && !this.#isBusy && !this.#cancel;
    if (!this.#store || !isIdle || this.#changed.size === 0) return;
    this.#cancel = this.#options.clock.turn(() => {
      this.#cancel = undefined;
      this.#write();
    });
  }

  #write(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    const buckets = changed.filter((it) => this.#owed.get(it) !== this.#stored.get(it));
    if (buckets.length === 0) return;
    const owed = buckets.flatMap((bucket) => this.#owed.get(bucket) ?? []);
    const paid = buckets.filter((bucket) => !this.#owed.has(bucket));
    this.#isBusy = true;
    this.#attempt(
      this.#store?.saveDebts(owed, paid),
      () => {
        this.#isBusy = false;
        for (const debt of owed) this.#stored.set(debt.bucket, debt);
        for (const bucket of paid) this.#stored.delete(bucket);
      },
      () => {
        this.#isBusy = false;
        for (const bucket of buckets) this.#changed.add(bucket);
      },
    );
  }

  /** Goes on once `asked` has an answer; after a failure, which is reported, with a delay. */
  #attempt<T>(asked: Promise<T> | undefined, done: (value: T) => void, again: () => void): void {
    const { clock, random, report } = this.#options;
    const settle = (act: () => void): void => {
      if (this.#isClosed) return;
      act();
      this.#schedule();
    };
    const fail = (error: unknown): void => {
      report(error);
      const delayMs = retryDelayMs(this.#failures++, random(), this.#policy);
      this.#cancel?.();
      this.#cancel = clock.at(clock.now() + delayMs, () => {
        this.#cancel = undefined;
        settle(again);
      });
    };
    const succeed = (value: T): void => {
      this.#failures = 0;
      done(value);
    };
    asked?.then(
      (value) => settle(() => succeed(value)),
      (error: unknown) => settle(() => fail(error)),
    );
  }
}
