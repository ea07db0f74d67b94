/** Those who want to hear of commits, and what they are told. */
import type { BucketKey } from "@holdfast/protocol";

import type { Cancel, Clock } from "../base/clock.ts";
import type { LogUpdate, StoreNotice } from "../server-store.ts";
import type { Appended } from "./unit-transaction.ts";

type Listener = (notice: StoreNotice) => void;

export class StoreWatch {
  readonly #clock: Clock;
  readonly #listeners = new Set<{ readonly hear: Listener }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  add(listener: Listener): Cancel {
    const entry = { hear: listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** What was committed together, in the order of its appending: one notice a bucket. */
  tellCommitted(epoch: string, appended: readonly Appended[]): void {
    if (!this.isHeard) return;
    const buckets = new Map<BucketKey, LogUpdate[]>();
    for (const { bucket, update } of appended) {
      const updates = buckets.get(bucket);
      if (updates) updates.push(update);
      else buckets.set(bucket, [update]);
    }
    for (const [bucket, updates] of buckets) {
      const after = (updates[0]?.seq ?? 1) - 1;
      this.tell({ type: "committed", bucket, epoch, after, updates });
    }
  }

  /** A listener's throw is its own affair: it surfaces as uncaught, one turn later. */
  tell(notice: StoreNotice): void {
    for (const { hear } of this.#listeners) {
      try {
        hear(notice);
      } catch (error) {
        this.#clock.turn(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
