/** What stores keep of buckets: cursors, debts and documents, and how they read them back. */
import type { BucketKey } from "@holdfast/protocol";

import type { Cursor } from "../sync/apply-updates.ts";
import type { BucketDebt } from "../sync/sync-store.ts";
import type { DocumentChange, StoredDocument } from "./document-store.ts";
import { StoreError } from "./store-error.ts";
import { checkNames, readText, textOf } from "./stored-text.ts";

/** A stored document as text. */
export interface DocumentRow {
  readonly id: string;
  /** Undefined: there shall be none. */
  readonly text: string | undefined;
}

/** Changes as they are written. Throws a `StoreError` for what cannot be, before any is made. */
export function rowsOf(bucket: BucketKey, changes: readonly DocumentChange[]): DocumentRow[] {
  checkNames(bucket);
  return changes.map((change) => {
    checkNames(change.id);
    return {
      id: change.id,
      text: change.type === "put" ? textOf(change.document) : undefined,
    };
  });
}

/** The changes that make these documents. */
export function putsOf(documents: readonly StoredDocument[]): DocumentChange[] {
  return documents.map(({ id, document }) => ({ type: "put", id, document }));
}

/**
 * Stored documents, by id in ascending order. Throws `corrupt` when one cannot be read: leaving it
 * out would look as if it had been deleted.
 */
export function documentsOf(rows: readonly DocumentRow[]): StoredDocument[] {
  return rows
    .map(({ id, text }) => {
      const document = readText(text);
      if (document === undefined) throw new StoreError("corrupt");
      return { id, document };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A stored cursor. One that cannot be read is none: the bucket then begins anew. */
export function readCursor(row: unknown): Cursor | undefined {
  const { epoch, seq } = (row ?? {}) as Partial<Cursor>;
  return typeof epoch === "string" && Number.isSafeInteger(seq)
    ? { epoch, seq: seq as number }
    : undefined;
}

/** Do both say the same? */
export function isSameCursor(a: Cursor | undefined, b: Cursor | undefined): boolean {
  return a?.epoch === b?.epoch && a?.seq === b?.seq;
}

/** The debts that can be read. */
export function debtsOf(rows: readonly unknown[]): BucketDebt[] {
  return (rows as readonly BucketDebt[]).flatMap(({ bucket, epoch, head }) =>
    typeof bucket === "string" && typeof epoch === "string" && Number.isSafeInteger(head)
      ? [{ bucket, epoch, head }]
      : [],
  );
}
