/** Every limit of transactions, with its default and what happens there. Times are in ms. */
import type { Millis } from "../base/clock.ts";

/**
 * Every number of the queue of transactions. Times are finite and not negative; all others are
 * whole and 1 or more.
 */
export interface TransactionPolicy {
  /** Calls on the way to the server at the same time. The rest wait. Default 64. */
  readonly inFlightMax: number;
  /** Transactions that have not ended. One more fails with `queueFull`. Default 10 000. */
  readonly queueMax: number;
  /** A record, encoded as JSON. A larger one fails with `tooLarge`. Default 256 KiB. */
  readonly recordBytesMax: number;
  /**
   * How long one call may take before it counts as lost and is sent again. Default 30 s, at most
   * 24.8 days.
   */
  readonly callTimeoutMs: Millis;
  /** From making a transaction to its deadline, where nobody says otherwise. Default 24 h. */
  readonly deadlineMs: Millis;
  /** The longest deadline; a longer one is shortened. Default 47 h. */
  readonly deadlineMsMax: Millis;
  /**
   * So long before the server forgets a key (but at most half the time it keeps it), a transaction
   * that may have run is given up: `outcomeUnknown`. Default 1 h.
   */
  readonly keyMarginMs: Millis;
  /** Failures that ask for another try; the last one is final. Default 8. */
  readonly attemptsMax: number;
  /** Sessions in a row that may break off over a transaction; then it is `poisoned`. Default 3. */
  readonly violationsMax: number;
  /** The wait before the first repetition; doubled with each. Default 1 s. */
  readonly retryMs: Millis;
  /** The longest of these waits. Default 30 s. */
  readonly retryMsMax: Millis;
  /** The longest wait that a server may ask for. Default 1 h. */
  readonly waitMsMax: Millis;
  /** How long the effect of a success stays for its own update to arrive. Default 5 s. */
  readonly ownUpdateMs: Millis;
  /** How often others' leftovers are looked for. Default 30 s. */
  readonly claimMs: Millis;
  /** The same, when the store says that something changed. Default 1 s. */
  readonly claimFloorMs: Millis;
}

/** The numbers that hold where `transactionPolicy` names no others. */
export const DEFAULT_TRANSACTION_POLICY: TransactionPolicy = {
  inFlightMax: 64,
  queueMax: 10_000,
  recordBytesMax: 262_144,
  callTimeoutMs: 30_000,
  deadlineMs: 86_400_000,
  deadlineMsMax: 169_200_000,
  keyMarginMs: 3_600_000,
  attemptsMax: 8,
  violationsMax: 3,
  retryMs: 1_000,
  retryMsMax: 30_000,
  waitMsMax: 3_600_000,
  ownUpdateMs: 5_000,
  claimMs: 30_000,
  claimFloorMs: 1_000,
};

/** The wait before repetition `count`, from 1: doubled each time, ± a quarter by the dice. */
export function retryDelayMs(policy: TransactionPolicy, count: number, random: number): Millis {
  const wait = Math.min(policy.retryMs * 2 ** (count - 1) || 0, policy.retryMsMax);
  return wait * (0.75 + random / 2);
}
