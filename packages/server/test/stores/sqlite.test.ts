import { describe, expect, test } from "vitest";

import type { KeyedCall, StoreTransaction } from "../../src/server-store.ts";
import { openSqlite } from "../../src/stores/sqlite-driver.ts";
import type { UnitDatabase } from "../../src/stores/sqlite.ts";
import { sqliteError, SpyDriver } from "./spy-driver.ts";
import { keyed, noticesOf, StoreBed, wide } from "./store-bed.ts";

// What every store does is in server-store.test.ts.

const appendTo =
  (bucket: string, call?: KeyedCall) =>
  (data: unknown): { call: KeyedCall | undefined; run: (tx: StoreTransaction) => number } => ({
    call,
    run: (tx) => tx.append(bucket, data, 0).seq,
  });

describe("what is committed", () => {
  test("outlasts the process: log, keys, cancelled keys, what is forgotten", async () => {
    const bed = new StoreBed();
    const before = bed.sqlite();
    await bed.append(before, "a", 1, 2, 3);
    await bed.finish(before.commit(appendTo("b", keyed("k1"))("x")));
    await bed.finish(before.cancel(keyed("k2"), 1));
    const retention = { updateAgeMs: Infinity, updatesMax: 1, keyMs: Infinity };
    await bed.finish(before.trim(retention, 0, 100));
    const asked = async (store: typeof before): Promise<unknown> => [
      await bed.finish(store.ranges(["a", "b", "c"])),
      await bed.finish(store.read([{ bucket: "a", after: 2 }], wide)),
      await bed.finish(store.outcome(keyed("k1"))),
      await bed.finish(store.outcome(keyed("k2"))),
    ];
    const was = await asked(before);
    await bed.finish(before.close());
    expect(await asked(bed.sqlite())).toEqual(was);
  });

  test("in one tick is one transaction of the database", async () => {
    const bed = new StoreBed();
    const spy = new SpyDriver();
    const store = bed.sqlite({ driver: spy.open });
    spy.ran.length = 0;
    const units = Array.from({ length: 100 }, (_, index) => appendTo(`r${index % 7}`)(index));
    await bed.finish(Promise.all(units.map((unit) => store.commit(unit))));
    expect([spy.count("begin"), spy.count("commit"), spy.count("savepoint")]).toEqual([1, 1, 0]);
    expect(spy.count("insert")).toBe(100);
  });

  test("leaves nothing of a group whose commit fails, and all of it may be asked for again", async () => {
    const bed = new StoreBed();
    const spy = new SpyDriver();
    const store = bed.sqlite({ driver: spy.open });
    await bed.append(store, "a", 1);
    const notices = noticesOf(store);
    spy.failing.set("commit", sqliteError(13));
    const unit = appendTo("a", keyed("k1"))(2);
    const failed = await bed.finish(
      Promise.allSettled([
        store.commit(unit),
        store.commit(appendTo("b")(1)),
        store.cancel(keyed("k2"), 1),
      ]),
    );
    for (const result of failed) {
      expect(result).toMatchObject({ reason: { name: "StoreError", code: "full" } });
    }
    spy.failing.clear();
    expect(notices).toEqual([]);
    expect(await bed.finish(store.ranges(["a", "b"]))).toMatchObject([{ head: 1 }, { head: 0 }]);
    expect(await bed.finish(store.outcome(keyed("k2")))).toBeUndefined();
    expect(await bed.finish(store.commit(unit))).toMatchObject({ type: "committed", output: 2 });
    expect(notices).toMatchObject([{ bucket: "a", after: 1, updates: [{ seq: 2 }] }]);
  });

  test("on a disk that is full is refused, and what was there stays readable", async () => {
    const bed = new StoreBed();
    const store = bed.sqlite({
      driver: (path) => {
        const db = openSqlite(path);
        db.exec("pragma max_page_count = 40");
        return db;
      },
    });
    let stored = 0;
    let code: unknown;
    for (; !code && stored < 1_000; stored++) {
      const unit = appendTo("a")("x".repeat(2_000));
      const [result] = await bed.finish(Promise.allSettled([store.commit(unit)]));
      if (result?.status === "rejected") code = (result.reason as { code: unknown }).code;
    }
    stored--;
    expect(code).toBe("full");
    expect(stored).toBeGreaterThan(10);
    expect(await bed.finish(store.ranges(["a"]))).toMatchObject([{ head: stored }]);
    const trimmed = store.trim({ updateAgeMs: Infinity, updatesMax: 1, keyMs: 0 }, 0, 1_000);
    expect(await bed.finish(trimmed)).toBe(stored - 1);
    expect(await bed.finish(store.commit(appendTo("a")("y")))).toMatchObject({
      output: stored + 1,
    });
  });

  test("may be more than fits in what is kept of buckets in memory", async () => {
    const bed = new StoreBed();
    const spy = new SpyDriver();
    const store = bed.sqlite({ driver: spy.open });
    const names = Array.from({ length: 10_050 }, (_, index) => `r${index}`);
    const round = (): Promise<unknown> =>
      bed.finish(
        store.commit({
          run(tx) {
            for (const name of names) tx.append(name, 0, 0);
          },
        }),
      );
    await round();
    await round();
    const ranges = await bed.finish(store.ranges(names));
    expect(ranges.every(({ head }) => head === 2)).toBe(true);
    spy.ran.length = 0;
    await bed.finish(store.ranges(names.slice(-10_000)));
    expect(spy.count("select")).toBe(0);
    await bed.finish(store.ranges(names.slice(0, 10)));
    expect(spy.count("select")).toBe(10);
  });
});

describe("a store that is damaged", () => {
  test.each([
    ["with a hole in its log", "delete from holdfast_updates where seq = 2"],
    ["with data that is no JSON", "update holdfast_updates set data = '{' where seq = 2"],
  ])("%s is never read past", async (_, damage) => {
    const bed = new StoreBed();
    const store = bed.sqlite();
    await bed.append(store, "a", 1, 2, 3);
    const other = openSqlite(bed.path);
    other.exec(damage);
    other.close();
    const read = bed.finish(store.read([{ bucket: "a", after: 0 }], wide));
    await expect(read).rejects.toMatchObject({ name: "StoreError", code: "corrupt" });
    const [page] = await bed.finish(store.read([{ bucket: "a", after: 2 }], wide));
    expect(page?.updates).toMatchObject([{ seq: 3, data: 3 }]);
  });
});

describe("a unit", () => {
  test("may not read but through its transaction", async () => {
    const bed = new StoreBed();
    const store = bed.sqlite();
    let read: Promise<unknown> | undefined;
    const run = (): void => {
      read = Promise.allSettled([store.ranges(["a"])]);
    };
    await bed.finish(store.commit({ run }));
    expect(await read).toMatchObject([{ reason: { code: "misuse" } }]);
  });

  test("that throws when its key is asked for in the same tick leaves the key free", async () => {
    const bed = new StoreBed();
    const store = bed.sqlite();
    const call = keyed("k1");
    const run = (tx: StoreTransaction<UnitDatabase>): never => {
      tx.db.exec("create table never (a)");
      throw new Error("no");
    };
    const results = await bed.finish(
      Promise.allSettled([store.commit({ call, run }), store.commit(appendTo("a", call)(1))]),
    );
    expect(results).toMatchObject([{ reason: new Error("no") }, { value: { type: "committed" } }]);
  });
});

describe("two stores on one file", () => {
  test("share numbers and keys", async () => {
    const bed = new StoreBed();
    const [one, two] = [bed.sqlite(), bed.sqlite()];
    for (let round = 0; round < 5; round++) {
      for (const store of [one, two]) await bed.append(store, "a", round);
    }
    const unit = appendTo("a", keyed("k1"))("x");
    expect(await bed.finish(one.commit(unit))).toMatchObject({ type: "committed", output: 11 });
    expect(await bed.finish(two.commit(unit))).toMatchObject({
      type: "known",
      outcome: { output: 11 },
    });
    expect(await bed.finish(two.cancel(keyed("k1"), 1))).toMatchObject({ type: "result" });
    const [page] = await bed.finish(two.read([{ bucket: "a", after: 0 }], wide));
    expect(page?.updates).toHaveLength(11);
  });

  test("doubt what they know once the other wrote, and say so before what they wrote since", async () => {
    const bed = new StoreBed();
    const [one, two] = [bed.sqlite(), bed.sqlite()];
    const notices = noticesOf(one);
    await bed.append(two, "a", 1);
    await bed.append(one, "a", 2);
    expect(notices).toMatchObject([{ type: "doubt" }, { type: "committed", after: 1 }]);
    await bed.append(one, "a", 3);
    expect(notices).toHaveLength(3);
    await bed.append(two, "a", 4);
    expect(await bed.finish(one.ranges(["a"]))).toMatchObject([{ head: 4 }]);
    expect(notices.slice(3)).toEqual([{ type: "doubt" }]);
  });

  test("see forgotten updates, keys and a new epoch of each other", async () => {
    const bed = new StoreBed();
    const one = bed.sqlite();
    await bed.append(one, "a", 1, 2, 3);
    const two = bed.sqlite({ newEpoch: true });
    const trimmed = two.trim({ updateAgeMs: Infinity, updatesMax: 1, keyMs: 0 }, 0, 10);
    expect(await bed.finish(trimmed)).toBe(2);
    const [range] = await bed.finish(one.ranges(["a"]));
    expect(range).toMatchObject({ head: 3, oldest: 3 });
    expect([range]).toEqual(await bed.finish(two.ranges(["a"])));
    expect(range?.epoch).not.toBe("0".repeat(16));
  });

  test("hear of each other within a second, as long as somebody listens", async () => {
    const bed = new StoreBed();
    const [one, two] = [bed.sqlite(), bed.sqlite()];
    const notices: unknown[] = [];
    const cancel = one.watch((notice) => notices.push(notice));
    bed.clock.advance(3_000);
    expect(notices).toEqual([]);
    await bed.append(two, "a", 1);
    bed.clock.advance(999);
    expect(notices).toEqual([]);
    bed.clock.advance(1);
    expect(notices).toEqual([{ type: "doubt" }]);
    bed.clock.advance(3_000);
    expect(notices).toHaveLength(1);
    cancel();
    expect(bed.clock.pending).toBe(0);
  });

  test("a file that cannot be looked at is a doubt too", () => {
    const bed = new StoreBed();
    const spy = new SpyDriver();
    const notices = noticesOf(bed.sqlite({ driver: spy.open }));
    spy.failing.set("begin", sqliteError(10));
    bed.clock.advance(1_000);
    expect(notices).toEqual([{ type: "doubt" }]);
    spy.failing.clear();
    bed.clock.advance(1_000);
    expect(notices).toHaveLength(1);
  });

  test("wait while another connection writes", async () => {
    const bed = new StoreBed();
    const store = bed.sqlite();
    const other = openSqlite(bed.path);
    other.exec("begin immediate");
    const commit = store.commit(appendTo("a")(1));
    bed.clock.advance(20);
    other.exec("commit");
    expect(await bed.finish(commit)).toMatchObject({ output: 1 });
    other.close();
  });
});

describe("a long trim", () => {
  test("goes through as many keys and buckets as there are", async () => {
    const bed = new StoreBed();
    const store = bed.sqlite();
    const all = Array.from({ length: 1_300 }, (_, index) => `n${index}`);
    const commits = all.map((name) => store.commit(appendTo(name, keyed(name))(1)));
    await bed.finish(Promise.all(commits));
    const trim = (keyMs: number): Promise<number> =>
      bed.finish(store.trim({ updateAgeMs: Infinity, updatesMax: 0, keyMs }, 2e12, 10_000));
    expect(await trim(0)).toBe(2_600);
    expect(await trim(0)).toBe(0);
  });

  test("is many short transactions, with commits between", async () => {
    const bed = new StoreBed();
    const spy = new SpyDriver();
    const store = bed.sqlite({ driver: spy.open });
    await bed.append(store, "a", ...Array.from({ length: 3_000 }, () => 0));
    spy.ran.length = 0;
    const order: string[] = [];
    const retention = { updateAgeMs: Infinity, updatesMax: 1, keyMs: Infinity };
    const trim = store.trim(retention, 0, 10_000).then((count) => order.push(`trimmed ${count}`));
    const commit = store.commit(appendTo("b")(1)).then(() => order.push("committed"));
    await bed.finish(Promise.all([trim, commit]));
    expect(order).toEqual(["committed", "trimmed 2999"]);
    expect(spy.count("delete from holdfast_updates")).toBe(6);
    expect(spy.count("commit")).toBe(7);
  });
});

test("many pages are read with turns between, so that nobody waits for all of them", async () => {
  const bed = new StoreBed();
  const spy = new SpyDriver();
  const store = bed.sqlite({
    driver(path) {
      const db = spy.open(path);
      return {
        ...db,
        prepare(sql) {
          const statement = db.prepare(sql);
          return {
            ...statement,
            all(...values) {
              bed.clock.sleep(8);
              return statement.all(...values);
            },
          };
        },
      };
    },
  });
  await bed.append(store, "a", ...Array.from({ length: 7 }, (_, index) => index));
  const order: string[] = [];
  const requests = Array.from({ length: 7 }, (_, after) => ({ bucket: "a", after }));
  const read = store.read(requests, wide).then((pages) => {
    order.push("read");
    return pages;
  });
  const commit = store.commit(appendTo("b")(1)).then(() => order.push("committed"));
  const [pages] = await bed.finish(Promise.all([read, commit]));
  expect(pages.map(({ after, updates }) => [after, updates.length])).toEqual(
    requests.map(({ after }) => [after, 7 - after]),
  );
  expect(order).toEqual(["committed", "read"]);
});

test("closing lets go of the file and leaves no timer", async () => {
  const bed = new StoreBed();
  const spy = new SpyDriver();
  const store = bed.sqlite({ driver: spy.open });
  store.watch(() => undefined);
  await bed.finish(store.close());
  expect(spy.isClosed).toBe(true);
  expect(bed.clock.pending).toBe(0);
});

test("a close that fails says so", async () => {
  const bed = new StoreBed();
  const spy = new SpyDriver();
  const store = bed.sqlite({
    driver: (path) => ({
      ...spy.open(path),
      close() {
        throw sqliteError(10);
      },
    }),
  });
  const [closed] = await bed.finish(Promise.allSettled([store.close()]));
  expect(closed).toMatchObject({ reason: { name: "StoreError", code: "failed" } });
});
