/**
 * Commits what handlers and the application want done together. It turns the store's transaction
 * into the one that applications see, tells a unit's own failure from the store's, and waits until
 * what was appended has been pushed.
 */
import type { BucketHead, BucketKey, BucketKeyOf, Contract, DataOf } from "@holdfast/protocol";

import type { BucketPublisher } from "./bucket-publisher.ts";
import type { BucketPump } from "./bucket-pump.ts";
import type { Committed, Published, PublishOptions } from "./call-context.ts";
import type { PreparedPushes } from "./prepared-pushes.ts";
import type { ServerCounts } from "./server-stats.ts";
import type { CommitOutcome, KeyedCall, ServerStore, StoreTransaction } from "./server-store.ts";
import { isCallersFault } from "./store-error.ts";

/** What a unit of work may do. Nothing of it is there until all of it is durable. */
export interface CommitTransaction<C extends Contract = Contract, Db = unknown> {
  /**
   * Appends an update to a bucket. It is pushed to everybody who subscribes once the unit is
   * durable. Throws `PublishError` when the data does not fit the contract or the limits.
   */
  readonly append: <K extends BucketKeyOf<C>>(
    bucket: K,
    data: DataOf<C, K>,
    options?: PublishOptions,
  ) => Published;
  /** Where a bucket ends, as this unit sees it: for what is read together with its state. */
  readonly head: (bucket: BucketKeyOf<C>) => BucketHead;
  /** The store's own handle, for the application's tables. What it writes commits together. */
  readonly db: Db;
}

/** A unit without its types, as the inside has it: the contract is checked at run time. */
export type AnyUnit = (tx: AnyTransaction) => unknown;

export interface AnyTransaction {
  readonly append: (bucket: BucketKey, data: unknown, options?: PublishOptions) => Published;
  readonly head: (bucket: BucketKey) => BucketHead;
  readonly db: unknown;
}

/** What a keyed call adds to its unit. */
export interface KeyedUnit {
  readonly call: KeyedCall;
  /** What the unit returned, as it is stored and answered. What it throws undoes the unit. */
  outputOf(returned: unknown, at: Readonly<Record<BucketKey, number>>): unknown;
}

/** The store did not commit. It was reported; its words stay here. */
export class StoreFault extends Error {
  override readonly name = "StoreFault";

  constructor(cause: unknown) {
    super("the store failed", { cause });
  }
}

interface CommitterParts {
  readonly store: ServerStore;
  readonly publisher: BucketPublisher;
  readonly prepared: PreparedPushes;
  readonly pump: BucketPump;
  readonly counts: ServerCounts;
  /** Hears of every fault of the store. */
  readonly report: (error: unknown, context: { readonly place: "store" }) => void;
  /** Something was written. */
  readonly written: () => void;
}

export class Committer {
  readonly #parts: CommitterParts;

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when it is durable and was pushed to who is subscribed. Rejects with what the unit
   * threw or asked for in vain, or with `StoreFault`; then nothing of it stands.
   */
  async commit(run: AnyUnit, keyed?: KeyedUnit): Promise<CommitOutcome<unknown>> {
    const { store, pump, counts, prepared, report, written } = this.#parts;
    const unit = new RunningUnit(this.#parts.publisher, run, keyed);
    let outcome: CommitOutcome<unknown>;
    try {
      outcome = await store.commit({ call: keyed?.call, run: (tx) => unit.run(tx) });
    } catch (error) {
      if (unit.hasThrown(error) || isCallersFault(error)) throw error;
      report(error, { place: "store" });
      throw new StoreFault(error);
    } finally {
      for (const { bucket, seq } of unit.undone) prepared.forget(bucket, seq);
      for (const { bucket, seq } of unit.appended) prepared.forget(bucket, seq);
    }
    written();
    if (outcome.type === "committed") {
      counts.commits++;
      counts.updatesPublished += unit.appended.length;
      await pump.caughtUp(outcome.at);
    }
    return outcome;
  }

  /** Without a key. */
  async commitPlain(unit: AnyUnit): Promise<Committed> {
    const outcome = await this.commit(unit);
    if (outcome.type === "known") throw new TypeError("A commit without a key has no outcome.");
    return outcome;
  }

  /** A unit of one append. */
  async publish(bucket: BucketKey, data: unknown, options?: PublishOptions): Promise<Published> {
    const { output } = await this.commitPlain((tx) => tx.append(bucket, data, options));
    return output as Published;
  }
}

const NONE: readonly Published[] = [];

/** One unit of work; the store may run it more than once, and the last run counts. */
class RunningUnit implements AnyTransaction {
  appended: Published[] = [];
  /** What runs before the last one appended, perhaps under other numbers. */
  undone: readonly Published[] = NONE;
  readonly #publisher: BucketPublisher;
  readonly #unit: AnyUnit;
  readonly #keyed: KeyedUnit | undefined;
  #tx: StoreTransaction | undefined;
  #thrown: { readonly error: unknown } | undefined;

  constructor(publisher: BucketPublisher, unit: AnyUnit, keyed: KeyedUnit | undefined) {
    this.#publisher = publisher;
    this.#unit = unit;
    this.#keyed = keyed;
  }

  run(tx: StoreTransaction): unknown {
    this.#tx = tx;
    if (this.appended.length > 0) this.undone = [...this.undone, ...this.appended];
    this.appended = [];
    this.#thrown = undefined;
    try {
      const returned = this.#unit(this);
      return this.#keyed ? this.#keyed.outputOf(returned, this.#at()) : returned;
    } catch (error) {
      this.#thrown = { error };
      throw error;
    } finally {
      this.#tx = undefined;
    }
  }

  hasThrown(error: unknown): boolean {
    return this.#thrown !== undefined && this.#thrown.error === error;
  }

  // Units take these apart from the transaction, as handlers do with `publish`.
  readonly append = (bucket: BucketKey, data: unknown, options?: PublishOptions): Published => {
    const published = this.#publisher.append(this.#running(), bucket, data, options);
    this.appended.push(published);
    return published;
  };
  readonly head = (bucket: BucketKey): BucketHead => this.#running().head(bucket);

  get db(): unknown {
    return this.#running().db;
  }

  #running(): StoreTransaction {
    if (!this.#tx) throw new TypeError("The unit is over, and its transaction with it.");
    return this.#tx;
  }

  #at(): Readonly<Record<BucketKey, number>> {
    return Object.fromEntries(this.appended.map(({ bucket, seq }) => [bucket, seq]));
  }
}
