/** Who waits for changes of one account store. */
import type { BucketKey } from "@holdfast/protocol";

import type { Cancel } from "../base/clock.ts";
import { guarded } from "../base/errors.ts";

/** What changed: the documents of a bucket, or (null) transactions. */
export type Topic = BucketKey | null;

export class Watchers {
  readonly #watches = new Map<Topic, Set<() => void>>();

  watch(topic: Topic, changed: () => void): Cancel {
    const watches = this.#watches.get(topic) ?? new Set();
    this.#watches.set(topic, watches);
    const own = (): void => changed(); // The same one may watch twice.
    watches.add(own);
    return () => {
      watches.delete(own);
      if (watches.size === 0 && this.#watches.get(topic) === watches) this.#watches.delete(topic);
    };
  }

  /** Calls back all that watch the topic. What one throws keeps nothing from the others. */
  tell(topic: Topic): void {
    for (const changed of this.#watches.get(topic) ?? []) guarded(changed);
  }

  has(topic: Topic): boolean {
    return this.#watches.has(topic);
  }

  /** What is watched now. */
  get topics(): readonly Topic[] {
    return [...this.#watches.keys()];
  }

  /** Nobody hears anything any more. */
  clear(): void {
    this.#watches.clear();
  }
}
