/**
 * How much of something each account may do: so often a second on average, so often at once. Holds
 * only the accounts that have not made up yet for what they did.
 */
import type { Millis } from "./base/clock.ts";

export interface AllowanceLimits {
  /** On average. */
  readonly perSecond: number;
  /** At once. */
  readonly burst: number;
}

export class AccountAllowance {
  readonly #limits: AllowanceLimits;
  /** When each account will have its whole allowance again, in the order of what they last did. */
  readonly #wholeAt = new Map<string, Millis>();

  constructor(limits: AllowanceLimits) {
    this.#limits = limits;
  }

  /** How many accounts are remembered. */
  get size(): number {
    return this.#wholeAt.size;
  }

  /**
   * The account does it, so many times. Returns 0 if it may, else for how long it should wait, in
   * ms; what was turned down costs nothing.
   */
  take(account: string, now: Millis, times = 1): Millis {
    this.#forgetTwo(now);
    const { perSecond, burst } = this.#limits;
    const eachMs = 1_000 / perSecond;
    const wholeAt = Math.max(this.#wholeAt.get(account) ?? now, now) + times * eachMs;
    const tooEarlyMs = wholeAt - now - burst * eachMs;
    if (tooEarlyMs > 0) return Math.ceil(tooEarlyMs);
    // To the end of the order.
    this.#wholeAt.delete(account);
    this.#wholeAt.set(account, wholeAt);
    return 0;
  }

  /** The two that did nothing for longest, if they made up for it: faster than new ones come. */
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
