/** The documents of an account in IndexedDB, with the cursors and the debts of their buckets. */
import type { BucketKey } from "@holdfast/protocol";

import type { ApplyOutcome, Cursor } from "../sync/apply-updates.ts";
import type { SyncStore } from "../sync/sync-store.ts";
import type { DocumentStore } from "./document-store.ts";
import { ask, type IndexedDbConnection } from "./indexed-db-connection.ts";
import {
  type DocumentRow,
  debtsOf,
  documentsOf,
  isSameCursor,
  putsOf,
  readCursor,
  rowsOf,
} from "./stored-bucket.ts";
import type { Topic, Watchers } from "./watchers.ts";

/** `tell` lets everybody know that watches a bucket's documents. */
export function indexedDbDocuments(
  database: IndexedDbConnection,
  watchers: Watchers,
  tell: (topic: Topic) => void,
): DocumentStore {
  const move = async (
    bucket: BucketKey,
    from: Cursor | undefined,
    to: Cursor,
    rows: readonly DocumentRow[],
    isReplaced: boolean,
  ): Promise<ApplyOutcome> => {
    const outcome = await database.run("readwrite", ["cursors", "documents"], async (store) => {
      const stored = readCursor(await ask(store("cursors").get(bucket)));
      if (!isSameCursor(stored, from)) return { moved: stored };
      const documents = store("documents");
      if (isReplaced) {
        const keys = await ask(documents.index("bucket").getAllKeys(bucket));
        for (const key of keys) documents.delete(key);
      }
      for (const { id, text } of rows) {
        if (text === undefined) documents.delete([bucket, id]);
        else documents.put({ bucket, id, text });
      }
      store("cursors").put({ bucket, epoch: to.epoch, seq: to.seq });
      return undefined;
    });
    if (!outcome) tell(bucket);
    return outcome;
  };
  return {
    cursor: (bucket) =>
      database.run("readonly", ["cursors"], async (store) =>
        readCursor(await ask(store("cursors").get(bucket))),
      ),
    commit: async (bucket, from, to, changes) =>
      move(bucket, from, to, rowsOf(bucket, changes), false),
    replace: async (bucket, from, to, documents) =>
      move(bucket, from, to, rowsOf(bucket, putsOf(documents)), true),
    async documents(bucket) {
      const rows: DocumentRow[] = await database.run("readonly", ["documents"], (store) =>
        ask(store("documents").index("bucket").getAll(bucket)),
      );
      return documentsOf(rows);
    },
    watch: (bucket, changed) => watchers.watch(bucket, changed),
  };
}

export function indexedDbDebts(database: IndexedDbConnection): SyncStore {
  return {
    async debts() {
      const rows = await database.run("readonly", ["debts"], (store) =>
        ask(store("debts").getAll()),
      );
      return debtsOf(rows);
    },
    saveDebts: (owed, paid) =>
      database.run("readwrite", ["debts"], (store) => {
        for (const bucket of paid) store("debts").delete(bucket);
        for (const { bucket, epoch, head } of owed) store("debts").put({ bucket, epoch, head });
      }),
  };
}
