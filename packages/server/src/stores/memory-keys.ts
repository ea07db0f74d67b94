/** The outcomes of keyed calls in memory, their outputs as JSON text. */
import type { CallKey, KeyedCall, KeyedOutcome } from "../server-store.ts";
import { valueOf } from "./stored-value.ts";

interface Entry {
  readonly storedAt: number;
  /** Made anew for each reader, so that nobody shares an output. */
  readonly outcome: () => KeyedOutcome;
}

export class MemoryKeys {
  readonly #entries = new Map<string, Entry>();

  find(call: CallKey): KeyedOutcome | undefined {
    return this.#entries.get(nameOf(call))?.outcome();
  }

  /** `json`: the output, as it is stored. The key must be free. */
  addResult(
    call: KeyedCall,
    json: string | null,
    at: Readonly<Record<string, number>>,
    storedAt: number,
  ): void {
    const { method, inputHash } = call;
    this.#entries.set(nameOf(call), {
      storedAt,
      outcome: () => ({ type: "result", method, inputHash, output: valueOf(json), at: { ...at } }),
    });
  }

  /** The key must be free. */
  addCancelled(call: CallKey, storedAt: number): void {
    this.#entries.set(nameOf(call), { storedAt, outcome: () => ({ type: "cancelled" }) });
  }

  /** Forgets those stored before `cutoff`, at most `rowsMax`; says how many. */
  trim(cutoff: number, rowsMax: number): number {
    let count = 0;
    for (const [name, { storedAt }] of this.#entries) {
      if (count >= rowsMax) break;
      if (storedAt >= cutoff) continue;
      this.#entries.delete(name);
      count++;
    }
    return count;
  }
}

/** Names hold no NUL, so no two calls share one. */
function nameOf({ account, key }: CallKey): string {
  return `${account}\0${key}`;
}
