/**
 * Buckets: ordered streams of updates with gapless sequence numbers. Here are their words; sync
 * lives in the client.
 */

/**
 * Names one bucket. By convention `kind:id` (`"room:42"`); the part before the first colon is the
 * bucket kind.
 */
export type BucketKey = string;

/** The kind of a bucket: what stands before the first colon of its key, or the whole key. */
export function bucketKind(bucket: BucketKey): string {
  const colon = bucket.indexOf(":");
  return colon < 0 ? bucket : bucket.slice(0, colon);
}

/**
 * Where a reader of a bucket stands: everything up to and including `after` of `epoch` is known.
 */
export interface BucketPosition {
  readonly bucket: BucketKey;
  /** The epoch that `after` belongs to. Absent together with `after`: live updates only. */
  readonly epoch?: string;
  /** The last sequence number that the reader has. */
  readonly after?: number;
}

/**
 * Where a bucket ends at the server: the sequence number of its newest update, 0 when it has none.
 */
export interface BucketHead {
  readonly bucket: BucketKey;
  readonly epoch: string;
  readonly head: number;
}

/** One entry of a bucket. */
export interface Update {
  /** Position in the bucket, from 1, without gaps. */
  readonly seq: number;
  /** When the server stored it, epoch milliseconds by the server's clock. */
  readonly at: number;
  readonly data: unknown;
  /** The key of the call that appended it; only for the account that made the call. */
  readonly key?: string;
}

/**
 * A contiguous run of a bucket: it accounts for every sequence number in `(after, upTo]`, each as
 * an update or, where the viewer may not see it, as one of the `skipped` ranges.
 */
export interface UpdateRun {
  readonly bucket: BucketKey;
  readonly epoch: string;
  readonly after: number;
  readonly upTo: number;
  readonly updates: readonly Update[];
  /** Inclusive ranges `[from, to]` that are passed without content. Needs `log`. */
  readonly skipped?: readonly (readonly [number, number])[];
}

/** Does the run keep its word: is each number of `(after, upTo]` there once, in rising order? */
export function accountsForAll({ after, upTo, updates, skipped = [] }: UpdateRun): boolean {
  let next = after + 1;
  let used = 0;
  for (const { seq } of [...updates, { seq: upTo + 1 }]) {
    let range = skipped[used];
    for (; range?.[0] === next && range[1] >= next; range = skipped[++used]) next = range[1] + 1;
    if (seq !== next++) return false;
  }
  return used === skipped.length;
}

/** The same without skips: is each number of `(after, upTo]` an update, in rising order? */
export function isGapless({ after, upTo, updates }: Omit<UpdateRun, "skipped">): boolean {
  const isInOrder = updates.every(({ seq }, index) => seq === after + 1 + index);
  return isInOrder && upTo === after + updates.length;
}
