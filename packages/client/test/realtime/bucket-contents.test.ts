/** Stored and pending as one value: whatever comes first, nothing is missing in between. */
import { bucket, call, defineContract } from "@holdfast/protocol";
import { linkedPair } from "@holdfast/testing";
import { describe, expect, test } from "vitest";
import { Cell } from "../../src/base/source.ts";
import { bucketContents, type BucketContents } from "../../src/realtime/bucket-contents.ts";
import { documentHooks } from "../../src/stores/document-hooks.ts";
import type { AccountStore } from "../../src/stores/client-store.ts";
import type { DocumentStore, StoredDocument } from "../../src/stores/document-store.ts";
import { StoreError } from "../../src/stores/store-error.ts";
import { withPending } from "../../src/transactions/optimism.ts";
import { defineTransaction, type PendingTransaction } from "../../src/transactions/transaction.ts";

/** A store whose readings end when the test says so. */
class SlowStore {
  readonly readings: {
    readonly give: (...ids: string[]) => Promise<void>;
    readonly refuse: (error: Error) => Promise<void>;
  }[] = [];
  readonly watches = new Set<() => void>();
  readonly account: AccountStore;

  constructor() {
    const documents = {
      documents: () =>
        new Promise<readonly StoredDocument[]>((resolve, reject) => {
          this.readings.push({
            give: async (...ids) => {
              resolve(ids.map((id) => ({ id, document: { id } })));
              await settled();
            },
            refuse: async (error) => {
              reject(error);
              await settled();
            },
          });
        }),
      watch: (_: string, changed: () => void) => {
        this.watches.add(changed);
        return () => void this.watches.delete(changed);
      },
    };
    this.account = { documents: documents as unknown as DocumentStore } as AccountStore;
  }

  changed(): void {
    for (const watch of this.watches) watch();
  }
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await Promise.resolve();
}

function pendingOf(...ids: string[]): PendingTransaction[] {
  return ids.map((id) => ({ id, name: "x", input: id, createdAt: 0, phase: "queued" }));
}

function watched() {
  const store = new SlowStore();
  const accountStore = new Cell<AccountStore | undefined>(store.account);
  const pending = new Cell<readonly PendingTransaction[]>([]);
  const source = bucketContents({ accountStore, pending }, "room:1");
  const values: BucketContents[] = [];
  const cancel = source.subscribe((value) => values.push(value));
  const shown = (): string => {
    const { documents, pending: waiting } = source.current;
    const ids = (list: readonly { id: string }[]): string => list.map(({ id }) => id).join(" ");
    return `${documents ? ids(documents) : "?"} | ${ids(waiting)}`;
  };
  return { store, accountStore, pending, source, values, cancel, shown };
}

describe("what is shown", () => {
  test("nothing is told to be stored before it was read", async () => {
    const { store, shown } = watched();
    expect(shown()).toBe("? | ");
    await store.readings[0]?.give();
    expect(shown()).toBe(" | ");
  });

  test("what ended stays among the pending until what is stored has been read again", async () => {
    const { store, pending, shown } = watched();
    await store.readings[0]?.give("1");
    pending.set(pendingOf("a", "b", "c"));
    expect(shown()).toBe("1 | a b c");
    pending.set(pendingOf("a", "c", "d"));
    expect(shown()).toBe("1 | a b c d");
    await store.readings[1]?.give("1", "b");
    expect(shown()).toBe("1 b | a c d");
  });

  test("a reading that began before it ended does not take it away", async () => {
    const { store, pending, shown } = watched();
    pending.set(pendingOf("a"));
    pending.set([]);
    await store.readings[0]?.give();
    expect(shown()).toBe(" | a");
    await store.readings[1]?.give("a");
    expect(shown()).toBe("a | ");
  });

  test("a phase that changes is shown at once", async () => {
    const { store, pending, source } = watched();
    await store.readings[0]?.give();
    pending.set(pendingOf("a"));
    pending.set(pendingOf("a").map((one) => ({ ...one, phase: "inFlight" as const })));
    expect(source.current.pending[0]?.phase).toBe("inFlight");
    expect(store.readings).toHaveLength(1);
  });

  test("changes that follow each other are read together, and what did not change is the same object", async () => {
    const { store, source, values } = watched();
    await store.readings[0]?.give("1", "2");
    const before = source.current.documents;
    store.changed();
    store.changed();
    store.changed();
    await store.readings[1]?.give("1", "2");
    expect(source.current.documents).toBe(before);
    await store.readings[2]?.give("1", "2", "3");
    expect(store.readings).toHaveLength(3);
    expect(source.current.documents?.[1]).toBe(before?.[1]);
    expect(values.map(({ documents }) => documents?.length)).toEqual([undefined, 2, 3]);
  });
});

describe("trouble", () => {
  test("a reading that fails says so, takes nothing away, and the next change is read", async () => {
    const { store, pending, source, shown } = watched();
    await store.readings[0]?.give("1");
    pending.set(pendingOf("a"));
    pending.set([]);
    await store.readings[1]?.refuse(new StoreError("failed"));
    expect(source.current.failure).toBeInstanceOf(StoreError);
    expect(shown()).toBe("1 | a");
    store.changed();
    await store.readings[2]?.give("1", "a");
    expect(source.current.failure).toBeUndefined();
    expect(shown()).toBe("1 a | ");
  });

  test("what is another account's is shown no moment longer, and its late reading not at all", async () => {
    const { store, accountStore, pending, shown } = watched();
    await store.readings[0]?.give("1");
    pending.set(pendingOf("a"));
    store.changed();
    pending.set([]);
    accountStore.set(undefined);
    expect(shown()).toBe("? | ");
    const other = new SlowStore();
    accountStore.set(other.account);
    await store.readings[1]?.give("1", "a");
    expect(shown()).toBe("? | ");
    expect([store.watches.size, other.watches.size]).toEqual([0, 1]);
    await other.readings[0]?.give("9");
    expect(shown()).toBe("9 | ");
  });

  test("nobody looks, and nothing is held", async () => {
    const { store, accountStore, pending, source, cancel } = watched();
    const second = source.subscribe(() => {});
    cancel();
    expect(store.watches.size).toBe(1);
    second();
    expect([store.watches.size, accountStore.subscriberCount, pending.subscriberCount]).toEqual([
      0, 0, 0,
    ]);
    await store.readings[0]?.give("1");
    expect(source.current.documents).toBeUndefined();
    expect(store.readings).toHaveLength(1);
    // Who looks again reads again, and is not shown what was.
    const third = source.subscribe(() => {});
    await store.readings[1]?.give("1");
    expect(source.current.documents).toHaveLength(1);
    third();
    expect(source.current.documents).toBeUndefined();
  });
});

describe("with a server", () => {
  const contract = defineContract({
    calls: { say: call<string, { readonly seq: number }>() },
    buckets: { room: bucket<string>() },
  });
  const say = defineTransaction(contract, "say", {
    lane: () => "room",
    effect: (said: readonly string[], { id, input }) =>
      said.some((line) => line.startsWith(id)) ? said : [...said, `${id} ${input}`],
  });

  test("what one says never goes away and comes back, not for a moment (T1)", async () => {
    const pair = linkedPair({
      contract,
      handlers: { say: (text, { commit }) => commit((tx) => tx.append("room:1", text)) },
      buckets: { room: { authorize: () => true } },
    });
    const { client } = pair.addDurableClient({
      transactions: [say],
      buckets: {
        room: documentHooks({
          change: ({ seq, key, data }) => [
            { type: "put", id: String(seq).padStart(9, "0"), document: `${key} ${data}` },
          ],
        }),
      },
    });
    client.bucket("room:1").open();
    const shown: string[] = [];
    const source = bucketContents(client, "room:1");
    const cancel = source.subscribe(({ documents = [], pending }) => {
      const confirmed = documents.map(({ document }) => String(document));
      const lines = withPending(confirmed, pending, [say]);
      shown.push(lines.map((line) => line.split(" ")[1]).join(""));
    });
    await pair.open();
    for (const text of ["a", "b", "c"]) {
      client.transact(say, text);
      await pair.clock.run(20);
    }
    pair.link.drop();
    client.transact(say, "d");
    await pair.clock.run(20_000);
    expect(client.pending.current).toEqual([]);
    expect([...new Set(shown)]).toEqual(["", "a", "ab", "abc", "abcd"]);
    expect(shown).toEqual(shown.toSorted((a, b) => a.length - b.length));
    cancel();
    await pair.close();
    expect(pair.clock.pending).toBe(0);
  });
});
