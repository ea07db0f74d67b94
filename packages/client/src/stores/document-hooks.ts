/** Makes the hooks of a kind of bucket out of a store of documents. */
import type { Update } from "@holdfast/protocol";

import type { BucketHooks, Cursor, SnapshotContext } from "../sync/apply-updates.ts";
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
  readonly snapshot?: (context: SnapshotContext) => Promise<DocumentSnapshot>;
  /** As in {@link BucketHooks}. */
  readonly from?: "start" | "snapshot" | "now";
}

/** Hooks that are made once the client is there, for the documents of whoever is signed in. */
export type DocumentHooks<Data = unknown> = (
  documents: () => DocumentStore | Promise<DocumentStore>,
) => BucketHooks<Data>;

/** The hooks that keep the documents of a kind of bucket and their cursor together. */
export function documentHooks<Data = unknown>(
  options: DocumentHookOptions<Data>,
): DocumentHooks<Data> {
  const { snapshot, from } = options;
  return (documents) => ({
    cursor: async (bucket) => (await documents()).cursor(bucket),
    async apply({ bucket, from: known, to, updates }) {
      const changes = updates.flatMap((update) => options.change(update));
      return (await documents()).commit(bucket, known, to, changes);
    },
    ...(snapshot && {
      async snapshot(context) {
        const taken = await snapshot.call(options, context);
        return {
          cursor: taken.cursor,
          commit: async (known) =>
            (await documents()).replace(context.bucket, known, taken.cursor, taken.documents),
        };
      },
    }),
    ...(from && { from }),
  });
}
