/** Pages of a bucket's log as one reader gets them, and what is said where there is no page. */
import type { Page, TooFarBehind } from "@holdfast/protocol";

import { runFor } from "./bucket-run.ts";
import type { RunReader } from "./bucket-run.ts";
import type { LogPage, LogRange } from "./server-store.ts";

/** Does the log not reach back to this position, or was it never one of this log? */
export function isTooFar(range: LogRange, epoch: string | undefined, after: number): boolean {
  return epoch !== range.epoch || after > range.head || after < range.oldest - 1;
}

export function tooFarBehind({ bucket, epoch, oldest, head }: LogRange, id?: number): TooFarBehind {
  return { type: "tooFarBehind", ...(id !== undefined && { id }), bucket, epoch, oldest, head };
}

/** A page as this reader gets it, of so many updates at most. */
export function pageFor(
  { bucket, epoch, after, updates, head }: LogPage,
  reader: RunReader,
  id: number | undefined,
  limit: number,
): Page {
  const taken = updates.length > limit ? updates.slice(0, limit) : updates;
  const run = { bucket, epoch, after, upTo: after + taken.length, updates: taken };
  return { type: "page", ...(id !== undefined && { id }), ...runFor(run, reader), head };
}
