/**
 * The store of whoever is signed in. Everything that belongs to an account lives and goes with it:
 * when the user changes, the old account's store is left before the new one's is opened, and what
 * comes of the old one late concerns nobody (L18, L41).
 */
import { reportUncaught } from "../base/errors.ts";
import { Scope } from "../base/scope.ts";
import { Cell, type Source } from "../base/source.ts";
import type { AccountStore, ClientStore } from "../stores/client-store.ts";
import { StoreError } from "../stores/store-error.ts";

export interface AccountScopeOptions {
  readonly store: ClientStore;
  /** Somebody is signed in; `opened` opens the store. */
  readonly onEnter: () => void;
  /** The account is left; its store is closed after this. */
  readonly onLeave: () => void;
}

export class AccountScope {
  readonly #options: AccountScopeOptions;
  readonly #current = new Cell<AccountStore | undefined>(undefined);
  #account: string | null = null;
  #opened: Promise<AccountStore> | undefined;
  /** Closed when the account is left. */
  #scope = new Scope();
  /** Closing what was open; the next store waits for it, for it may be the same again. */
  #closing: Promise<void> = Promise.resolve();

  constructor(options: AccountScopeOptions) {
    this.#options = options;
  }

  /** The open store; undefined while nobody is signed in or it is not open yet. */
  get current(): Source<AccountStore | undefined> {
    return this.#current;
  }

  /** This is the user now; null: nobody. */
  enter(account: string | null): void {
    if (account === this.#account) return;
    if (this.#account !== null) this.#options.onLeave();
    this.#scope.close();
    this.#account = account;
    this.#opened = undefined;
    if (account === null) return;
    this.#scope = new Scope();
    this.#options.onEnter();
  }

  /**
   * The store of the account, opened now or, when that failed, again. Rejects once the account is
   * left, and when there is none.
   */
  opened(): Promise<AccountStore> {
    if (this.#opened) return this.#opened;
    const opened = this.#open(this.#account, this.#scope);
    this.#opened = opened;
    opened.catch(() => {
      if (this.#opened === opened) this.#opened = undefined;
    });
    return opened;
  }

  /** Resolves when nothing is held any more; a store that is being opened is waited for. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.enter(null);
    // Why it did not open, whoever asked for it was told.
    await opened?.catch(() => {});
    return this.#closing;
  }

  /** A store that opens when its account has been left is closed, and rejects. */
  async #open(account: string | null, scope: Scope): Promise<AccountStore> {
    const heedLeaving = (): void => {
      if (scope.isClosed) throw new StoreError("closed");
    };
    await this.#closing;
    heedLeaving();
    if (account === null) throw new StoreError("closed");
    const store = await this.#options.store.open(account);
    scope.defer(() => this.#close(store));
    heedLeaving();
    scope.defer(() => this.#current.set(undefined));
    this.#current.set(store);
    return store;
  }

  /** A fault of closing is nobody's state; it is shown as what it is. */
  #close(store: AccountStore): void {
    const before = this.#closing;
    const close = async (): Promise<void> => {
      await Promise.all([before, store.close()]);
    };
    this.#closing = close().catch(reportUncaught);
  }
}
