/**
 * A store in memory that several client objects share, as tabs do; it fails, stalls and loses its
 * clients when the test says so.
 */
import type { TransactionRecord } from "../../../src/transactions/transaction-record.ts";
import type {
  SetAside,
  TransactionChange,
  TransactionOutcome,
  TransactionStore,
} from "../../../src/transactions/transaction-store.ts";

export class SharedDisk {
  readonly records = new Map<string, TransactionRecord>();
  readonly outcomes = new Map<string, TransactionOutcome>();
  readonly locks = new Set<string>();
  readonly setAside: SetAside[] = [];
  readonly log: string[] = [];
  /** With which code the next operations fail, in their order; undefined: they do not. */
  readonly failures: (string | undefined)[] = [];
  /** Until it resolves, no operation comes to anything. */
  gate: Promise<void> = Promise.resolve();
  readonly #watchers = new Set<() => void>();

  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** The part of one client object. */
  client(): TransactionStore {
    let watcher: (() => void) | undefined;
    const changed = (): void => {
      for (const other of this.#watchers) if (other !== watcher) other();
    };
    return {
      claim: async (owner) => {
        await this.#operation("claim");
        this.locks.add(owner);
        const adopted: string[] = [];
        for (const [id, record] of this.records) {
          if (this.locks.has(record.owner)) continue;
          this.records.set(id, { ...record, owner });
          adopted.push(id);
        }
        const own = [...this.records.values()].filter((record) => record.owner === owner);
        own.sort((a, b) => a.order - b.order);
        return { records: own, setAside: this.setAside, adopted };
      },
      write: async (owner, changes) => {
        const words = changes.map((change) => `${change.type} ${idOf(change)}`);
        await this.#operation(words.join(", "));
        const lost = changes.filter((change) => !this.#change(owner, change)).map(idOf);
        changed();
        return lost;
      },
      outcomes: async (ids) => {
        await this.#operation("outcomes");
        const gone = { endedAt: 0, phase: "failed" } as const;
        return ids.flatMap(
          (id) => this.outcomes.get(id) ?? (this.records.has(id) ? [] : { ...gone, id }),
        );
      },
      release: (owner) => {
        this.log.push("release");
        this.locks.delete(owner);
        changed();
      },
      watch: (listener) => {
        watcher = listener;
        this.#watchers.add(listener);
        return () => void this.#watchers.delete(listener);
      },
    };
  }

  async #operation(word: string): Promise<void> {
    this.log.push(word);
    await this.gate;
    const code = this.failures.shift();
    if (code !== undefined) throw Object.assign(new Error("the disk"), { code });
  }

  #change(owner: string, change: TransactionChange): boolean {
    const id = idOf(change);
    if (change.type !== "add" && this.records.get(id)?.owner !== owner) return false;
    if (change.type !== "remove") this.records.set(id, change.record);
    else {
      this.records.delete(id);
      if (change.outcome) this.outcomes.set(id, change.outcome);
    }
    return true;
  }
}

const idOf = (change: TransactionChange): string =>
  change.type === "remove" ? change.id : change.record.id;
