/** Every number that sync uses, each with its unit, its reason and what happens at the limit. */
import type { Millis } from "../base/clock.ts";

/**
 * Every number of sync. Times are in ms, finite and not negative; all others are whole and 1 or
 * more.
 */
export interface SyncPolicy {
  /**
   * Fetches and snapshots at once, over all buckets. Default 4; further ones wait, on-screen
   * buckets first. Buckets that nobody has open leave one free.
   */
  readonly fetchesMax: number;
  /** The most updates that a fetch asks for. Default 200, what servers give at most. */
  readonly pageUpdates: number;
  /** For a fetch. Default 30 s; then it failed, and is tried again. At most 24.8 days. */
  readonly fetchMs: Millis;
  /** For an app's snapshot. Default 60 s; then it is aborted, and is tried again. */
  readonly snapshotMs: Millis;
  /** How long updates that are ahead wait for those between. Default 500 ms; then a fetch. */
  readonly holdMs: Millis;
  /** The most updates that wait in one bucket. Default 1 000; then they go, and are fetched. */
  readonly heldUpdatesMax: number;
  /** The same in bytes, about. Default 1 MiB. */
  readonly heldBytesMax: number;
  /** How long a page that the server owes unasked may take. Default 5 s; then a fetch. */
  readonly firstPageMs: Millis;
  /** The delay after a first failure, which doubles with each more. Default 1 s. */
  readonly retryMinMs: Millis;
  /** Where doubling ends. Default 30 s. There is no last attempt. */
  readonly retryMaxMs: Millis;
  /** The longest delay that a server may ask for. Default 1 h; longer wishes are cut to it. */
  readonly serverDelayMaxMs: Millis;
}

/** The numbers that hold where `syncPolicy` names no others. */
export const DEFAULT_SYNC_POLICY: SyncPolicy = {
  fetchesMax: 4,
  pageUpdates: 200,
  fetchMs: 30_000,
  snapshotMs: 60_000,
  holdMs: 500,
  heldUpdatesMax: 1_000,
  heldBytesMax: 1_048_576,
  firstPageMs: 5_000,
  retryMinMs: 1_000,
  retryMaxMs: 30_000,
  serverDelayMaxMs: 3_600_000,
};

/** The delay before the next try: 1, 2, 4 … 30 s, of which a random half. */
export function retryDelayMs(failures: number, random: number, policy: SyncPolicy): Millis {
  const span = Math.min(policy.retryMinMs * 2 ** failures || 0, policy.retryMaxMs);
  return span * (1 - random / 2);
}
