/** A bucket that is read live, as its pump knows it, and those who read it. */
import type { Cancel } from "./base/clock.ts";
import type { BucketRun } from "./bucket-run.ts";

/** Somebody who reads a bucket live. */
export interface PumpedFeed {
  /** Follows what was pushed before; to one that has just joined, what was read when it joined. */
  push(run: BucketRun): void;
  /** What follows what was pushed cannot be had any more. */
  lose(): void;
  /** The bucket is numbered anew. */
  renumber(): void;
}

export interface Pumped {
  readonly feeds: Set<PumpedFeed>;
  epoch: string;
  /** The last number that was pushed. Undefined until the first of the feeds has read the log. */
  sent: number | undefined;
  /** The log goes at least this far. */
  known: number;
  isReading: boolean;
  /** Those who wait for the end of the reading. */
  readonly waiting: (() => void)[];
  cancelRetry: Cancel | undefined;
}

/** Nobody has read the log of it yet. */
export function newlyPumped(): Pumped {
  return {
    feeds: new Set(),
    epoch: "",
    sent: undefined,
    known: 0,
    isReading: false,
    waiting: [],
    cancelRetry: undefined,
  };
}
