/** A bounded memory of what happened. What an entry is, is for whoever records it to say. */

/** Hears entries as they are made; a log is one. */
export type TraceSink<Entry> = (entry: Entry) => void;

/** What a recorder holds: entries, oldest first, and the model as it was before the oldest. */
export interface Recording<Entry, Model> {
  readonly before: Model | undefined;
  readonly entries: readonly Entry[];
  /** How many older entries were overwritten. */
  readonly dropped: number;
}

/** Keeps the last entries, each with the model it met, so that what is kept can be replayed. */
export class Recorder<Entry, Model> {
  readonly #capacity: number;
  readonly #ring: { readonly entry: Entry; readonly before: Model }[] = [];
  #count = 0;

  /** `capacity`: how many entries are kept; a further one overwrites the oldest. 500 by default. */
  constructor(capacity = 500) {
    this.#capacity = capacity;
  }

  /** Adds an entry. `before`: the model that the entry's event met. */
  record(entry: Entry, before: Model): void {
    this.#ring[this.#count++ % this.#capacity] = { entry, before };
  }

  read(): Recording<Entry, Model> {
    const dropped = Math.max(this.#count - this.#capacity, 0);
    const start = dropped % this.#capacity;
    const ordered = [...this.#ring.slice(start), ...this.#ring.slice(0, start)];
    return { before: ordered[0]?.before, entries: ordered.map(({ entry }) => entry), dropped };
  }
}
