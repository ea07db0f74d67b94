/**
 * The store of whoever is signed in. Everything that belongs to an account lives and goes with it:
 * when the user changes, the old account's store is left before the new one's is opened, and what
 * comes of the old one late concerns nobody (L18, L41).
 */
import type { Clock } from "../base/clock.ts";
import { reportUncaught } from "../base/errors.ts";
import { Scope } from "../base/scope.ts";
import { Cell, type Source } from "../base/source.ts";
import type { AccountStore, ClientStore } from "../stores/client-store.ts";

/** How long after a failure the store is opened anew, in milliseconds. */
export const STORE_RETRY_MS = 5_000;

export interface AccountScopeOptions {
  readonly store: ClientStore;
  readonly clock: Clock;
  /** The account has a user, and no store yet: its parts wait. */
  readonly onEnter: () => void;
  readonly onOpen: (store: AccountStore) => void;
  /** The store cannot be opened just now. It is tried again. */
  readonly onFailure: (error: unknown) => void;
  /** The account is left; its store is closed when this returns. */
  readonly onLeave: () => void;
}

export class AccountScope {
  readonly #options: AccountScopeOptions;
  readonly #current = new Cell<AccountStore | undefined>(undefined);
  #account: string | null = null;
  /** Closed when the account is left. */
  #scope = new Scope();
  /** Closing what was open; the next store waits for it, for it may be the same again. */
  #closing: Promise<void> = Promise.resolve();

  constructor(options: AccountScopeOptions) {
    this.#options = options;
  }

  /** The open store; undefined while nobody is signed in or it is being opened. */
  get current(): Source<AccountStore | undefined> {
    return this.#current;
  }

  /** This is the user now; null: nobody. */
  enter(account: string | null): void {
    if (account === this.#account) return;
    if (this.#account !== null) this.#options.onLeave();
    this.#scope.close();
    this.#account = account;
    if (account === null) return;
    const scope = (this.#scope = new Scope());
    this.#options.onEnter();
    void this.#open(account, scope);
  }

  /** Resolves when nothing is held any more. */
  close(): Promise<void> {
    this.enter(null);
    return this.#closing;
  }

  async #open(account: string, scope: Scope): Promise<void> {
    const { store, clock, onOpen, onFailure } = this.#options;
    await this.#closing;
    let opened: AccountStore;
    try {
      if (scope.signal.aborted) return;
      opened = await store.open(account);
    } catch (error) {
      if (scope.signal.aborted) return;
      onFailure(error);
      const again = (): void => void this.#open(account, scope);
      return scope.defer(clock.at(clock.now() + STORE_RETRY_MS, again));
    }
    scope.defer(() => this.#close(opened));
    if (scope.signal.aborted) return;
    onOpen(opened);
    this.#current.set(opened);
    scope.defer(() => this.#current.set(undefined));
  }

  /** A fault of closing is nobody's state; it is shown as what it is. */
  #close(store: AccountStore): void {
    this.#closing = Promise.all([this.#closing, store.close()]).then(() => {}, reportUncaught);
  }
}
