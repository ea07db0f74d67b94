/**
 * The updates of a bucket that have come and are not applied yet, in order of where they begin.
 * Pure functions over a list, which is of one epoch.
 */
import type { Update, UpdateRun } from "@holdfast/protocol";
import type { SyncPolicy } from "./sync-policy.ts";

export interface HeldRun {
  readonly run: UpdateRun;
  /** It was pushed, and nothing before it had to be fetched. */
  readonly isLive: boolean;
  /** About how many bytes it takes. */
  readonly bytes: number;
}

/** What may be applied now, in one go, and what waits on. */
export interface Taken {
  readonly upTo: number;
  readonly updates: readonly Update[];
  readonly isLive: boolean;
  readonly runs: readonly HeldRun[];
}

/** Puts a run where it belongs. */
export function held(runs: readonly HeldRun[], run: HeldRun): readonly HeldRun[] {
  const behind = runs.findIndex((other) => other.run.after > run.run.after);
  return behind < 0 ? [...runs, run] : [...runs.slice(0, behind), run, ...runs.slice(behind)];
}

/** Is that too much to hold? One run alone never is, or a bucket might starve. */
export function isOverfull(runs: readonly HeldRun[], policy: SyncPolicy): boolean {
  let updates = 0;
  let bytes = 0;
  for (const one of runs) {
    updates += one.run.updates.length;
    bytes += one.bytes;
  }
  return runs.length > 1 && (updates > policy.heldUpdatesMax || bytes > policy.heldBytesMax);
}

/** How far the runs lead, one after the other, from `after`. */
export function reach(runs: readonly HeldRun[], after: number): number {
  let seq = after;
  for (const { run } of runs) {
    if (run.after > seq) break;
    seq = Math.max(seq, run.upTo);
  }
  return seq;
}

/** What is not known yet at `after`. */
export function unknownOf(runs: readonly HeldRun[], after: number): readonly HeldRun[] {
  return runs.every(({ run }) => run.upTo > after)
    ? runs
    : runs.filter(({ run }) => run.upTo > after);
}

/**
 * The longest stretch that follows `after` and is live, or not, as a whole. A run that follows
 * exactly is handed over as it is; of one that overlaps, the known part is dropped.
 */
export function take(runs: readonly HeldRun[], after: number): Taken | undefined {
  const taken: HeldRun[] = [];
  const parts: (readonly Update[])[] = [];
  let upTo = after;
  for (const one of runs) {
    const { run, isLive } = one;
    if (run.after > upTo || (taken[0] && taken[0].isLive !== isLive)) break;
    if (run.upTo <= upTo) continue;
    const known = upTo;
    const { updates } = run;
    parts.push(run.after === known ? updates : updates.filter(({ seq }) => seq > known));
    upTo = run.upTo;
    taken.push(one);
  }
  const [first] = taken;
  const [only = []] = parts;
  const updates = parts.length > 1 ? parts.flat() : only;
  return first && { upTo, updates, isLive: first.isLive, runs: taken };
}

/** What objects and arrays take beyond what is in them, and numbers: about. */
const VALUE_BYTES = 16;

/** About how many bytes a payload takes. */
export function bytesOf(value: unknown): number {
  if (typeof value === "string") return VALUE_BYTES + value.length;
  if (ArrayBuffer.isView(value)) return VALUE_BYTES + value.byteLength;
  let bytes = VALUE_BYTES;
  if (typeof value === "object" && value) {
    for (const [name, inner] of Object.entries(value)) bytes += name.length + bytesOf(inner);
  }
  return bytes;
}
