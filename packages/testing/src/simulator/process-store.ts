/**
 * A client's store as one process sees it: it takes its time, its disk may be full, and its process
 * may die before or after any write. What a dead process waits for never comes.
 */
import type { Clock, Millis } from "@holdfast/client";
import { StoreError } from "@holdfast/client/durable";
import type {
  AccountStore,
  ClientStore,
  DocumentStore,
  TransactionStore,
} from "@holdfast/client/durable";

import type { Dice } from "./dice.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";

/** What is wrong with the disk of a device. */
export interface Disk {
  isFull: boolean;
  /** The longest that an operation takes. */
  slowMs: Millis;
}

/** When a process is to die. */
export interface PlannedDeath {
  /** So many writes happen before. */
  writes: number;
  /** The last one is still made, and nobody hears of it. */
  readonly afterWrite: boolean;
  readonly die: () => void;
}

export interface ProcessStoreOptions {
  readonly name: string;
  readonly inner: ClientStore;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly disk: Disk;
  readonly ledger: Ledger;
  readonly happened: (what: string) => void;
}

export class ProcessStore implements ClientStore {
  death: PlannedDeath | undefined;
  readonly #options: ProcessStoreOptions;
  readonly #opened = new Set<AccountStore>();
  readonly #running = new Set<Promise<unknown>>();
  #isDead = false;

  constructor(options: ProcessStoreOptions) {
    this.#options = options;
  }

  /** How many accounts' parts are open. */
  get opened(): number {
    return this.#opened.size;
  }

  async open(account: string): Promise<AccountStore> {
    const inner = await this.#do("open", () => this.#options.inner.open(account));
    this.#opened.add(inner);
    const { transactions, sync, documents } = inner;
    return {
      transactions: this.#transactions(transactions),
      sync: {
        debts: () => this.#do("debts", () => sync.debts()),
        saveDebts: (owed, paid) => this.#do("saveDebts", () => sync.saveDebts(owed, paid), true),
      },
      documents: this.#documents(documents),
      close: async () => {
        // As databases do: what was asked before is done before.
        await Promise.allSettled(this.#running);
        if (this.#isDead) return;
        this.#opened.delete(inner);
        await inner.close();
      },
    };
  }

  forget(account: string): Promise<void> {
    return this.#do("forget", () => this.#options.inner.forget(account), true);
  }

  /** The platform lets go of the locks of a process that is gone. */
  kill(): void {
    this.#isDead = true;
    for (const store of this.#opened) void store.close();
  }

  #transactions(inner: TransactionStore): TransactionStore {
    return {
      claim: (owner) => this.#do("claim", () => inner.claim(owner), true),
      write: (owner, changes) => this.#do("write", () => inner.write(owner, changes), true),
      outcomes: (ids) => this.#do("outcomes", () => inner.outcomes(ids)),
      release: (owner) => inner.release(owner),
      watch: (changed) => inner.watch(changed),
    };
  }

  #documents(inner: DocumentStore): DocumentStore {
    const { ledger, name } = this.#options;
    return {
      cursor: (bucket) => this.#do("cursor", () => inner.cursor(bucket)),
      commit: (bucket, from, to, changes) => {
        const act = async () => {
          const outcome = await inner.commit(bucket, from, to, changes);
          const entries = changes.flatMap((change) =>
            change.type === "put" ? entryOf(change) : [],
          );
          if (!outcome) ledger.stores(name, bucket, from, to, entries);
          return outcome;
        };
        return this.#do(`commit ${bucket}`, act, true);
      },
      replace: (bucket, from, to, documents) => {
        const act = async () => {
          const outcome = await inner.replace(bucket, from, to, documents);
          const entries = documents.map((document) => entryOf(document));
          if (!outcome) ledger.stores(name, bucket, undefined, to, entries);
          return outcome;
        };
        return this.#do(`replace ${bucket}`, act, true);
      },
      documents: (bucket) => this.#do("documents", () => inner.documents(bucket)),
      watch: (bucket, changed) => inner.watch(bucket, changed),
    };
  }

  #do<T>(what: string, act: () => Promise<T>, isWrite = false): Promise<T> {
    const done = this.#perform(what, act, isWrite);
    const forget = (): void => void this.#running.delete(done);
    this.#running.add(done);
    done.then(forget, forget);
    return done;
  }

  async #perform<T>(what: string, act: () => Promise<T>, isWrite: boolean): Promise<T> {
    const { clock, dice, disk, happened } = this.#options;
    const until = clock.now() + dice.random() * (disk.slowMs || 2);
    await new Promise<void>((resolve) => void clock.at(until, resolve));
    if (this.#isDead) return never();
    const death = isWrite ? this.death : undefined;
    const isLast = death !== undefined && --death.writes <= 0;
    if (isLast && !death.afterWrite) return this.#die(death, `before ${what}`);
    if (isWrite && disk.isFull) {
      happened(`${what}: disk full`);
      throw new StoreError("quota");
    }
    const done = await act();
    happened(what);
    if (isLast) return this.#die(death, `after ${what}`);
    return this.#isDead ? never() : done;
  }

  #die(death: PlannedDeath, when: string): Promise<never> {
    this.#options.happened(`dies ${when}`);
    this.death = undefined;
    death.die();
    return never();
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}

/** Ids of documents are sequence numbers. */
function entryOf(stored: { readonly id: string; readonly document: unknown }): LedgerEntry {
  return { seq: Number(stored.id), wish: stored.document as number };
}
