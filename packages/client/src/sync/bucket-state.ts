/** How a bucket stands, as its app may see it. */
import type { Cursor } from "./apply-updates.ts";
import type { SyncError } from "./sync-error.ts";

/**
 * `loading`: the stored cursor is being read. `waiting`: not open, or no session has confirmed it
 * yet. `behind`: something is missing that the server has. `live`: everything is here, and what
 * comes is applied as it comes. `stopped`: see `error`.
 */
export type BucketPhase = "loading" | "waiting" | "behind" | "live" | "stopped";

/** How a bucket stands. It never changes; a later one replaces it. */
export interface BucketState {
  readonly phase: BucketPhase;
  /** What is stored here; undefined: nothing, or not known yet. */
  readonly cursor: Cursor | undefined;
  /** The newest update that the server is known to have, of its present epoch. */
  readonly head: number | undefined;
  /** What stops it, or, in another phase, what it is being tried again for. */
  readonly error?: SyncError;
}

/** A bucket that nobody has open. */
export const CLOSED_BUCKET: BucketState = { phase: "waiting", cursor: undefined, head: undefined };
