/** The buckets of one session: rights asked for, and the list of those it is subscribed to. */
import type { BucketKey } from "@holdfast/protocol";

import type { BucketGate } from "./bucket-gate.ts";
import type { Viewer } from "./call-context.ts";
import type { BucketVerdict } from "./server-session-event.ts";
import type { Subscriber, Subscribers } from "./subscribers.ts";

export class SessionBuckets {
  readonly #gate: BucketGate;
  readonly #subscribers: Subscribers;
  readonly #subscriber: Subscriber;
  readonly #judged: (verdicts: readonly BucketVerdict[]) => void;
  readonly #joined = new Set<BucketKey>();
  #late: BucketVerdict[] = [];

  constructor(
    gate: BucketGate,
    subscribers: Subscribers,
    subscriber: Subscriber,
    judged: (verdicts: readonly BucketVerdict[]) => void,
  ) {
    this.#gate = gate;
    this.#subscribers = subscribers;
    this.#subscriber = subscriber;
    this.#judged = judged;
  }

  /** Asks for each; verdicts that come together are told together. */
  authorize(viewer: Viewer, buckets: readonly BucketKey[]): void {
    const verdicts: BucketVerdict[] = [];
    for (const bucket of buckets) {
      const verdict = this.#gate.ask(viewer, bucket);
      if (verdict instanceof Promise) void verdict.then((late) => this.#tellSoon(late));
      else verdicts.push(verdict);
    }
    if (verdicts.length > 0) this.#judged(verdicts);
  }

  join(bucket: BucketKey): void {
    this.#joined.add(bucket);
    this.#subscribers.add(bucket, this.#subscriber);
  }

  leave(bucket: BucketKey): void {
    this.#joined.delete(bucket);
    this.#subscribers.remove(bucket, this.#subscriber);
  }

  leaveAll(): void {
    for (const bucket of this.#joined) this.leave(bucket);
  }

  #tellSoon(verdict: BucketVerdict): void {
    if (this.#late.push(verdict) > 1) return;
    queueMicrotask(() => {
      const verdicts = this.#late;
      this.#late = [];
      this.#judged(verdicts);
    });
  }
}
