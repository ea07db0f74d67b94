/** The updates of one bucket in memory, as JSON text: nobody shares objects with the log. */
import type { LogUpdate, ReadLimits } from "../server-store.ts";
import type { Appended } from "./unit-transaction.ts";

export class MemoryLog {
  /** Updates up to this one are forgotten. */
  #forgotten = 0;
  #kept: Appended[] = [];

  get head(): number {
    return this.#forgotten + this.#kept.length;
  }

  get oldest(): number {
    return this.#forgotten + 1;
  }

  append(appended: Appended): void {
    this.#kept.push(appended);
  }

  /** Those that follow `after`, as many as the limits allow and at least one. */
  read(after: number, limits: ReadLimits): LogUpdate[] {
    const updates: LogUpdate[] = [];
    let bytes = 0;
    for (let index = after - this.#forgotten; index < this.#kept.length; index++) {
      const { update, json = null } = this.#kept[index] ?? {};
      bytes += Buffer.byteLength(json ?? "");
      if (updates.length > 0 && (updates.length >= limits.updates || bytes > limits.bytes)) break;
      if (update) updates.push(update.stored());
    }
    return updates;
  }

  /** Forgets the oldest: those past `updatesMax`, or `at` before `cutoff`; at most `rowsMax`. */
  trim(updatesMax: number, cutoff: number, rowsMax: number): number {
    const surplus = this.#kept.length - updatesMax;
    let count = 0;
    for (const { update } of this.#kept) {
      if (count >= rowsMax || (count >= surplus && update.at >= cutoff)) break;
      count++;
    }
    this.#kept = this.#kept.slice(count);
    this.#forgotten += count;
    return count;
  }
}
