/** What a client keeps over reloads, as one port: `memory`, `indexed-db` and `sqlite` bind it. */
import type { SyncStore } from "../sync/sync-store.ts";
import type { TransactionStore } from "../transactions/transaction-store.ts";
import type { DocumentStore } from "./document-store.ts";

/** One account's part. */
export interface AccountStore {
  readonly transactions: TransactionStore;
  readonly sync: SyncStore;
  /** Ready-made: the app's own documents, stored together with the cursors that they follow. */
  readonly documents: DocumentStore;
  /** Lets go of everything it holds; nothing stored is lost. Idempotent. */
  close(): Promise<void>;
}

/**
 * Where a durable client keeps what must survive, apart for each account. The ready-made ones are
 * in `/memory`, `/indexed-db` and `/sqlite`.
 */
export interface ClientStore {
  /** Opens an account's part, making it if need be. Rejects when the platform refuses. */
  open(account: string): Promise<AccountStore>;
  /** Deletes everything of an account. */
  forget(account: string): Promise<void>;
}
