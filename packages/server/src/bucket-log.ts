/**
 * The log of buckets as a port: what publishing needs of a store. It decides the sequence numbers.
 */
import type { BucketHead, BucketKey, Update } from "@holdfast/protocol";

export interface BucketLog {
  /** Where the bucket ends. An unknown bucket is an empty one. */
  head(bucket: BucketKey): BucketHead;
  /** Appends one update, whose `seq` must be the next: `head + 1`. Throws otherwise. */
  append(bucket: BucketKey, update: Update): void;
}
