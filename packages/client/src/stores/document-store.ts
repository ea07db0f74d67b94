/**
 * The port of a ready-made store of documents: a bucket's updates become puts and deletes of JSON
 * documents, committed together with the bucket's cursor. An app with a database of its own does
 * the same in its own `BucketHooks`.
 */
import type { BucketKey } from "@holdfast/protocol";
import type { Cancel } from "../base/clock.ts";
import type { ApplyOutcome, Cursor } from "../sync/apply-updates.ts";

/** A change of a bucket's documents. */
export type DocumentChange =
  | { readonly type: "put"; readonly id: string; readonly document: unknown }
  | { readonly type: "delete"; readonly id: string };

/** A document: JSON under an id that is unique in its bucket. */
export interface StoredDocument {
  readonly id: string;
  readonly document: unknown;
}

/** The documents of one account, by bucket. Every method rejects with a `StoreError`. */
export interface DocumentStore {
  /** Up to where a bucket is stored; undefined: nothing of it is. */
  cursor(bucket: BucketKey): Promise<Cursor | undefined>;
  /** Makes the changes and moves the cursor from `from` to `to`, in one transaction, or neither. */
  commit(
    bucket: BucketKey,
    from: Cursor | undefined,
    to: Cursor,
    changes: readonly DocumentChange[],
  ): Promise<ApplyOutcome>;
  /** The same, after deleting all documents of the bucket: for snapshots. */
  replace(
    bucket: BucketKey,
    from: Cursor | undefined,
    to: Cursor,
    documents: readonly StoredDocument[],
  ): Promise<ApplyOutcome>;
  /** All documents of a bucket, by id in ascending order. */
  documents(bucket: BucketKey): Promise<readonly StoredDocument[]>;
  /** Calls back after each commit to the bucket, in this tab or another. */
  watch(bucket: BucketKey, changed: () => void): Cancel;
}
