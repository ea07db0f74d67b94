/** Who gets what is published in a bucket. Empty buckets take no room. */
import type { BucketKey } from "@holdfast/protocol";

import type { SharedMessage } from "./outbox.ts";

export interface Subscriber {
  push(message: SharedMessage): void;
}

export class Subscribers {
  readonly #byBucket = new Map<BucketKey, Set<Subscriber>>();

  add(bucket: BucketKey, subscriber: Subscriber): void {
    const set = this.#byBucket.get(bucket);
    if (set) set.add(subscriber);
    else this.#byBucket.set(bucket, new Set([subscriber]));
  }

  remove(bucket: BucketKey, subscriber: Subscriber): void {
    const set = this.#byBucket.get(bucket);
    set?.delete(subscriber);
    if (set?.size === 0) this.#byBucket.delete(bucket);
  }

  push(bucket: BucketKey, message: SharedMessage): void {
    const set = this.#byBucket.get(bucket);
    if (set) for (const subscriber of set) subscriber.push(message);
  }

  /** How many buckets have a subscriber. */
  get buckets(): number {
    return this.#byBucket.size;
  }
}
