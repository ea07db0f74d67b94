/** What a durable client needs beside the options of every client. */
import type { BucketKindOf, Contract, DataOf } from "@holdfast/protocol";
import type { ClientStore } from "../stores/client-store.ts";
import type { DocumentHooks } from "../stores/document-hooks.ts";
import type { BucketHooks } from "../sync/apply-updates.ts";
import type { SyncPolicy } from "../sync/sync-policy.ts";
import type { TransactionDefinition } from "../transactions/transaction.ts";
import type { TransactionPolicy } from "../transactions/transaction-policy.ts";
import type { RealtimeOptions } from "./realtime-options.ts";

/** What an app does with its buckets, by kind. */
export type BucketHooksOf<C extends Contract> = {
  readonly [Kind in BucketKindOf<C>]?:
    | BucketHooks<DataOf<C, Kind>>
    | DocumentHooks<DataOf<C, Kind>>;
};

/**
 * Every option of a durable client. Those that cannot work make its constructor throw
 * `OptionsError`.
 */
export interface DurableOptions<C extends Contract = Contract> extends RealtimeOptions<C> {
  /** Where transactions, debts and documents are kept: memory, IndexedDB or SQLite. */
  readonly store: ClientStore;
  /**
   * Every kind of transaction that this app makes, and those that an earlier version of it may have
   * left in the store. Each has a name of its own. Default: none.
   */
  readonly transactions?: readonly TransactionDefinition[];
  /**
   * The hooks of each kind of bucket. What one throws is shown in the bucket's state, told to
   * `onFault` where it is given, and tried again. With them buckets are caught up also while nobody
   * has them open. Default: none; then each `open` brings its own.
   */
  readonly buckets?: BucketHooksOf<C>;
  /** Numbers of transactions that differ from the defaults. */
  readonly transactionPolicy?: Partial<TransactionPolicy>;
  /** Numbers of sync that differ from the defaults. */
  readonly syncPolicy?: Partial<SyncPolicy>;
}
