/**
 * How many unknown keys an account may have cancelled: each is stored like a call, for as long as
 * keys are kept, though nothing was ever asked for. Holds only accounts that did so of late.
 */
import type { Millis } from "./base/clock.ts";

export interface CancelPolicy {
  /** Keys that one account may cancel in a second, on average. */
  readonly keyCancelsPerSecond: number;
  /** Keys that it may cancel at once. */
  readonly keyCancelsBurst: number;
}

export class CancelAllowance {
  readonly #policy: CancelPolicy;
  /** When each account will have its whole allowance again, in the order of the last cancels. */
  readonly #wholeAt = new Map<string, Millis>();

  constructor(policy: CancelPolicy) {
    this.#policy = policy;
  }

  /** How many accounts are remembered. */
  get size(): number {
    return this.#wholeAt.size;
  }

  /** An account cancels a key. Returns 0 if it may, else for how long it should wait, in ms. */
  take(account: string, now: Millis): Millis {
    this.#forgetTwo(now);
    const { keyCancelsPerSecond, keyCancelsBurst } = this.#policy;
    const eachMs = 1_000 / keyCancelsPerSecond;
    const wholeAt = Math.max(this.#wholeAt.get(account) ?? now, now) + eachMs;
    const tooEarlyMs = wholeAt - now - keyCancelsBurst * eachMs;
    if (tooEarlyMs > 0) return Math.ceil(tooEarlyMs);
    // To the end of the order.
    this.#wholeAt.delete(account);
    this.#wholeAt.set(account, wholeAt);
    return 0;
  }

  /** The two that cancelled longest ago, if that is made up for: faster than new ones can come. */
  #forgetTwo(now: Millis): void {
    let looked = 0;
    for (const [account, wholeAt] of this.#wholeAt) {
      if (looked++ === 2) return;
      this.#wholeAt.delete(account);
      // Not yet: it must not hide those behind it.
      if (wholeAt > now) this.#wholeAt.set(account, wholeAt);
    }
  }
}
