/** What the simulated app does with its buckets: documents by number, and snapshots by a call. */
import { documentHooks } from "@holdfast/client/durable";
import type { DocumentHooks, DurableClient } from "@holdfast/client/durable";

import type { AppContract, Note } from "./app-contract.ts";

/** `client` is asked late: it is made with these hooks. */
export function appHooks(client: () => DurableClient<AppContract>): {
  readonly list: DocumentHooks<Note>;
  readonly inbox: DocumentHooks<Note>;
} {
  const hooks = documentHooks<Note>({
    change: ({ seq, data }) => [{ type: "put", id: idOf(seq), document: data.wish }],
    async snapshot({ bucket, signal }) {
      const { epoch, seq, notes } = await client().call("list.snapshot", bucket, { signal });
      const documents = notes.map((note) => ({ id: idOf(note.seq), document: note.wish }));
      return { cursor: { epoch, seq }, documents };
    },
    from: "start",
  });
  return { list: hooks, inbox: hooks };
}

function idOf(seq: number): string {
  return String(seq).padStart(6, "0");
}
