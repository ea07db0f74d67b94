/**
 * The store of browsers: IndexedDB keeps, Web Locks tell which tabs are awake, a BroadcastChannel
 * tells them of each other's changes. There is one database per account.
 */
/* oxlint-disable unicorn/prefer-add-event-listener -- Only `onmessage` starts a channel by itself. */
import { type Clock, systemClock } from "../base/clock.ts";
import { OptionsError } from "../base/errors.ts";
import type { AccountStore, ClientStore } from "./client-store.ts";
import { deleteDatabase, IndexedDbConnection } from "./indexed-db-connection.ts";
import { indexedDbDebts, indexedDbDocuments } from "./indexed-db-documents.ts";
import { indexedDbTransactions } from "./indexed-db-transactions.ts";
import { OwnerLocks } from "./owner-locks.ts";
import { StoreError } from "./store-error.ts";
import { checkNames } from "./stored-text.ts";
import { type Topic, Watchers } from "./watchers.ts";

export { StoreError, type StoreErrorKind } from "./store-error.ts";

/** Options of a store in IndexedDB. */
export interface IndexedDbStoreOptions {
  /** Tells apart the apps of one origin; it holds no colon. Default `"holdfast"`. */
  readonly name?: string | undefined;
  /** Default: the platform's. */
  readonly clock?: Clock | undefined;
}

/** What we use of a page's or worker's global scope. All of it may be missing. */
export interface IndexedDbGlobals {
  /** Without it `open` rejects with `unavailable`. */
  readonly indexedDB?: IDBFactory | undefined;
  /** Without `locks` a client takes over every record that it finds when it wakes. */
  readonly navigator?: { readonly locks?: LockManager | undefined } | undefined;
  /** Without it tabs learn of each other's changes only when they look. */
  readonly BroadcastChannel?: (new (name: string) => StoreChannel) | undefined;
}

/** What we use of a `BroadcastChannel`. */
export interface StoreChannel {
  onmessage: ((event: never) => void) | null;
  postMessage(topic: Topic): void;
  close(): void;
}

/**
 * A store in IndexedDB, as `<name>:<account>`. Transactions are written with durability `strict`;
 * documents and cursors, which the server has too, with the browser's default. Nothing is opened
 * before `open`, so it may be made where there is no IndexedDB.
 */
export function indexedDbStore(
  { name = "holdfast", clock = systemClock }: IndexedDbStoreOptions = {},
  globals: IndexedDbGlobals = globalThis,
): ClientStore {
  if (name.includes(":")) throw new OptionsError("The name of a store holds no colon.");
  const factory = (): IDBFactory => {
    const { indexedDB } = globals;
    if (!indexedDB) throw new StoreError("unavailable");
    return indexedDB;
  };
  return {
    async open(account) {
      checkNames(account);
      const title = `holdfast:${name}:${account}`;
      const database = new IndexedDbConnection(factory, title);
      await database.open();
      return accountStore(account, title, database, clock, globals);
    },
    forget: (account) => deleteDatabase(factory, `holdfast:${name}:${account}`),
  };
}

function accountStore(
  account: string,
  title: string,
  database: IndexedDbConnection,
  clock: Clock,
  { navigator, BroadcastChannel }: IndexedDbGlobals,
): AccountStore {
  const locks = new OwnerLocks(navigator?.locks, `${title}:`);
  const watchers = new Watchers();
  let channel = BroadcastChannel && new BroadcastChannel(title);
  if (channel) channel.onmessage = ({ data }: { readonly data: Topic }) => watchers.tell(data);
  const tell = (topic: Topic): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A channel has none.
    channel?.postMessage(topic);
    if (topic !== null) watchers.tell(topic);
  };
  return {
    transactions: indexedDbTransactions({
      account,
      database,
      locks,
      clock,
      tell: () => tell(null),
      watch: (changed) => watchers.watch(null, changed),
    }),
    sync: indexedDbDebts(database),
    documents: indexedDbDocuments(database, watchers, tell),
    async close() {
      locks.releaseAll();
      database.close();
      watchers.clear();
      tell(null);
      channel?.close();
      channel = undefined;
    },
  };
}
