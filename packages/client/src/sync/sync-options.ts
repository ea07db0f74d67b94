/** What sync is made of. */
import type { BucketKey } from "@holdfast/protocol";
import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { BucketHooks, Cursor } from "./apply-updates.ts";
import type { SyncPolicy } from "./sync-policy.ts";

export interface SyncOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly policy?: Partial<SyncPolicy>;
  /** By bucket kind. Data is as the codec left it; the typed facade vouches for more. */
  readonly hooks: Readonly<Record<string, BucketHooks>>;
  /** The app hears this bucket live, which sync then leaves alone. Default: none. */
  readonly isHeardLive?: (bucket: BucketKey) => boolean;
  /**
   * After each commit, in the same step as the state: up to where the bucket is stored now, and the
   * keys of the calls that appended what was stored.
   */
  readonly onApplied: (bucket: BucketKey, cursor: Cursor, keys: readonly string[]) => void;
  /** Hears what hooks and the store of debts throw. It is tried again in any case. */
  readonly report: (error: unknown) => void;
  /** Hears what listeners throw, and faults of our own. */
  readonly onFault: (error: unknown) => void;
}
