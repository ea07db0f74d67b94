/** Makes the hooks of a kind of bucket out of a store of documents. */
import type { Update } from "@holdfast/protocol";

import { assert } from "../base/errors.ts";
import type { BucketHooks, Cursor, Snapshot, SnapshotContext } from "../sync/apply-updates.ts";
import type { DocumentChange, DocumentStore, StoredDocument } from "./document-store.ts";

/** The documents of a bucket as of `cursor`: the server read both in one transaction. */
export interface DocumentSnapshot {
  readonly cursor: Cursor;
  readonly documents: readonly StoredDocument[];
}

/** What an app says about the documents of a kind of bucket. */
export interface DocumentHookOptions<Data = unknown> {
  /**
   * What an update changes; nothing for an update of no interest. It throws for an update of a
   * kind that it does not know: the bucket then stops, instead of passing over something.
   */
  change(update: Update & { readonly data: Data }): readonly DocumentChange[];
  /** Fetches the bucket, usually by a call. Without it a bucket too far behind stops. */
  snapshot?(context: SnapshotContext): Promise<DocumentSnapshot>;
  /** As in {@link BucketHooks}. */
  readonly from?: "start" | "snapshot" | "now";
}

/** The hooks that keep a bucket's documents and its cursor together in `store`. */
export function documentHooks<Data = unknown>(
  store: () => DocumentStore | Promise<DocumentStore>,
  options: DocumentHookOptions<Data>,
): BucketHooks<Data> {
  const snapshot = async (context: SnapshotContext): Promise<Snapshot> => {
    const taken = await options.snapshot?.(context);
    assert(taken, "There is a snapshot where there is the hook.");
    const { cursor, documents } = taken;
    return {
      cursor,
      commit: async (known) => (await store()).replace(context.bucket, known, cursor, documents),
    };
  };
  return {
    cursor: async (bucket) => (await store()).cursor(bucket),
    async apply({ bucket, from, to, updates }) {
      const changes = updates.flatMap((update) => options.change(update));
      return (await store()).commit(bucket, from, to, changes);
    },
    ...(options.snapshot && { snapshot }),
    ...(options.from && { from: options.from }),
  };
}
