import { expect, test } from "vitest";

import { documentHooks } from "../../src/stores/document-hooks.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { SnapshotContext, UpdateBatch } from "../../src/sync/apply-updates.ts";

type Data = { readonly say: string } | { readonly forget: number };

const batch = (from: number | undefined, to: number, data: readonly Data[]): UpdateBatch<Data> => ({
  bucket: "room:1",
  from: from === undefined ? undefined : { epoch: "e", seq: from },
  to: { epoch: "e", seq: to },
  updates: data.map((each, n) => ({ seq: (from ?? 0) + 1 + n, at: 0, data: each })),
  isLive: true,
});

const context: SnapshotContext = {
  bucket: "room:1",
  reason: "tooFarBehind",
  signal: new AbortController().signal,
};

test("updates become documents, together with the cursor (B41, L55)", async () => {
  const account = await memoryStore().open("a");
  const hooks = documentHooks<Data>({
    change: ({ seq, data }) =>
      "say" in data
        ? [{ type: "put", id: `${seq}`, document: data.say }]
        : [{ type: "delete", id: `${data.forget}` }],
  })(() => account.documents);
  expect(await hooks.cursor?.("room:1")).toBeUndefined();
  await hooks.apply(batch(undefined, 2, [{ say: "a" }, { say: "b" }]));
  await hooks.apply(batch(2, 4, [{ say: "c" }, { forget: 1 }]));
  expect(await hooks.cursor?.("room:1")).toEqual({ epoch: "e", seq: 4 });
  expect(await account.documents.documents("room:1")).toEqual([
    { id: "2", document: "b" },
    { id: "3", document: "c" },
  ]);
  expect(await hooks.apply(batch(2, 3, [{ say: "x" }]))).toEqual({ moved: { epoch: "e", seq: 4 } });
  expect(Object.keys(hooks)).toEqual(["cursor", "apply"]);
});

test("an update of an unknown kind stops the batch, and nothing is passed over (B40)", async () => {
  const account = await memoryStore().open("a");
  const hooks = documentHooks<Data>({
    change({ data }) {
      if ("say" in data) return [{ type: "put", id: "a", document: data.say }];
      throw new Error("unknown kind");
    },
  })(async () => account.documents);
  const apply = hooks.apply(batch(undefined, 2, [{ say: "a" }, { forget: 1 }]));
  await expect(apply).rejects.toThrow("unknown kind");
  expect(await hooks.cursor?.("room:1")).toBeUndefined();
  expect(await account.documents.documents("room:1")).toEqual([]);
});

test("a snapshot takes the place of everything, if the cursor is still the same (B39)", async () => {
  const account = await memoryStore().open("a");
  const hooks = documentHooks<Data>({
    from: "snapshot",
    change: () => [{ type: "put", id: "old", document: 1 }],
    async snapshot({ bucket }) {
      return { cursor: { epoch: "f", seq: 9 }, documents: [{ id: bucket, document: 2 }] };
    },
  })(() => account.documents);
  expect(hooks.from).toBe("snapshot");
  await hooks.apply(batch(undefined, 1, [{ say: "a" }]));
  const snapshot = await hooks.snapshot?.(context);
  expect(snapshot?.cursor).toEqual({ epoch: "f", seq: 9 });
  expect(await snapshot?.commit(undefined)).toEqual({ moved: { epoch: "e", seq: 1 } });
  expect(await snapshot?.commit({ epoch: "e", seq: 1 })).toBeUndefined();
  expect(await account.documents.documents("room:1")).toEqual([{ id: "room:1", document: 2 }]);
});
