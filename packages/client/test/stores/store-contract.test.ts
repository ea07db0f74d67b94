/** What every store promises. */
import { array, assert, asyncProperty, constantFrom, nat, record } from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { AccountStore } from "../../src/stores/client-store.ts";
import { textOf } from "../../src/stores/stored-text.ts";
import type { TransactionRecord } from "../../src/transactions/transaction-record.ts";
import {
  OUTCOME_KEPT_MS,
  type TransactionChange,
  type TransactionOutcome,
} from "../../src/transactions/transaction-store.ts";
import { sampleRecord } from "./support/sample-record.ts";
import {
  indexedDbWorld,
  memoryWorld,
  sqliteWorld,
  type StoreWorld,
  type WorldClient,
} from "./support/store-world.ts";

const worlds = [
  ["memory", memoryWorld],
  ["IndexedDB", () => indexedDbWorld()],
  ["SQLite", sqliteWorld],
] as const;

const add = (record: TransactionRecord): TransactionChange => ({ type: "add", record });
const put = (record: TransactionRecord): TransactionChange => ({ type: "put", record });
const idsOf = (records: readonly TransactionRecord[]): string[] => records.map(({ id }) => id);
/** Of what is stored no more, and left no outcome. */
const forgotten = (id: string): TransactionOutcome => ({
  id,
  endedAt: 0,
  phase: "failed",
});

const outcomeOf = (id: string, endedAt: number): TransactionOutcome => ({
  id,
  endedAt,
  phase: "failed",
  error: { kind: "rejected", code: "no", data: [1] },
});
const at = (seq: number, epoch = "e1"): { epoch: string; seq: number } => ({ epoch, seq });

describe.each(worlds)("a store in %s:", (_, makeWorld) => {
  let world: StoreWorld;
  let client: WorldClient;
  let store: AccountStore;
  const opened: AccountStore[] = [];

  const open = async (by: WorldClient = world.client(), account = "a"): Promise<AccountStore> => {
    const account1 = await by.store.open(account);
    opened.push(account1);
    return account1;
  };

  beforeEach(async () => {
    world = makeWorld();
    client = world.client();
    store = await open(client);
  });

  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
    expect(world.clock.pending).toBe(0);
    world.end();
  });

  describe("transactions", () => {
    test("what was written is there after a restart, in the order of the queue (L37, L40)", async () => {
      await store.transactions.claim("tab1");
      const full = sampleRecord("b", 1, {
        lane: "room",
        blockers: ["x"],
        phase: "cancelling",
        sentAt: 5,
        cancelledBy: "user",
        input: { nested: [null, "\0 \ud800 é", { toJSON: 1 }] },
      });
      await store.transactions.write("tab1", [
        add(sampleRecord("c", 30)),
        add(sampleRecord("a", 2)),
        add(full),
        add(sampleRecord("d", 2)),
      ]);
      await store.close();
      const again = await open(client);
      const { records, setAside } = await again.transactions.claim("tab2");
      expect(idsOf(records)).toEqual(["b", "a", "d", "c"]);
      expect(records[0]).toEqual({ ...full, owner: "tab2" });
      expect(setAside).toEqual([]);
    });

    test("a write is made whole or not at all", async () => {
      await store.transactions.claim("tab1");
      await store.transactions.write("tab1", [add(sampleRecord("a", 1))]);
      const changes = [
        add(sampleRecord("b", 2)),
        put(sampleRecord("a", 1, { attempts: 9 })),
        add(sampleRecord("a", 3)),
      ];
      await expect(store.transactions.write("tab1", changes)).rejects.toMatchObject({
        name: "StoreError",
        kind: "failed",
      });
      const { records } = await store.transactions.claim("tab1");
      expect(records).toEqual([sampleRecord("a", 1)]);
    });

    test("an input that is no JSON is refused before anything is written", async () => {
      await store.transactions.claim("tab1");
      const cyclic: unknown[] = [];
      cyclic.push(cyclic);
      const hostile: unknown = JSON.parse('{ "x": { "__proto__": { "admin": true } } }');
      for (const input of [1n, cyclic, hostile]) {
        const changes = [add(sampleRecord("a", 1)), add(sampleRecord("b", 1, { input }))];
        await expect(store.transactions.write("tab1", changes)).rejects.toMatchObject({
          kind: "failed",
        });
      }
      expect((await store.transactions.claim("tab1")).records).toEqual([]);
    });

    test("later changes of a write meet what the earlier ones made", async () => {
      await store.transactions.claim("tab1");
      const lost = await store.transactions.write("tab1", [
        add(sampleRecord("a", 1)),
        put(sampleRecord("a", 1, { attempts: 1 })),
        add(sampleRecord("b", 2)),
        { type: "remove", id: "b" },
        put(sampleRecord("b", 2)),
        add(sampleRecord("c", 3)),
        { type: "remove", id: "c" },
        add(sampleRecord("c", 4)),
      ]);
      expect(lost).toEqual(["b"]);
      const { records } = await store.transactions.claim("tab1");
      expect(records).toEqual([sampleRecord("a", 1, { attempts: 1 }), sampleRecord("c", 4)]);
    });

    test("an awake owner keeps its records; a dead one's are adopted (L39, L41)", async () => {
      const other = await open();
      await store.transactions.claim("tab1");
      await other.transactions.claim("tab2");
      await store.transactions.write("tab1", [add(sampleRecord("a", 1))]);
      expect((await other.transactions.claim("tab2")).records).toEqual([]);
      store.transactions.release("tab1");
      const { records, adopted } = await other.transactions.claim("tab2");
      expect(records).toEqual([sampleRecord("a", 1, { owner: "tab2" })]);
      expect([adopted, (await other.transactions.claim("tab2")).adopted]).toEqual([["a"], []]);
      // The first one wakes: what was its own is another's now.
      expect((await store.transactions.claim("tab1")).records).toEqual([]);
      const lost = await store.transactions.write("tab1", [
        put(sampleRecord("a", 1, { attempts: 5 })),
        { type: "remove", id: "a", outcome: outcomeOf("a", 1) },
        { type: "remove", id: "never" },
      ]);
      expect(lost).toEqual(["a", "a", "never"]);
      expect((await other.transactions.claim("tab2")).records).toEqual(records);
      expect(await store.transactions.outcomes(["a"])).toEqual([]);
    });

    test("of two that claim at once, one gets each record (B29)", async () => {
      const [left, right] = [await open(), await open()];
      await store.transactions.claim("tab1");
      const changes = Array.from({ length: 20 }, (_, n) => add(sampleRecord(`r${n}`, n)));
      await store.transactions.write("tab1", changes);
      await Promise.all([left.transactions.claim("tab2"), right.transactions.claim("tab3")]);
      store.transactions.release("tab1");
      const [one, two] = await Promise.all([
        left.transactions.claim("tab2"),
        right.transactions.claim("tab3"),
      ]);
      const all = [...idsOf(one.records), ...idsOf(two.records)];
      expect(all.toSorted()).toEqual(changes.map((_, n) => `r${n}`).toSorted());
    });

    test("an owner learns how its records ended that another adopted", async () => {
      const other = await open();
      await store.transactions.claim("tab1");
      await store.transactions.write("tab1", [
        add(sampleRecord("a", 1)),
        add(sampleRecord("b", 2)),
      ]);
      store.transactions.release("tab1");
      await other.transactions.claim("tab2");
      const heard = vi.fn<() => void>();
      store.transactions.watch(heard);
      const outcome = outcomeOf("a", world.clock.wallNow());
      await other.transactions.write("tab2", [{ type: "remove", id: "a", outcome }]);
      world.travel();
      expect(heard).toHaveBeenCalled();
      expect(await store.transactions.outcomes(["b", "a"])).toEqual([outcome]);
    });

    test("outcomes are kept for a day", async () => {
      await store.transactions.claim("tab1");
      const endedAt = world.clock.wallNow();
      await store.transactions.write("tab1", [
        add(sampleRecord("a", 1)),
        add(sampleRecord("b", 2)),
        { type: "remove", id: "a", outcome: outcomeOf("a", endedAt) },
        { type: "remove", id: "b", outcome: outcomeOf("b", endedAt + 1) },
      ]);
      world.clock.sleep(OUTCOME_KEPT_MS);
      await store.transactions.claim("tab1");
      expect(await store.transactions.outcomes(["a", "b"])).toHaveLength(2);
      world.clock.sleep(1);
      await store.transactions.claim("tab1");
      expect(await store.transactions.outcomes(["a", "b"])).toEqual([
        forgotten("a"),
        outcomeOf("b", endedAt + 1),
      ]);
    });

    test("others hear when an owner lets go, adopts or ends something, and not otherwise", async () => {
      const other = await open();
      await other.transactions.claim("tab2");
      await store.transactions.claim("tab1");
      const heard = vi.fn<() => void>();
      const stop = other.transactions.watch(heard);
      const own = vi.fn<() => void>();
      store.transactions.watch(own);
      await store.transactions.write("tab1", [
        add(sampleRecord("a", 1)),
        add(sampleRecord("b", 2)),
      ]);
      await store.transactions.claim("tab1");
      await store.transactions.write("tab1", [{ type: "remove", id: "b" }]);
      world.travel();
      expect(heard).not.toHaveBeenCalled();
      store.transactions.release("tab1");
      world.travel();
      expect(heard).toHaveBeenCalledTimes(1);
      expect(own).not.toHaveBeenCalled();
      await other.transactions.claim("tab2");
      world.travel();
      expect(own).toHaveBeenCalledTimes(1);
      stop();
      stop();
      await store.transactions.claim("tab1");
      store.transactions.release("tab1");
      world.travel();
      expect(heard).toHaveBeenCalledTimes(1);
    });

    test("accounts have nothing in common (L41)", async () => {
      const stranger = await open(client, "b");
      await store.transactions.claim("tab1");
      await store.transactions.write("tab1", [add(sampleRecord("a", 1))]);
      await store.close();
      expect((await stranger.transactions.claim("tab2")).records).toEqual([]);
      await stranger.transactions.write("tab2", [add(sampleRecord("a", 7))]);
      await stranger.documents.commit("x", undefined, at(1), []);
      const again = await open(client);
      expect(idsOf((await again.transactions.claim("tab3")).records)).toEqual(["a"]);
      expect(await again.documents.cursor("x")).toBeUndefined();
    });
  });

  describe("debts", () => {
    test("are replaced by bucket, and forgotten when paid (B44, L52)", async () => {
      const debt = (
        bucket: string,
        head: number,
      ): { bucket: string; epoch: string; head: number } => ({
        bucket,
        epoch: "e1",
        head,
      });
      await store.sync.saveDebts([debt("x", 1), debt("y", 2)], []);
      await store.sync.saveDebts([debt("x", 5)], ["y", "never"]);
      await store.close();
      const again = await open(client);
      expect(await again.sync.debts()).toEqual([debt("x", 5)]);
    });
  });

  describe("documents", () => {
    test("come with the cursor that they follow, by id (B41, L55)", async () => {
      expect(await store.documents.cursor("x")).toBeUndefined();
      await store.documents.commit("x", undefined, at(3), [
        { type: "put", id: "b", document: { n: 1 } },
        { type: "put", id: "a", document: null },
        { type: "put", id: "\ufb01", document: "" },
        { type: "put", id: "\u{1f600}", document: false },
        { type: "put", id: "gone", document: 1 },
        { type: "delete", id: "gone" },
        { type: "put", id: "b", document: [2] },
      ]);
      await store.documents.commit("y", undefined, at(1), [{ type: "put", id: "z", document: 0 }]);
      await store.close();
      const again = await open(client);
      expect(await again.documents.cursor("x")).toEqual(at(3));
      expect(await again.documents.documents("x")).toEqual([
        { id: "a", document: null },
        { id: "b", document: [2] },
        { id: "\u{1f600}", document: false },
        { id: "\ufb01", document: "" },
      ]);
    });

    test("a commit that begins elsewhere changes nothing, and says where to begin (B37, L48)", async () => {
      const change = [{ type: "put", id: "a", document: 1 }] as const;
      expect(await store.documents.commit("x", at(1), at(2), change)).toEqual({ moved: undefined });
      expect(await store.documents.commit("x", undefined, at(2), [])).toBeUndefined();
      for (const from of [undefined, at(1), at(2, "e2")]) {
        expect(await store.documents.commit("x", from, at(9), change)).toEqual({ moved: at(2) });
        expect(await store.documents.replace("x", from, at(9), [])).toEqual({ moved: at(2) });
      }
      expect(await store.documents.documents("x")).toEqual([]);
      expect(await store.documents.cursor("x")).toEqual(at(2));
    });

    test("of two tabs that commit the same batch, one does (B37)", async () => {
      const other = await open();
      const outcomes = await Promise.all(
        [store, other].map(({ documents }, n) =>
          documents.commit("x", undefined, at(1), [{ type: "put", id: `${n}`, document: n }]),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
      expect(await store.documents.documents("x")).toHaveLength(1);
    });

    test("a snapshot takes the place of everything in its bucket (B39)", async () => {
      await store.documents.commit("x", undefined, at(3), [{ type: "put", id: "a", document: 1 }]);
      await store.documents.commit("y", undefined, at(3), [{ type: "put", id: "a", document: 1 }]);
      await store.documents.replace("x", at(3), at(1, "e2"), [{ id: "b", document: 2 }]);
      expect(await store.documents.documents("x")).toEqual([{ id: "b", document: 2 }]);
      expect(await store.documents.documents("y")).toEqual([{ id: "a", document: 1 }]);
      expect(await store.documents.cursor("x")).toEqual(at(1, "e2"));
    });

    test("what is no JSON, or has no proper name, is refused whole", async () => {
      const good = { type: "put", id: "a", document: 1 } as const;
      const bad = [
        [{ type: "put", id: "b", document: undefined }],
        [{ type: "put", id: "b", document: 1n }],
        [{ type: "put", id: "b\0", document: 1 }],
        [{ type: "put", id: "b\ud800", document: 1 }],
      ] as const;
      for (const changes of bad) {
        const commit = store.documents.commit("x", undefined, at(1), [good, ...changes]);
        await expect(commit).rejects.toMatchObject({ kind: "failed" });
      }
      await expect(store.documents.commit("x\0", undefined, at(1), [good])).rejects.toThrow(
        "failed",
      );
      expect(await store.documents.documents("x")).toEqual([]);
      expect(await store.documents.cursor("x")).toBeUndefined();
    });

    test("every commit to a bucket is told, in this tab and in others (B50)", async () => {
      const other = await open();
      const [here, there, elsewhere] = [
        vi.fn<() => void>(),
        vi.fn<() => void>(),
        vi.fn<() => void>(),
      ];
      store.documents.watch("x", here);
      const stop = other.documents.watch("x", there);
      other.documents.watch("y", elsewhere);
      await store.documents.commit("x", undefined, at(1), []);
      expect(here).toHaveBeenCalledTimes(1);
      world.travel();
      expect(there).toHaveBeenCalledTimes(1);
      await store.documents.commit("x", undefined, at(5), []);
      world.travel();
      expect(there).toHaveBeenCalledTimes(1);
      await other.documents.replace("x", at(1), at(2), []);
      world.travel();
      expect(here).toHaveBeenCalledTimes(2);
      expect(there).toHaveBeenCalledTimes(2);
      stop();
      await store.documents.commit("x", at(2), at(3), []);
      world.travel();
      expect(there).toHaveBeenCalledTimes(2);
      expect(elsewhere).not.toHaveBeenCalled();
    });

    test("a caller's object is not the store's", async () => {
      const document = { list: [1] };
      await store.documents.commit("x", undefined, at(1), [{ type: "put", id: "a", document }]);
      document.list.push(2);
      const [first] = await store.documents.documents("x");
      expect(first?.document).toEqual({ list: [1] });
      (first as { document: typeof document }).document.list.push(3);
      expect((await store.documents.documents("x"))[0]?.document).toEqual({ list: [1] });
    });
  });

  describe("accounts", () => {
    test("one that is forgotten is empty, and the others are not (L41)", async () => {
      const stranger = await open(client, "b");
      for (const each of [store, stranger]) {
        await each.transactions.claim("tab1");
        await each.transactions.write("tab1", [
          add(sampleRecord("a", 1)),
          add(sampleRecord("b", 2)),
          { type: "remove", id: "b", outcome: outcomeOf("b", world.clock.wallNow()) },
        ]);
        await each.sync.saveDebts([{ bucket: "x", epoch: "e1", head: 3 }], []);
        await each.documents.commit("x", undefined, at(1), [{ type: "put", id: "a", document: 1 }]);
      }
      await client.store.forget("a");
      await client.store.forget("never");
      const contents = async (each: AccountStore): Promise<unknown[]> => [
        (await each.transactions.claim("tab1")).records.length,
        await each.transactions.outcomes(["a", "b"]),
        (await each.sync.debts()).length,
        (await each.documents.documents("x")).length,
        await each.documents.cursor("x"),
      ];
      const gone = [forgotten("a"), forgotten("b")];
      // One that is open goes on, empty.
      expect(await contents(store)).toEqual([0, gone, 0, 0, undefined]);
      const kept = outcomeOf("b", world.clock.wallNow());
      expect(await contents(stranger)).toEqual([1, [kept], 1, 1, at(1)]);
      const lost = await store.transactions.write("tab1", [put(sampleRecord("a", 1))]);
      expect(lost).toEqual(["a"]);
      await store.transactions.write("tab1", [add(sampleRecord("c", 1))]);
      await store.close();
      expect(await contents(await open(client))).toEqual([1, gone, 0, 0, undefined]);
    });

    test("a name that a store could cut is refused", async () => {
      for (const account of ["a\0b", "a\udc00"]) {
        await expect(client.store.open(account)).rejects.toMatchObject({ kind: "failed" });
      }
    });

    test("a closed one refuses everything, holds nothing and tells nothing", async () => {
      const other = await open();
      const heard = vi.fn<() => void>();
      store.transactions.watch(heard);
      store.documents.watch("x", heard);
      await store.transactions.claim("tab1");
      await store.transactions.write("tab1", [add(sampleRecord("a", 1))]);
      const left = vi.fn<() => void>();
      other.transactions.watch(left);
      await store.close();
      await store.close();
      world.travel();
      expect(left).toHaveBeenCalled();
      expect(idsOf((await other.transactions.claim("tab2")).records)).toEqual(["a"]);
      await other.documents.commit("x", undefined, at(1), []);
      world.travel();
      expect(heard).not.toHaveBeenCalled();
      store.transactions.release("tab1");
      store.transactions.watch(heard)();
      store.documents.watch("x", heard)();
      const refused = [
        () => store.transactions.claim("tab1"),
        () => store.transactions.write("tab1", []),
        () => store.transactions.outcomes([]),
        () => store.sync.debts(),
        () => store.sync.saveDebts([], []),
        () => store.documents.cursor("x"),
        () => store.documents.commit("x", undefined, at(1), []),
        () => store.documents.replace("x", undefined, at(1), []),
        () => store.documents.documents("x"),
      ];
      for (const act of refused) {
        await expect(act()).rejects.toMatchObject({ name: "StoreError", kind: "closed" });
      }
    });
  });

  test("any writes, in any order, do what a map would do", async () => {
    const id = constantFrom("a", "b", "c", "d");
    const change = record({
      type: constantFrom("add", "put", "remove"),
      id,
      order: nat(9),
    });
    const writes = array(array(change, { minLength: 1, maxLength: 4 }), { maxLength: 8 });
    let run = 0;
    await assert(
      asyncProperty(writes, async (batches) => {
        const account = await client.store.open(`run${run++}`);
        await account.transactions.claim("tab1");
        let model = new Map<string, TransactionRecord>();
        for (const batch of batches) {
          const next = new Map(model);
          const lost: string[] = [];
          let isRefused = false;
          for (const { type, id, order } of batch) {
            if (type === "add") {
              isRefused ||= next.has(id);
              next.set(id, sampleRecord(id, order));
            } else if (!next.has(id)) lost.push(id);
            else if (type === "put") next.set(id, sampleRecord(id, order));
            else next.delete(id);
          }
          const changes = batch.map(({ type, id, order }): TransactionChange =>
            type === "remove" ? { type, id } : { type, record: sampleRecord(id, order) },
          );
          const written = account.transactions.write("tab1", changes);
          if (isRefused) await expect(written).rejects.toThrow("failed");
          else {
            expect(await written).toEqual(lost);
            model = next;
          }
          const { records } = await account.transactions.claim("tab1");
          expect(new Map(records.map((record) => [record.id, record]))).toEqual(model);
        }
        await account.close();
      }),
      { numRuns: 40 },
    );
  });

  test("what cannot be read is set aside, reported, and in nobody's way", async () => {
    if (!world.plant) return; // Memory holds nothing that it did not write.
    const text = (fields: object, account = "a"): string =>
      textOf([account, { ...sampleRecord("x", 1), ...fields }]);
    const planted: readonly (readonly [id: string, text: string])[] = [
      ["notJson", "{"],
      ["notPair", "{}"],
      ["notRecord", '["a", null]'],
      ["foreign", text({ id: "foreign" }, "b")],
      ["otherId", text({ id: "x" })],
      ["otherType", text({ id: "otherType", order: "1" })],
      ["infinite", text({ id: "infinite", order: 77_777 }).replace("77777", "1e999")],
      ["noBlockers", text({ id: "noBlockers", blockers: undefined })],
      ["otherPhase", text({ id: "otherPhase", phase: "done" })],
      ["proto", text({ id: "proto", input: "!" }).replace('"!"', '{"__proto__":{"admin":true}}')],
      ["newer", text({ id: "newer", recordVersion: 2, order: undefined })],
      ["noVersion", text({ id: "noVersion", recordVersion: undefined })],
      ["good", text({ id: "good" })],
    ];
    for (const [id, row] of planted) await world.plant({ id, owner: "dead", text: row });
    const expected = planted
      .map(([id]) => ({ id, reason: id === "newer" ? "version" : "corrupt" }))
      .filter(({ id }) => id !== "good");
    const claim = await store.transactions.claim("tab1");
    expect(idsOf(claim.records)).toEqual(["good"]);
    expect(claim.setAside).toHaveLength(expected.length);
    expect(claim.setAside).toEqual(expect.arrayContaining(expected));
    // They stay where they are, and are nobody's: the next one finds them as well.
    store.transactions.release("tab1");
    const next = await store.transactions.claim("tab2");
    expect(next.setAside).toHaveLength(expected.length);
    expect(idsOf(next.records)).toEqual(["good"]);
    expect(Object.prototype).not.toHaveProperty("admin");
  });

  test("a document that cannot be read is an error, not a document that is missing", async () => {
    if (!world.plantDocument) return;
    await store.documents.commit("x", undefined, at(1), [{ type: "put", id: "a", document: 1 }]);
    await world.plantDocument("x", "{");
    await expect(store.documents.documents("x")).rejects.toMatchObject({ kind: "corrupt" });
    await store.documents.replace("x", at(1), at(2), [{ id: "a", document: 2 }]);
    expect(await store.documents.documents("x")).toEqual([{ id: "a", document: 2 }]);
  });

  test("the records of a client that died are adopted (B29)", async () => {
    await store.transactions.claim("tab1");
    await store.transactions.write("tab1", [add(sampleRecord("a", 1))]);
    const [first] = opened;
    if (!world.plant) await first?.close(); // In memory there is no other way to die.
    client.die();
    const other = await open();
    expect(idsOf((await other.transactions.claim("tab2")).records)).toEqual(["a"]);
  });
});
