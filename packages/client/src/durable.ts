/**
 * The client with transactions and sync. Apps that only make calls and hear live updates take the
 * plain client, and do not pay for this.
 */
export { bucketContents } from "./realtime/bucket-contents.ts";
export type { BucketContents, ContentsOwner } from "./realtime/bucket-contents.ts";
export { DurableClient } from "./realtime/durable-client.ts";
export type { BucketHooksOf, DurableOptions } from "./realtime/durable-options.ts";
export type { AccountStore, ClientStore } from "./stores/client-store.ts";
export { documentHooks } from "./stores/document-hooks.ts";
export type {
  DocumentHookOptions,
  DocumentHooks,
  DocumentSnapshot,
} from "./stores/document-hooks.ts";
export type { DocumentChange, DocumentStore, StoredDocument } from "./stores/document-store.ts";
export { StoreError } from "./stores/store-error.ts";
export type { StoreErrorKind } from "./stores/store-error.ts";
export type {
  ApplyOutcome,
  BucketHooks,
  Cursor,
  Snapshot,
  SnapshotContext,
  SnapshotReason,
  UpdateBatch,
} from "./sync/apply-updates.ts";
export type { BucketHandle, OpenBucket, OpenBucketOptions } from "./sync/bucket-handle.ts";
export type { BucketPhase, BucketState } from "./sync/bucket-state.ts";
export type { SyncActivity } from "./sync/sync-activity.ts";
export { SyncError } from "./sync/sync-error.ts";
export type { SyncErrorKind } from "./sync/sync-error.ts";
export { DEFAULT_SYNC_POLICY } from "./sync/sync-policy.ts";
export type { SyncPolicy } from "./sync/sync-policy.ts";
export type { BucketDebt, SyncStore } from "./sync/sync-store.ts";
export { withPending } from "./transactions/optimism.ts";
export { TransactionError } from "./transactions/transaction-error.ts";
export type { TransactionErrorKind } from "./transactions/transaction-error.ts";
export type { TransactionPhase } from "./transactions/transaction-event.ts";
export type { TransactionTrouble } from "./transactions/transaction-model.ts";
export { DEFAULT_TRANSACTION_POLICY } from "./transactions/transaction-policy.ts";
export type { TransactionPolicy } from "./transactions/transaction-policy.ts";
export type { TransactionRecord } from "./transactions/transaction-record.ts";
export type {
  Claim,
  SetAside,
  TransactionChange,
  TransactionOutcome,
  TransactionStore,
} from "./transactions/transaction-store.ts";
export { defineTransaction } from "./transactions/transaction.ts";
export type {
  PendingTransaction,
  TransactArguments,
  TransactionDefinition,
  TransactionHandle,
  TransactionOptions,
  TransactOptions,
} from "./transactions/transaction.ts";
