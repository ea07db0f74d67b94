/**
 * The client of an app that also writes and reads offline: transactions and sync over the same
 * connection, with what must survive in a store. It wires them and decides nothing.
 */
import type { BucketKeyOf, Contract, DataOf } from "@holdfast/protocol";
import type { Cancel } from "../base/clock.ts";
import { assert, OptionsError } from "../base/errors.ts";
import { Scope } from "../base/scope.ts";
import type { Source } from "../base/source.ts";
import type { AccountStore } from "../stores/client-store.ts";
import type { DocumentStore } from "../stores/document-store.ts";
import type { BucketHandle } from "../sync/bucket-handle.ts";
import type { BucketState } from "../sync/bucket-state.ts";
import type { SyncActivity } from "../sync/sync-activity.ts";
import type {
  PendingTransaction,
  TransactArguments,
  TransactionDefinition,
  TransactionHandle,
} from "../transactions/transaction.ts";
import type { TransactionTrouble } from "../transactions/transaction-model.ts";
import { combined } from "./derived-source.ts";
import type { DurableOptions } from "./durable-options.ts";
import { DurableParts } from "./durable-parts.ts";
import { RealtimeClient } from "./realtime-client.ts";
import { connectionStateOf, type RealtimeConnectionState } from "./realtime-connection-state.ts";
import type { SubscriptionState, UpdateListener } from "./update-subscriptions.ts";

/**
 * A client of an app that also writes and reads offline: `transact` for what its user does,
 * `bucket` for what happens. Making it has no effect; `start` opens the store and connects.
 */
export class DurableClient<C extends Contract = Contract> extends RealtimeClient<C> {
  readonly #options: DurableOptions<C>;
  readonly #durable: DurableParts;
  readonly #lifetime = new Scope();
  readonly #fullState: Source<RealtimeConnectionState>;
  #isStarted = false;
  #resolveClosed: () => void = () => {};

  /** Resolves when the client was closed and its store holds nothing any more. */
  readonly closed: Promise<void> = new Promise((resolve) => (this.#resolveClosed = resolve));

  /** Throws `OptionsError` when an option cannot work. */
  constructor(options: DurableOptions<C>) {
    let made: DurableParts | undefined;
    super(options, (parts) => {
      made = new DurableParts(options, parts);
      return made.session.speech;
    });
    this.#options = options;
    assert(made, "no parts");
    this.#durable = made;
    this.#fullState = combined(this.connection, this.#durable.sync.isUpdating, connectionStateOf);
  }

  /** As in every client; `updating` while something that was missed is being brought. */
  override get state(): Source<RealtimeConnectionState> {
    return this.#fullState;
  }

  /** What is shown before it is confirmed, in the order of the queue; for `withPending`. */
  get pending(): Source<readonly PendingTransaction[]> {
    return this.#durable.transactions.pending;
  }

  /** What is stored and cannot be used, and whether the store fails. */
  get trouble(): Source<TransactionTrouble> {
    return this.#durable.transactions.trouble;
  }

  /** How much of sync waits, is fetched and is applied. */
  get activity(): Source<SyncActivity> {
    return this.#durable.sync.activity;
  }

  /** The store of whoever is signed in; undefined while nobody is, or it is not open yet. */
  get accountStore(): Source<AccountStore | undefined> {
    return this.#durable.account.current;
  }

  /**
   * The documents of whoever is signed in, as soon as their store is open. Rejects with a
   * `StoreError` when the platform refuses, and when nobody is signed in.
   */
  async documents(): Promise<DocumentStore> {
    const { documents } = await this.#durable.account.opened();
    return documents;
  }

  override start(): void {
    super.start();
    // Whoever hears of the start may have closed it.
    if (this.#isStarted || this.#lifetime.isClosed) return;
    this.#isStarted = true;
    // After the connection has heard of the user, so that nothing of one goes over the session of
    // another.
    const { identity } = this.#options.credentials;
    const { account, transactions } = this.#durable;
    this.#lifetime.defer(identity.subscribe((user) => account.enter(user || null)));
    let isFrozen = false;
    const heed = (notFrozen: boolean): void => {
      if (isFrozen !== notFrozen) return;
      isFrozen = !notFrozen;
      if (isFrozen) transactions.freeze();
      else transactions.thaw();
    };
    const { connection } = this;
    this.#lifetime.defer(connection.subscribe(({ constraints }) => heed(constraints.notFrozen)));
  }
  /**
   * Ends everything. Transactions that have not ended reject with `closed`, and go on when their
   * account is opened again. `closed` resolves when the store is closed too. Final.
   */
  override close(): void {
    const { account, sync, transactions } = this.#durable;
    this.#lifetime.close();
    transactions.close();
    sync.close();
    super.close();
    void account.close().then(this.#resolveClosed);
  }

  /**
   * Makes a transaction: it shows at once, is stored, and reaches the server exactly once, now or
   * when there is a connection, also after a reload. Throws `OptionsError` for a definition that is
   * not among `transactions`, for a `lane` function that throws, and for options of the wrong type;
   * all else is told by the handle.
   */
  transact<Input, Output>(
    definition: TransactionDefinition<Input, Output>,
    ...args: TransactArguments<Input>
  ): TransactionHandle<Output> {
    return this.#durable.transactions.transact(definition, ...args);
  }

  /**
   * Takes back one of `pending`, if that is still possible: for those that were made before a
   * reload, and have no handle any more. `pending` and the definition's `onFailure` tell.
   */
  cancelPending(id: string): void {
    this.#durable.transactions.cancel(id);
  }

  /** A bucket that is kept up to date, across sessions, once it is opened. */
  bucket<K extends BucketKeyOf<C>>(bucket: K): BucketHandle<DataOf<C, K>> {
    const handle = this.#durable.sync.bucket(bucket) as BucketHandle<DataOf<C, K>>;
    return {
      ...handle,
      open: (options) => {
        if (this.#durable.parts.updates.has(bucket)) throw new OptionsError(TWICE);
        return handle.open(options);
      },
    };
  }

  /** How every bucket stands that is open, in debt or looked at: for tools, as the inspector is. */
  bucketStates(): ReadonlyMap<string, BucketState> {
    return this.#durable.sync.states();
  }

  /**
   * As in every client, for buckets that are not open: each is either heard live or kept. One that
   * is kept without being open, because the server named it or since it is in debt, is heard from
   * now on, and kept again from the first session after that.
   */
  override subscribe<K extends BucketKeyOf<C>>(
    bucket: K,
    listener: UpdateListener<DataOf<C, K>>,
    onState?: (state: SubscriptionState) => void,
  ): Cancel {
    if (this.#durable.sync.isOpen(bucket)) throw new OptionsError(TWICE);
    this.#durable.sync.giveUp(bucket);
    return super.subscribe(bucket, listener, onState);
  }

  /**
   * Deletes everything that is stored of an account, what has not been sent included. Best after it
   * has signed out: what is on its way cannot be taken back, and what still waits here may be sent
   * once more, or ends with `outcomeUnknown` when the queue next looks at the store.
   */
  forgetAccount(account: string): Promise<void> {
    return this.#options.store.forget(account);
  }
}

const TWICE = "A bucket is either opened or subscribed to.";
