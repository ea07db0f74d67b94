/** Which buckets a session is leaving, pure: what the server still says of them concerns nobody. */
import type { BucketKey } from "@holdfast/protocol";

/** Counts the unsubscriptions that the server has not confirmed, bucket by bucket. */
export class Subscriptions {
  readonly #leaving = new Map<BucketKey, number>();

  leave(buckets: readonly BucketKey[]): void {
    for (const bucket of buckets) this.#leaving.set(bucket, (this.#leaving.get(bucket) ?? 0) + 1);
  }

  isLeaving(bucket: BucketKey): boolean {
    return this.#leaving.has(bucket);
  }

  /**
   * The server ended a subscription. Any such word counts, also one that crossed ours on the way: it
   * is better to hear a little of the old subscription than nothing of a new one.
   */
  left(bucket: BucketKey): void {
    const count = (this.#leaving.get(bucket) ?? 0) - 1;
    if (count > 0) this.#leaving.set(bucket, count);
    else this.#leaving.delete(bucket);
  }
}
