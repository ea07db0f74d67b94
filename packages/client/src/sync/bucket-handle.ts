/** A bucket as its app holds it. */
import type { BucketKey } from "@holdfast/protocol";
import type { Source } from "../base/source.ts";
import type { BucketHooks } from "./apply-updates.ts";
import type { BucketState } from "./bucket-state.ts";

/** Hooks given here take the place of those of the bucket's kind, until it is closed again. */
export interface OpenBucketOptions<Data = unknown> extends Partial<BucketHooks<Data>> {
  /** What is on the screen should have the highest; it is fetched first. Default 0. */
  readonly priority?: number;
}

/** A bucket that somebody has open. Close it when nobody looks any more. */
export interface OpenBucket {
  /**
   * What has not been stored by then is not waited for any more. The last one that closes ends the
   * subscription; a cursor that is kept in memory goes with it.
   */
  close(): void;
  /** As in the options; it holds from the next fetch on. */
  setPriority(priority: number): void;
}

/** A bucket as its app holds it. Asking for one has no effect; `open` keeps it up to date. */
export interface BucketHandle<Data = unknown> {
  readonly key: BucketKey;
  readonly state: Source<BucketState>;
  /**
   * Keeps the bucket up to date until closed. Opened several times, it is still one: all share the
   * hooks of the first. Throws an `OptionsError` when there is no `apply` hook for it, when it is
   * open with other hooks, or when too many buckets are open (1 000).
   */
  open(options?: OpenBucketOptions<Data>): OpenBucket;
}
