/**
 * Asks for the outcomes of keys together: every keyed call asks before it runs, a frame brings many
 * of them, and to begin and end a transaction of reading costs more than what is read in it.
 */
import type { CallKey, KeyedOutcome } from "../server-store.ts";
import { storeFault } from "./sqlite-fault.ts";

/** Where the keys are. Both may throw. */
export interface KeySource {
  reading<Value>(task: () => Value): Value;
  outcome(call: CallKey): KeyedOutcome | undefined;
}

interface Lookup {
  readonly call: CallKey;
  readonly resolve: (outcome: KeyedOutcome | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export class KeyLookups {
  readonly #source: KeySource;
  #waiting: Lookup[] = [];

  constructor(source: KeySource) {
    this.#source = source;
  }

  /** Rejects with a `StoreError`. */
  find(call: CallKey): Promise<KeyedOutcome | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ call, resolve, reject }) === 1)
        queueMicrotask(() => this.#readAll());
    });
  }

  #readAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const settle = this.#source.reading(() => waiting.map((lookup) => this.#read(lookup)));
      for (const settleOne of settle) settleOne();
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  /** One that cannot be read is no fault of the others. */
  #read({ call, resolve, reject }: Lookup): () => void {
    try {
      const outcome = this.#source.outcome(call);
      return () => resolve(outcome);
    } catch (error) {
      return () => reject(storeFault(error));
    }
  }
}
