/**
 * Buckets in memory: sequence numbers under an epoch of this process. It keeps no content, so a
 * client that missed something learns so from epoch and head, and nothing more.
 */
import type { BucketHead, BucketKey, Update } from "@holdfast/protocol";

import type { BucketLog } from "../bucket-log.ts";

export class MemoryBucketLog implements BucketLog {
  readonly #epoch: string;
  readonly #heads = new Map<BucketKey, number>();

  /** `epoch`: a name that no other process has used. */
  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  head(bucket: BucketKey): BucketHead {
    return { bucket, epoch: this.#epoch, head: this.#heads.get(bucket) ?? 0 };
  }

  append(bucket: BucketKey, update: Update): void {
    const next = this.head(bucket).head + 1;
    if (update.seq !== next) throw new RangeError(`Update ${update.seq} where ${next} is due.`);
    this.#heads.set(bucket, next);
  }
}
