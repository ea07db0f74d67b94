/**
 * How many handlers of each account run on although their sessions have ended. A session bounds its
 * own; without this, an account could run any number of them by dropping sessions and dialing anew.
 */
export class AbandonedCalls {
  readonly #max: number;
  /** Only accounts that have some. */
  readonly #byAccount = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** May the account begin no more? */
  isFull(account: string): boolean {
    const count = this.#byAccount.get(account);
    return count !== undefined && count >= this.#max;
  }

  /** A session has ended while so many of its handlers ran. */
  left(account: string, count: number): void {
    if (count > 0) this.#byAccount.set(account, (this.#byAccount.get(account) ?? 0) + count);
  }

  /** One of them has ended. */
  ended(account: string): void {
    const count = this.#byAccount.get(account) ?? 0;
    if (count > 1) this.#byAccount.set(account, count - 1);
    else this.#byAccount.delete(account);
  }
}
