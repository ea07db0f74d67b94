/* oxlint-disable unicorn/prefer-add-event-listener -- As in the store itself. */
import { expect, test, vi } from "vitest";

import { type IndexedDbGlobals, indexedDbStore } from "../../src/stores/indexed-db.ts";
import { IndexedDbConnection } from "../../src/stores/indexed-db-connection.ts";
import { FakeBrowser } from "./support/fake-browser.ts";
import { Faults, faultyIndexedDb } from "./support/faults.ts";
import { sampleRecord } from "./support/sample-record.ts";

const NAME = "holdfast:holdfast:a";

/** Opens a database as somebody else would. */
function openRaw(
  browser: FakeBrowser,
  version: number,
  upgrade: (database: IDBDatabase) => void = () => {},
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = browser.indexedDB.open(NAME, version);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("It did not open."));
  });
}

/** A store in a browser where everything that it opens can be got hold of. */
function glassStore(): {
  browser: FakeBrowser;
  databases: IDBDatabase[];
  store: ReturnType<typeof indexedDbStore>;
} {
  const browser = new FakeBrowser();
  const databases: IDBDatabase[] = [];
  const indexedDB = faultyIndexedDb(browser.indexedDB, new Faults(), databases);
  return { browser, databases, store: indexedDbStore({}, { ...browser.tab(), indexedDB }) };
}

test("where there is no IndexedDB, opening says so", async () => {
  const throwing = {
    get indexedDB(): IDBFactory {
      throw new DOMException("no", "SecurityError");
    },
  };
  const refusing = {
    indexedDB: {
      open: () => {
        throw new DOMException("no", "SecurityError");
      },
    } as unknown as IDBFactory,
  };
  for (const globals of [{}, throwing, refusing] satisfies IndexedDbGlobals[]) {
    const store = indexedDbStore({}, globals);
    await expect(store.open("a")).rejects.toMatchObject({ kind: "unavailable" });
    await expect(store.forget("a")).rejects.toMatchObject({ kind: "unavailable" });
  }
});

test("a name with a colon could be another store's account, and is refused", () => {
  expect(() => indexedDbStore({ name: "a:b" }, {})).toThrow("colon");
});

test("a database of a later version is left alone", async () => {
  const browser = new FakeBrowser();
  const make = (database: IDBDatabase): void => void database.createObjectStore("future");
  (await openRaw(browser, 2, make)).close();
  const store = indexedDbStore({}, browser.tab());
  await expect(store.open("a")).rejects.toMatchObject({ kind: "newer" });
  const database = await openRaw(browser, 2);
  expect([...database.objectStoreNames]).toEqual(["future"]);
});

test("a tab of a later version gets the database, and this one says why it has none", async () => {
  const { browser, store } = glassStore();
  const account = await store.open("a");
  await account.transactions.claim("tab1");
  (await openRaw(browser, 2)).close();
  await expect(account.transactions.claim("tab1")).rejects.toMatchObject({ kind: "newer" });
  await account.close();
});

test("a database that somebody else has made is corrupt, and stays as it is", async () => {
  const browser = new FakeBrowser();
  const make = (database: IDBDatabase): void => void database.createObjectStore("theirs");
  (await openRaw(browser, 1, make)).close();
  const account = await indexedDbStore({}, browser.tab()).open("a");
  await expect(account.transactions.claim("tab1")).rejects.toMatchObject({ kind: "corrupt" });
  await expect(account.documents.cursor("x")).rejects.toMatchObject({ kind: "corrupt" });
  await account.close();
  const database = await openRaw(browser, 1);
  expect([...database.objectStoreNames]).toEqual(["theirs"]);
});

test.each([
  ["tells so", (database: IDBDatabase) => database.onclose?.({} as Event)],
  ["does not tell", () => {}],
])("a browser that closes the database, and %s: the next use opens it anew", async (_, tell) => {
  const { databases, store } = glassStore();
  const account = await store.open("a");
  await account.transactions.claim("tab1");
  await account.transactions.write("tab1", [{ type: "add", record: sampleRecord("a", 1) }]);
  const [database] = databases;
  database?.close();
  if (database) tell(database);
  expect((await account.transactions.claim("tab1")).records).toHaveLength(1);
  expect(databases).toHaveLength(2);
  await account.close();
});

test("a full disk is told apart from other failures", async () => {
  const { databases, store } = glassStore();
  const account = await store.open("a");
  await account.transactions.claim("tab1");
  const [database] = databases;
  const begin = database?.transaction.bind(database);
  if (!database || !begin) throw new Error("It is not open.");
  database.transaction = (...options: Parameters<typeof begin>) => {
    const transaction = begin(...options);
    Object.defineProperty(transaction, "error", {
      value: new DOMException("full", "QuotaExceededError"),
    });
    queueMicrotask(() => transaction.abort());
    return transaction;
  };
  const write = account.transactions.write("tab1", [{ type: "add", record: sampleRecord("a", 1) }]);
  await expect(write).rejects.toMatchObject({ name: "StoreError", kind: "quota" });
  await account.close();
});

test("a deletion that another tab holds up is told, and happens when it lets go", async () => {
  const { browser, store } = glassStore();
  const account = await store.open("a");
  await account.documents.commit("x", undefined, { epoch: "e", seq: 1 }, []);
  await account.close();
  const holder = await openRaw(browser, 1);
  await expect(store.forget("a")).rejects.toMatchObject({ kind: "blocked" });
  holder.close();
  const again = await store.open("a");
  expect(await again.documents.cursor("x")).toBeUndefined();
  await again.close();
});

test("an opening that is blocked says so, and lets go of what opens late", async () => {
  const browser = new FakeBrowser();
  const holder = await openRaw(browser, 1);
  // As if ours were of a later version than the tab that does not let go.
  const indexedDB = {
    open: (name: string) => browser.indexedDB.open(name, 2),
  } as unknown as IDBFactory;
  const store = indexedDbStore({}, { ...browser.tab(), indexedDB });
  await expect(store.open("a")).rejects.toMatchObject({ kind: "blocked" });
  holder.close();
  (await openRaw(browser, 3)).close();
});

test("a connection that is closed while it opens ends closed, with nothing held", async () => {
  const browser = new FakeBrowser();
  const connection = new IndexedDbConnection(() => browser.indexedDB, NAME);
  const run = connection.run("readonly", ["debts"], () => 1);
  connection.close();
  await expect(run).rejects.toMatchObject({ kind: "closed" });
  (await openRaw(browser, 2)).close();
});

test("what runs when the store is closed still ends", async () => {
  const { store } = glassStore();
  const account = await store.open("a");
  await account.transactions.claim("tab1");
  const record = sampleRecord("a", 1);
  const write = account.transactions.write("tab1", [{ type: "add", record }]);
  await Promise.resolve();
  const closed = account.close();
  expect(await Promise.allSettled([write, closed])).toHaveLength(2);
  const again = await store.open("a");
  const { records } = await again.transactions.claim("tab2");
  const isWritten = await write.then(
    () => true,
    () => false,
  );
  expect(records).toHaveLength(isWritten ? 1 : 0);
  await again.close();
});

test("a closed store holds no lock, no channel and no database", async () => {
  const { browser, store } = glassStore();
  const account = await store.open("a");
  await account.transactions.claim("tab1");
  expect(browser.lockNames).toEqual(["holdfast:holdfast:a:tab1"]);
  expect(browser.openChannels).toBe(1);
  const pending = account.transactions.claim("tab2");
  await account.close();
  await expect(pending).rejects.toMatchObject({ kind: "closed" });
  await Promise.resolve();
  expect(browser.lockNames).toEqual([]);
  expect(browser.openChannels).toBe(0);
  (await openRaw(browser, 2)).close();
});

test("an owner that is released while it claims has no lock, and its claim fails", async () => {
  const browser = new FakeBrowser();
  const account = await indexedDbStore({}, browser.tab()).open("a");
  const claim = account.transactions.claim("tab1");
  account.transactions.release("tab1");
  await expect(claim).rejects.toMatchObject({ kind: "closed" });
  expect(browser.lockNames).toEqual([]);
  expect((await account.transactions.claim("tab1")).records).toEqual([]);
  expect(browser.lockNames).toEqual(["holdfast:holdfast:a:tab1"]);
  await account.close();
});

test("an owner that begins while another claims is not taken for dead", async () => {
  const browser = new FakeBrowser();
  const other = await indexedDbStore({}, browser.tab()).open("a");
  const { locks } = browser.tab().navigator ?? {};
  // 1. We ask who is awake. 2. Another wakes, and writes. 3. We look at the records.
  const query = vi.fn(async () => {
    const answer = await locks?.query();
    await other.transactions.claim("tab2");
    await other.transactions.write("tab2", [{ type: "add", record: sampleRecord("a", 1) }]);
    return answer;
  });
  const request = (name: string, held: () => Promise<void>): unknown => locks?.request(name, held);
  const navigator = { locks: { request, query } as unknown as LockManager };
  const account = await indexedDbStore({}, { ...browser.tab(), navigator }).open("a");
  expect((await account.transactions.claim("tab1")).records).toEqual([]);
  expect(query).toHaveBeenCalledTimes(1);
  expect((await other.transactions.claim("tab2")).records).toHaveLength(1);
  await account.close();
  await other.close();
});

test("without Web Locks a client takes over what it finds when it wakes, and only then", async () => {
  const { indexedDB } = new FakeBrowser();
  const [first, second] = [indexedDbStore({}, { indexedDB }), indexedDbStore({}, { indexedDB })];
  const left = await first.open("a");
  const right = await second.open("a");
  await left.transactions.claim("tab1");
  await left.transactions.write("tab1", [{ type: "add", record: sampleRecord("a", 1) }]);
  expect((await right.transactions.claim("tab2")).records).toHaveLength(1);
  await left.transactions.write("tab1", [{ type: "add", record: sampleRecord("b", 2) }]);
  expect((await right.transactions.claim("tab2")).records).toHaveLength(1);
  expect((await left.transactions.claim("tab1")).records).toHaveLength(1);
  right.transactions.release("tab2");
  expect((await right.transactions.claim("tab2")).records).toHaveLength(2);
  await left.close();
  await right.close();
});

test("100,000 records open in reasonable time", async () => {
  const browser = new FakeBrowser();
  const account = await indexedDbStore({}, browser.tab()).open("a");
  await account.transactions.claim("tab1");
  const count = 100_000;
  for (let from = 0; from < count; from += 10_000) {
    await account.transactions.write(
      "tab1",
      Array.from({ length: 10_000 }, (_, n) => ({
        type: "add" as const,
        record: sampleRecord(`r${from + n}`, from + n),
      })),
    );
  }
  const started = performance.now();
  expect((await account.transactions.claim("tab1")).records).toHaveLength(count);
  expect(performance.now() - started).toBeLessThan(5_000);
  await account.close();
});
