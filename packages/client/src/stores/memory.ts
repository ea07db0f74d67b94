/**
 * The store that forgets with its process: for apps that keep nothing, and for tests. Several
 * clients may share one store, as tabs share a database.
 */
import type { BucketKey } from "@holdfast/protocol";

import { type Clock, systemClock } from "../base/clock.ts";
import type { ApplyOutcome, Cursor } from "../sync/apply-updates.ts";
import type { BucketDebt, SyncStore } from "../sync/sync-store.ts";
import { OUTCOME_KEPT_MS, type TransactionStore } from "../transactions/transaction-store.ts";
import type { AccountStore, ClientStore } from "./client-store.ts";
import type { DocumentStore } from "./document-store.ts";
import { StoreError } from "./store-error.ts";
import { type DocumentRow, documentsOf, isSameCursor, putsOf, rowsOf } from "./stored-bucket.ts";
import { endOf, findRows, rowOf, type StoredRow } from "./stored-record.ts";
import { checkNames, textOf } from "./stored-text.ts";
import { type Topic, Watchers } from "./watchers.ts";

export { StoreError, type StoreErrorKind } from "./store-error.ts";

/** What a memory store can be given. */
export interface MemoryStoreOptions {
  /** Default: the platform's. */
  readonly clock?: Clock | undefined;
}

/** A store in memory: the account's part lives as long as this object. */
export function memoryStore({ clock = systemClock }: MemoryStoreOptions = {}): ClientStore {
  const accounts = new Map<string, Shelf>();
  return {
    async open(account) {
      checkNames(account);
      const shelf = accounts.get(account) ?? new Shelf();
      accounts.set(account, shelf);
      return memoryAccount(account, shelf, clock);
    },
    async forget(account) {
      accounts.get(account)?.clear();
    },
  };
}

/** What is kept for one account. */
class Shelf {
  readonly rows = new Map<string, StoredRow>();
  readonly outcomes = new Map<string, { readonly endedAt: number; readonly text: string }>();
  readonly debts = new Map<BucketKey, BucketDebt>();
  readonly cursors = new Map<BucketKey, Cursor>();
  readonly documents = new Map<BucketKey, Map<string, string>>();
  /** Owners that are awake. */
  readonly owners = new Set<string>();
  /** Those of each client that is open. */
  readonly watchers = new Set<Watchers>();

  clear(): void {
    this.rows.clear();
    this.outcomes.clear();
    this.debts.clear();
    this.cursors.clear();
    this.documents.clear();
  }
}

/** One client's view of a shelf. */
interface View {
  readonly account: string;
  /** Throws `closed` once the client has closed it. */
  readonly shelf: () => Shelf;
  readonly watchers: Watchers;
  readonly clock: Clock;
  readonly tell: (topic: Topic) => void;
}

function memoryAccount(account: string, shelf: Shelf, clock: Clock): AccountStore {
  const watchers = new Watchers();
  const claimed = new Set<string>();
  let isClosed = false;
  const view: View = {
    account,
    shelf() {
      if (isClosed) throw new StoreError("closed");
      return shelf;
    },
    watchers,
    clock,
    tell(topic) {
      for (const other of shelf.watchers)
        if (topic !== null || other !== watchers) other.tell(topic);
    },
  };
  shelf.watchers.add(watchers);
  const transactions = memoryTransactions(view, claimed);
  return {
    transactions,
    sync: memorySync(view),
    documents: memoryDocuments(view),
    async close() {
      for (const owner of claimed) transactions.release(owner);
      isClosed = true;
      watchers.clear();
      shelf.watchers.delete(watchers);
    },
  };
}

function memoryTransactions(view: View, claimed: Set<string>): TransactionStore {
  const { account, watchers, clock, tell } = view;
  return {
    async claim(owner) {
      const { rows, outcomes, owners } = view.shelf();
      owners.add(owner);
      claimed.add(owner);
      const keptFrom = clock.wallNow() - OUTCOME_KEPT_MS;
      for (const [id, { endedAt }] of outcomes) if (endedAt < keptFrom) outcomes.delete(id);
      const found = findRows(account, owner, [...rows.values()], (other) => !owners.has(other));
      for (const row of found.adopted) rows.set(row.id, row);
      if (found.adopted.length > 0) tell(null);
      return found.claim;
    },
    async write(owner, changes) {
      const { rows, outcomes } = view.shelf();
      const next = new Map<string, StoredRow | undefined>();
      const ended = new Map<string, { readonly endedAt: number; readonly text: string }>();
      const current = (id: string): StoredRow | undefined =>
        next.has(id) ? next.get(id) : rows.get(id);
      const lost: string[] = [];
      for (const change of changes) {
        const { id } = change.type === "remove" ? change : change.record;
        const isOwn = current(id)?.owner === owner;
        if (change.type === "add") {
          if (current(id)) throw new StoreError("failed");
          next.set(id, rowOf(account, owner, change.record));
        } else if (!isOwn) lost.push(id);
        else if (change.type === "put") next.set(id, rowOf(account, owner, change.record));
        else {
          next.set(id, undefined);
          const { outcome } = change;
          if (outcome) ended.set(id, { endedAt: outcome.endedAt, text: textOf(outcome) });
        }
      }
      for (const [id, row] of next) {
        if (row) rows.set(id, row);
        else rows.delete(id);
      }
      for (const [id, outcome] of ended) outcomes.set(id, outcome);
      if (ended.size > 0) tell(null);
      return lost;
    },
    async outcomes(ids) {
      const { rows, outcomes } = view.shelf();
      return ids.flatMap((id) => endOf(id, outcomes.get(id)?.text, rows.has(id)));
    },
    release(owner) {
      if (!claimed.delete(owner)) return;
      view.shelf().owners.delete(owner);
      tell(null);
    },
    watch: (changed) => watchers.watch(null, changed),
  };
}

function memorySync(view: View): SyncStore {
  return {
    debts: async () => [...view.shelf().debts.values()],
    async saveDebts(owed, paid) {
      const { debts } = view.shelf();
      for (const bucket of paid) debts.delete(bucket);
      for (const debt of owed) debts.set(debt.bucket, debt);
    },
  };
}

function memoryDocuments(view: View): DocumentStore {
  const move = (
    bucket: BucketKey,
    from: Cursor | undefined,
    to: Cursor,
    rows: readonly DocumentRow[],
    isReplaced: boolean,
  ): ApplyOutcome => {
    const { cursors, documents } = view.shelf();
    const stored = cursors.get(bucket);
    if (!isSameCursor(stored, from)) return { moved: stored };
    const kept = documents.get(bucket) ?? new Map<string, string>();
    documents.set(bucket, kept);
    if (isReplaced) kept.clear();
    for (const { id, text } of rows) {
      if (text === undefined) kept.delete(id);
      else kept.set(id, text);
    }
    cursors.set(bucket, to);
    view.tell(bucket);
  };
  return {
    cursor: async (bucket) => view.shelf().cursors.get(bucket),
    commit: async (bucket, from, to, changes) =>
      move(bucket, from, to, rowsOf(bucket, changes), false),
    replace: async (bucket, from, to, documents) =>
      move(bucket, from, to, rowsOf(bucket, putsOf(documents)), true),
    async documents(bucket) {
      const kept = view.shelf().documents.get(bucket) ?? [];
      return documentsOf([...kept].map(([id, text]) => ({ id, text })));
    },
    watch: (bucket, changed) => view.watchers.watch(bucket, changed),
  };
}
