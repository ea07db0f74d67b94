/** What every server store promises, shown of each. */
import { describe, expect, test } from "vitest";

import type { KeyedOutcome, ServerStore, StoreTransaction } from "../src/server-store.ts";
import { keyed, noticesOf, StoreBed, storeKinds, wide } from "./stores/store-bed.ts";

const FOREVER = { updateAgeMs: Infinity, updatesMax: Infinity, keyMs: Infinity };

describe.each(storeKinds)("the %s store", (kind) => {
  const setUp = (): { bed: StoreBed; store: ServerStore } => {
    const bed = new StoreBed();
    return { bed, store: bed.open(kind) };
  };

  describe("the log", () => {
    test("numbers rise without gaps, each bucket for itself (B48)", async () => {
      const { bed, store } = setUp();
      await bed.append(store, "a", "one", "two");
      await bed.append(store, "b", "other");
      await bed.append(store, "a", "three");
      const [a, b, c] = await bed.finish(store.ranges(["a", "b", "c"]));
      expect(a).toEqual({ bucket: "a", epoch: "0".repeat(16), head: 3, oldest: 1 });
      expect(b).toMatchObject({ head: 1, oldest: 1 });
      expect(c).toMatchObject({ head: 0, oldest: 1 });
    });

    test("units asked for in one tick are numbered in the order asked", async () => {
      const { bed, store } = setUp();
      const outcomes = await bed.finish(
        Promise.all(
          [1, 2, 3].map((data) => store.commit({ run: (tx) => tx.append("a", data, 7).seq })),
        ),
      );
      expect(outcomes).toEqual(
        [1, 2, 3].map((seq) => ({ type: "committed", output: seq, at: { a: seq } })),
      );
    });

    test("a unit sees what it appended itself, and what those before it did", async () => {
      const { bed, store } = setUp();
      await bed.append(store, "a", 1);
      const heads = (tx: StoreTransaction): number[] => {
        const before = tx.head("a").head;
        tx.append("a", null, 0);
        return [before, tx.head("a").head];
      };
      const [one, two] = await bed.finish(
        Promise.all([store.commit({ run: heads }), store.commit({ run: heads })]),
      );
      expect(one).toMatchObject({ output: [1, 2], at: { a: 2 } });
      expect(two).toMatchObject({ output: [2, 3], at: { a: 3 } });
    });

    test("what was appended is read as it was, whatever becomes of the object", async () => {
      const { bed, store } = setUp();
      const data = { text: "é\u0000\ud800", list: [1, null], deep: { a: true } };
      const kept = structuredClone(data);
      await bed.append(store, "a", data, undefined, 0, "");
      data.text = "changed";
      const [page] = await bed.finish(store.read([{ bucket: "a", after: 0 }], wide));
      expect(page?.updates.map((update) => update.data)).toEqual([kept, undefined, 0, ""]);
      const read = page?.updates[0]?.data as Partial<typeof data> | undefined;
      if (read) read.text = "changed";
      const [again] = await bed.finish(store.read([{ bucket: "a", after: 0 }], wide));
      expect(again?.updates[0]?.data).toEqual(kept);
    });

    test("an update tells when it was, and whose call made it", async () => {
      const { bed, store } = setUp();
      const run = (tx: StoreTransaction): unknown => tx.append("a", "x", 1_234);
      await bed.finish(store.commit({ call: keyed("k1"), run }));
      await bed.finish(store.commit({ run }));
      const [page] = await bed.finish(store.read([{ bucket: "a", after: 0 }], wide));
      expect(page?.updates).toStrictEqual([
        { seq: 1, at: 1_234, data: "x", account: "ada", key: "k1" },
        { seq: 2, at: 1_234, data: "x" },
      ]);
    });

    test.each([
      ["from the start", 0, { updates: 3, bytes: 1_000 }, [1, 2, 3]],
      ["from the middle", 4, { updates: 3, bytes: 1_000 }, [5, 6, 7]],
      ["to the end", 8, { updates: 3, bytes: 1_000 }, [9, 10]],
      ["as many as there is room for", 0, { updates: 9, bytes: 30 }, [1, 2, 3]],
      ["at least one", 0, { updates: 9, bytes: 1 }, [1]],
      ["at least one, even of none", 0, { updates: 0, bytes: 0 }, [1]],
      ["nothing at the end", 10, { updates: 3, bytes: 1_000 }, []],
      ["nothing past the end", 11, { updates: 3, bytes: 1_000 }, []],
    ])("a page holds %s", async (_, after, limits, seqs) => {
      const { bed, store } = setUp();
      // Ten bytes each as JSON: é counts as two.
      await bed.append(store, "a", ...Array.from({ length: 10 }, () => "éééé"));
      const [page] = await bed.finish(store.read([{ bucket: "a", after }], limits));
      expect(page?.updates.map(({ seq }) => seq)).toEqual(seqs);
      expect(page).toMatchObject({ bucket: "a", after, upTo: after + seqs.length, head: 10 });
    });

    test("a page may hold hundreds of updates, and many pages are read at once", async () => {
      const { bed, store } = setUp();
      const all = Array.from({ length: 317 }, (_, index) => index);
      await bed.append(store, "a", ...all);
      await bed.append(store, "b", ...all);
      const pages = await bed.finish(
        store.read(
          [
            { bucket: "b", after: 200 },
            { bucket: "none", after: 0 },
            { bucket: "a", after: 0 },
          ],
          { updates: 300, bytes: 100_000 },
        ),
      );
      expect(pages.map(({ bucket, upTo }) => [bucket, upTo])).toEqual([
        ["b", 317],
        ["none", 0],
        ["a", 300],
      ]);
      expect(pages[2]?.updates.map(({ data }) => data)).toEqual(all.slice(0, 300));
    });

    test("names are kept as they are, also those that objects have", async () => {
      const { bed, store } = setUp();
      const names = ["constructor", "__proto__", "ä'\"; drop table", "toString"];
      for (const name of names) await bed.append(store, name, name);
      const call = keyed("__proto__", { account: "constructor" });
      const run = (tx: StoreTransaction): unknown => tx.append("__proto__", 0, 0);
      const outcome = await bed.finish(store.commit({ call, run }));
      expect(Object.entries(outcome.type === "committed" ? outcome.at : {})).toEqual([
        ["__proto__", 2],
      ]);
      const stored = await bed.finish(store.outcome(call));
      expect(Object.entries(stored?.type === "result" ? stored.at : {})).toEqual([
        ["__proto__", 2],
      ]);
      const ranges = await bed.finish(store.ranges(names));
      expect(ranges.map(({ head }) => head)).toEqual([1, 2, 1, 1]);
    });
  });

  describe("a unit", () => {
    test("that throws leaves nothing, and the others of its tick stand (B48)", async () => {
      const { bed, store } = setUp();
      const notices = noticesOf(store);
      const failing = (tx: StoreTransaction): never => {
        tx.append("a", "never", 0);
        tx.append("b", "never", 0);
        throw new Error("no");
      };
      const results = await bed.finish(
        Promise.allSettled([
          store.commit({ run: (tx) => tx.append("a", "one", 0).seq }),
          store.commit({ call: keyed("k1"), run: failing }),
          store.commit({ run: (tx) => tx.append("a", "two", 0).seq }),
        ]),
      );
      expect(results).toMatchObject([
        { value: { output: 1 } },
        { reason: new Error("no") },
        { value: { output: 2 } },
      ]);
      const ranges = await bed.finish(store.ranges(["a", "b"]));
      expect(ranges.map(({ head }) => head)).toEqual([2, 0]);
      expect(await bed.finish(store.outcome(keyed("k1")))).toBeUndefined();
      const told = notices.flatMap((notice) => (notice.type === "committed" ? notice.updates : []));
      expect(told.map(({ data }) => data)).toEqual(["one", "two"]);
    });

    test("that returns a promise is undone, and said to be wrong", async () => {
      const { bed, store } = setUp();
      const run = (tx: StoreTransaction): Promise<never> => {
        tx.append("a", 1, 0);
        return Promise.reject(new Error("nobody hears this"));
      };
      await expect(bed.finish(store.commit({ call: keyed("k"), run }))).rejects.toMatchObject({
        name: "StoreError",
        code: "asyncUnit",
      });
      expect(await bed.finish(store.ranges(["a"]))).toMatchObject([{ head: 0 }]);
      expect(await bed.finish(store.outcome(keyed("k")))).toBeUndefined();
    });

    test("cannot go on when it is over", async () => {
      const { bed, store } = setUp();
      let kept: StoreTransaction | undefined;
      await bed.finish(store.commit({ run: (tx) => void (kept = tx) }));
      expect(() => kept?.append("a", 1, 0)).toThrow(expect.objectContaining({ code: "misuse" }));
      expect(() => kept?.head("a")).toThrow(expect.objectContaining({ code: "misuse" }));
      expect(() => kept?.db).toThrow(expect.objectContaining({ code: "misuse" }));
    });

    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    test.each<[string, (tx: StoreTransaction) => unknown]>([
      ["a bucket without a name", (tx) => tx.append("", 1, 0)],
      ["a bucket's name with NUL", (tx) => tx.append("a\0b", 1, 0)],
      ["half a surrogate pair in a name", (tx) => tx.append("a\ud800", 1, 0)],
      ["a bigint", (tx) => tx.append("a", 1n, 0)],
      ["a cycle", (tx) => tx.append("a", cyclic, 0)],
      ["a time that is no number", (tx) => tx.append("a", 1, Number.NaN)],
      ["a time with fractions", (tx) => tx.append("a", 1, 0.5)],
      ["an output that JSON cannot say", () => 1n],
    ])("cannot store %s, and says so", async (_, run) => {
      const { bed, store } = setUp();
      await bed.append(store, "a", 1);
      await expect(bed.finish(store.commit({ call: keyed("k"), run }))).rejects.toMatchObject({
        code: "badValue",
      });
      await bed.append(store, "a", 2);
      expect(await bed.finish(store.ranges(["a"]))).toMatchObject([{ head: 2 }]);
      expect(await bed.finish(store.outcome(keyed("k")))).toBeUndefined();
    });

    test("that asks for another commit gets it after its own", async () => {
      const { bed, store } = setUp();
      const order: string[] = [];
      const append =
        (name: string) =>
        (tx: StoreTransaction): unknown =>
          order.push(`${name} ${tx.append("a", 0, 0).seq}`);
      let inner: Promise<unknown> | undefined;
      const run = (tx: StoreTransaction): void => {
        append("outer")(tx);
        inner = store.commit({ run: append("inner") });
        append("outer")(tx);
      };
      await bed.finish(store.commit({ run }));
      await bed.finish(Promise.resolve(inner));
      expect(order).toEqual(["outer 1", "outer 2", "inner 3"]);
    });
  });

  describe("a key", () => {
    test("has its effect once, and answers again with what it was (B29)", async () => {
      const { bed, store } = setUp();
      let runs = 0;
      const unit = {
        call: keyed("k1"),
        run(tx: StoreTransaction) {
          runs++;
          tx.append("a", "x", 0);
          tx.append("b", "x", 0);
          tx.append("a", "y", 0);
          return { sum: 3 };
        },
      };
      const first = await bed.finish(store.commit(unit));
      const again = await bed.finish(store.commit(unit));
      const outcome: KeyedOutcome = {
        type: "result",
        method: "add",
        inputHash: "h1",
        output: { sum: 3 },
        at: { a: 2, b: 1 },
      };
      expect(first).toEqual({ type: "committed", output: { sum: 3 }, at: { a: 2, b: 1 } });
      expect(again).toEqual({ type: "known", outcome });
      expect(await bed.finish(store.outcome(keyed("k1")))).toEqual(outcome);
      expect(runs).toBe(1);
      expect(await bed.finish(store.ranges(["a", "b"]))).toMatchObject([{ head: 2 }, { head: 1 }]);
    });

    test("twice in one tick has its effect once", async () => {
      const { bed, store } = setUp();
      const unit = { call: keyed("k1"), run: (tx: StoreTransaction) => tx.append("a", 0, 0).seq };
      const outcomes = await bed.finish(Promise.all([store.commit(unit), store.commit(unit)]));
      expect(outcomes.map(({ type }) => type)).toEqual(["committed", "known"]);
      expect(await bed.finish(store.ranges(["a"]))).toMatchObject([{ head: 1 }]);
    });

    test("whose unit threw is free, and runs anew", async () => {
      const { bed, store } = setUp();
      let isBroken = true;
      const unit = {
        call: keyed("k1"),
        run() {
          if (isBroken) throw new Error("not now");
          return "done";
        },
      };
      await expect(bed.finish(store.commit(unit))).rejects.toThrow("not now");
      isBroken = false;
      expect(await bed.finish(store.commit(unit))).toMatchObject({ output: "done" });
    });

    test("is the account's own", async () => {
      const { bed, store } = setUp();
      const commit = (account: string, key: string) =>
        bed.finish(store.commit({ call: keyed(key, { account }), run: () => account }));
      expect(await commit("ada", "1")).toMatchObject({ type: "committed" });
      expect(await commit("ben", "1")).toMatchObject({ type: "committed" });
      expect(await commit("ada1", "x")).toMatchObject({ type: "committed" });
      expect(await commit("ada", "1x")).toMatchObject({ type: "committed" });
      expect(await commit("ben", "1")).toMatchObject({ type: "known", outcome: { output: "ben" } });
    });

    test("may give nothing, which is kept as nothing", async () => {
      const { bed, store } = setUp();
      const unit = { call: keyed("k1"), run: () => undefined };
      await bed.finish(store.commit(unit));
      expect(await bed.finish(store.commit(unit))).toStrictEqual({
        type: "known",
        outcome: { type: "result", method: "add", inputHash: "h1", output: undefined, at: {} },
      });
    });

    test.each([
      ["account", { account: "a\0" }],
      ["key", { key: "" }],
      ["method", { method: "\udfff" }],
      ["inputHash", { inputHash: "" }],
    ])("whose %s cannot be kept is refused, and the others of its tick stand", async (_, over) => {
      const { bed, store } = setUp();
      const [bad, good] = await bed.finish(
        Promise.allSettled([
          store.commit({ call: keyed("k", over), run: () => 1 }),
          store.commit({ call: keyed("good"), run: () => 1 }),
        ]),
      );
      expect(bad).toMatchObject({ reason: { code: "badValue" } });
      expect(good).toMatchObject({ value: { type: "committed" } });
    });
  });

  describe("cancelling a key", () => {
    test("keeps its unit from ever running", async () => {
      const { bed, store } = setUp();
      expect(await bed.finish(store.cancel(keyed("k1"), 1))).toEqual({ type: "cancelled" });
      expect(await bed.finish(store.cancel(keyed("k1"), 2))).toEqual({ type: "cancelled" });
      const run = (): never => {
        throw new Error("it ran");
      };
      expect(await bed.finish(store.commit({ call: keyed("k1"), run }))).toEqual({
        type: "known",
        outcome: { type: "cancelled" },
      });
      expect(await bed.finish(store.outcome(keyed("k1")))).toEqual({ type: "cancelled" });
    });

    test("is too late once it had its effect", async () => {
      const { bed, store } = setUp();
      const [, cancelled] = await bed.finish(
        Promise.all([
          store.commit({ call: keyed("k1"), run: () => "done" }),
          store.cancel(keyed("k1"), 1),
        ]),
      );
      expect(cancelled).toMatchObject({ type: "result", output: "done" });
    });

    test("is refused when the key or the time cannot be kept, and nobody else is", async () => {
      const { bed, store } = setUp();
      const results = await bed.finish(
        Promise.allSettled([
          store.cancel(keyed("a\0b"), 1),
          store.cancel(keyed("k1"), 0.5),
          store.cancel(keyed("k2"), 1),
        ]),
      );
      expect(results).toMatchObject([
        { reason: { code: "badValue" } },
        { reason: { code: "badValue" } },
        { value: { type: "cancelled" } },
      ]);
    });
  });

  describe("watching", () => {
    test("tells what was committed, in order and without gaps, before the commit resolves", async () => {
      const { bed, store } = setUp();
      const order: string[] = [];
      store.watch((notice) => {
        if (notice.type !== "committed") return;
        order.push(...notice.updates.map(({ seq }) => `told ${notice.bucket}${seq}`));
        expect(notice.updates[0]?.seq).toBe(notice.after + 1);
      });
      await bed.finish(
        store
          .commit({
            run(tx) {
              tx.append("a", 1, 0);
              tx.append("b", 1, 0);
              tx.append("a", 2, 0);
            },
          })
          .then(() => order.push("resolved")),
      );
      expect(order).toEqual(["told a1", "told a2", "told b1", "resolved"]);
    });

    test("tells data as they were appended, with account and key", async () => {
      const { bed, store } = setUp();
      const notices = noticesOf(store);
      const data = { at: new Date(0) };
      const run = (tx: StoreTransaction): unknown => tx.append("a", data, 5);
      await bed.finish(store.commit({ call: keyed("k1"), run }));
      expect(notices).toEqual([
        {
          type: "committed",
          bucket: "a",
          epoch: "0".repeat(16),
          after: 0,
          updates: [{ seq: 1, at: 5, data, account: "ada", key: "k1" }],
        },
      ]);
    });

    test("tells data as they were stored, whatever became of the application's object", async () => {
      const { bed, store } = setUp();
      const notices = noticesOf(store);
      const data = { count: 1, at: new Date(0) };
      const run = (tx: StoreTransaction): unknown => {
        tx.append("a", data, 5);
        data.count++;
        tx.append("a", data, 5);
        return tx.append("a", undefined, 5);
      };
      await bed.finish(store.commit({ call: keyed("k1"), run }));
      await bed.finish(store.commit({ run: (tx) => tx.append("b", data, 6) }));
      data.count = 99;
      const told = notices.flatMap((notice) => (notice.type === "committed" ? notice.updates : []));
      const at = "1970-01-01T00:00:00.000Z";
      expect(told.map((update) => update.stored?.())).toEqual([
        { seq: 1, at: 5, data: { count: 1, at }, account: "ada", key: "k1" },
        { seq: 2, at: 5, data: { count: 2, at }, account: "ada", key: "k1" },
        { seq: 3, at: 5, data: undefined, account: "ada", key: "k1" },
        { seq: 1, at: 6, data: { count: 2, at } },
      ]);
    });

    test("tells nothing of what changed no log, nor after it is cancelled", async () => {
      const { bed, store } = setUp();
      const notices: unknown[] = [];
      const cancel = store.watch((notice) => notices.push(notice));
      await bed.finish(store.commit({ call: keyed("k1"), run: () => 1 }));
      await bed.finish(store.cancel(keyed("k2"), 1));
      cancel();
      cancel();
      await bed.append(store, "a", 1);
      expect(notices).toEqual([]);
    });

    test("a listener may ask the store at once", async () => {
      const { bed, store } = setUp();
      let asked: Promise<unknown> | undefined;
      const cancel = store.watch(() => {
        cancel();
        asked = Promise.all([
          store.ranges(["a"]),
          store.commit({ run: (tx) => tx.append("a", 2, 0).seq }),
        ]);
      });
      await bed.append(store, "a", 1);
      expect(await bed.finish(Promise.resolve(asked))).toMatchObject([
        [{ head: 1 }],
        { output: 2 },
      ]);
    });

    test("a listener that throws keeps nobody else from hearing, and is not silenced", async () => {
      const { bed, store } = setUp();
      store.watch(() => {
        throw new Error("a bug");
      });
      const notices = noticesOf(store);
      const commit = store.commit({ run: (tx) => tx.append("a", 1, 0).seq });
      expect(() => {
        bed.clock.flush();
        bed.clock.flush();
      }).toThrow("a bug");
      expect(await commit).toMatchObject({ output: 1 });
      expect(notices).toHaveLength(1);
    });
  });

  describe("trimming", () => {
    const setUpLog = async () => {
      const { bed, store } = setUp();
      // Ten updates of a and of b, one a second from 1 to 10.
      for (let second = 1; second <= 10; second++) {
        const run = (tx: StoreTransaction): void => {
          tx.append("a", second, second * 1_000);
          tx.append("b", second, second * 1_000);
        };
        await bed.finish(store.commit({ run }));
      }
      const oldest = async (): Promise<number[]> => {
        const ranges = await bed.finish(store.ranges(["a", "b"]));
        expect(ranges.map(({ head }) => head)).toEqual([10, 10]);
        return ranges.map((range) => range.oldest);
      };
      const trim = (over: Partial<typeof FOREVER>, rowsMax = 1_000): Promise<number> =>
        bed.finish(store.trim({ ...FOREVER, ...over }, 10_500, rowsMax));
      return { bed, store, oldest, trim };
    };

    test("keeps what it is told to keep", async () => {
      const { oldest, trim } = await setUpLog();
      expect(await trim({})).toBe(0);
      expect(await oldest()).toEqual([1, 1]);
    });

    test("forgets what is older than its age", async () => {
      const { oldest, trim } = await setUpLog();
      expect(await trim({ updateAgeMs: 6_500 })).toBe(6);
      expect(await oldest()).toEqual([4, 4]);
      expect(await trim({ updateAgeMs: 6_500 })).toBe(0);
    });

    test("keeps so many of the newest", async () => {
      const { oldest, trim } = await setUpLog();
      expect(await trim({ updatesMax: 4 })).toBe(12);
      expect(await oldest()).toEqual([7, 7]);
    });

    test("goes by both, whichever forgets more", async () => {
      const { oldest, trim } = await setUpLog();
      expect(await trim({ updatesMax: 8, updateAgeMs: 3_500 })).toBe(12);
      expect(await oldest()).toEqual([7, 7]);
      expect(await trim({ updatesMax: 2, updateAgeMs: 3_500 })).toBe(4);
      expect(await oldest()).toEqual([9, 9]);
    });

    test("forgets no more rows at a time than asked, and goes on next time", async () => {
      const { oldest, trim } = await setUpLog();
      expect(await trim({ updatesMax: 4 }, 5)).toBe(5);
      expect(await oldest()).toEqual([6, 1]);
      expect(await trim({ updatesMax: 4 }, 5)).toBe(5);
      expect(await oldest()).toEqual([7, 5]);
      expect(await trim({ updatesMax: 4 }, 5)).toBe(2);
      expect(await oldest()).toEqual([7, 7]);
      expect(await trim({ updatesMax: 4 }, 0)).toBe(0);
    });

    test("never turns a head back, even when nothing is left", async () => {
      const { bed, store, oldest, trim } = await setUpLog();
      expect(await trim({ updatesMax: 0 })).toBe(20);
      expect(await oldest()).toEqual([11, 11]);
      await bed.append(store, "a", "next");
      expect(await bed.finish(store.ranges(["a"]))).toMatchObject([{ head: 11, oldest: 11 }]);
      const [page] = await bed.finish(store.read([{ bucket: "a", after: 10 }], wide));
      expect(page?.updates).toMatchObject([{ seq: 11, data: "next" }]);
    });

    test("takes an update that is out of its time with those around it", async () => {
      const { bed, store } = setUp();
      const times = [1_000, 9_000, 2_000, 9_000, 3_000];
      const run = (tx: StoreTransaction): void => {
        for (const at of times) tx.append("a", at, at);
      };
      await bed.finish(store.commit({ run }));
      const trim = (updatesMax: number) =>
        bed.finish(store.trim({ ...FOREVER, updatesMax, updateAgeMs: 5_000 }, 10_000, 100));
      expect(await trim(5)).toBe(1);
      expect(await trim(5)).toBe(0);
      expect(await trim(3)).toBe(2);
      expect(await bed.finish(store.ranges(["a"]))).toMatchObject([{ oldest: 4, head: 5 }]);
    });

    test("who is too far behind reads nothing, and sees why (B39)", async () => {
      const { bed, store, trim } = await setUpLog();
      await trim({ updatesMax: 4 });
      const [behind, just] = await bed.finish(
        store.read(
          [
            { bucket: "a", after: 5 },
            { bucket: "a", after: 6 },
          ],
          wide,
        ),
      );
      expect(behind).toMatchObject({ after: 5, upTo: 5, oldest: 7, head: 10, updates: [] });
      expect(just?.updates.map(({ seq }) => seq)).toEqual([7, 8, 9, 10]);
    });

    test("forgets keys of either kind past their time, oldest first", async () => {
      const { bed, store } = setUp();
      const now = bed.clock.wallNow();
      await bed.finish(store.cancel(keyed("k0"), now + 90_000));
      await bed.finish(store.commit({ call: keyed("k1"), run: () => 1 }));
      await bed.finish(store.cancel(keyed("k2"), now + 10));
      bed.clock.advance(20);
      await bed.finish(store.commit({ call: keyed("k3"), run: () => 3 }));
      const known = () =>
        bed.finish(
          Promise.all(["k1", "k2", "k3"].map(async (key) => !!(await store.outcome(keyed(key))))),
        );
      const trim = (at: number, rowsMax = 100) =>
        bed.finish(store.trim({ ...FOREVER, keyMs: 100 }, now + at, rowsMax));
      expect(await trim(100)).toBe(0);
      expect(await trim(120, 1)).toBe(1);
      expect(await known()).toEqual([false, true, true]);
      expect(await trim(120)).toBe(1);
      expect(await known()).toEqual([false, false, true]);
      expect(await bed.finish(store.commit({ call: keyed("k2"), run: () => 2 }))).toMatchObject({
        type: "committed",
      });
    });
  });

  describe("closing", () => {
    test("finishes what was asked, and takes no more", async () => {
      const { bed, store } = setUp();
      const commit = store.commit({ run: (tx) => tx.append("a", 1, 0).seq });
      const closed = Promise.all([store.close(), store.close()]);
      const late = Promise.allSettled([
        store.commit({ run: () => 1 }),
        store.ranges(["a"]),
        store.read([{ bucket: "a", after: 0 }], wide),
        store.outcome(keyed("k")),
        store.cancel(keyed("k"), 1),
        store.trim(FOREVER, 0, 10),
      ]);
      await bed.finish(closed);
      expect(await commit).toMatchObject({ output: 1 });
      for (const result of await late) expect(result).toMatchObject({ reason: { code: "closed" } });
      store.watch(() => undefined);
      expect(bed.clock.pending).toBe(0);
    });
  });
});
