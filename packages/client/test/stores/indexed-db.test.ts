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

function isOpen(database: IDBDatabase): boolean {
  try {
    database.transaction(["debts"]).abort();
    return true;
  } catch {
    return false;
  }
}

/** Aborts the database's next transaction for a reason of the browser's. */
function failNextTransaction(database: IDBDatabase | undefined, name: string): void {
  if (!database) throw new Error("It is not open.");
  const begin = database.transaction.bind(database);
  database.transaction = (...options: Parameters<typeof begin>) => {
    database.transaction = begin;
    const transaction = begin(...options);
    Object.defineProperty(transaction, "error", { value: new DOMException("no", name) });
    queueMicrotask(() => transaction.abort());
    return transaction;
  };
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
  [
    "tells when it is known already",
    (database) => queueMicrotask(() => database.onclose?.({} as Event)),
  ],
] as readonly (readonly [string, (database: IDBDatabase) => void])[])(
  "a browser that closes the database, and %s: the next use opens it anew",
  async (_, tell) => {
    const { databases, store } = glassStore();
    const account = await store.open("a");
    await account.transactions.claim("tab1");
    await account.transactions.write("tab1", [{ type: "add", record: sampleRecord("a", 1) }]);
    const [database] = databases;
    database?.close();
    if (database) tell(database);
    // However many meet it at once, one opens, and it is closed with the store.
    const claims = await Promise.all([1, 2, 3].map(() => account.transactions.claim("tab1")));
    expect(claims.map(({ records }) => records.length)).toEqual([1, 1, 1]);
    expect(databases).toHaveLength(2);
    await account.close();
    await Promise.resolve();
    expect(databases.filter(isOpen)).toEqual([]);
  },
);

test("a connection that is lost in a transaction is opened anew for the next", async () => {
  const { databases, store } = glassStore();
  const account = await store.open("a");
  failNextTransaction(databases[0], "UnknownError");
  const cursor = account.documents.cursor("x");
  await expect(cursor).rejects.toMatchObject({ kind: "failed", cause: { name: "UnknownError" } });
  expect(await account.documents.cursor("x")).toBeUndefined();
  expect(databases).toHaveLength(2);
  await account.close();
});

test("a database that cannot be opened again is tried again at the next use", async () => {
  const { browser, databases } = glassStore();
  let isRefusing = false;
  const indexedDB = {
    open: (name: string, version: number) => {
      if (isRefusing) throw new DOMException("no", "UnknownError");
      return faultyIndexedDb(browser.indexedDB, new Faults(), databases).open(name, version);
    },
  } as unknown as IDBFactory;
  const account = await indexedDbStore({}, { ...browser.tab(), indexedDB }).open("a");
  databases[0]?.close();
  isRefusing = true;
  await expect(account.sync.debts()).rejects.toMatchObject({ kind: "unavailable" });
  isRefusing = false;
  expect(await account.sync.debts()).toEqual([]);
  await account.close();
});

test("a failure within a transaction is told with its cause", async () => {
  const browser = new FakeBrowser();
  const faults = new Faults();
  const indexedDB = faultyIndexedDb(browser.indexedDB, faults);
  const account = await indexedDbStore({}, { ...browser.tab(), indexedDB }).open("a");
  faults.plan(2);
  const cursor = account.documents.cursor("x");
  await expect(cursor).rejects.toMatchObject({ kind: "failed", cause: { name: "PlannedError" } });
  faults.plan();
  await account.close();
});

test("a full disk is told apart from other failures", async () => {
  const { databases, store } = glassStore();
  const account = await store.open("a");
  await account.transactions.claim("tab1");
  failNextTransaction(databases[0], "QuotaExceededError");
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
  const databases: IDBDatabase[] = [];
  // As if ours were of a later version than the tab that does not let go.
  const indexedDB = {
    open: (name: string) =>
      faultyIndexedDb(browser.indexedDB, new Faults(), databases).open(name, 2),
  } as unknown as IDBFactory;
  const store = indexedDbStore({}, { ...browser.tab(), indexedDB });
  await expect(store.open("a")).rejects.toMatchObject({ kind: "blocked" });
  holder.close();
  (await openRaw(browser, 3)).close();
  expect(databases.map(isOpen)).toEqual([false]);
});

test("a connection that is closed while it opens ends closed, with nothing held", async () => {
  const browser = new FakeBrowser();
  const databases: IDBDatabase[] = [];
  const indexedDB = faultyIndexedDb(browser.indexedDB, new Faults(), databases);
  const connection = new IndexedDbConnection(() => indexedDB, NAME);
  const run = connection.run("readonly", ["debts"], () => 1);
  connection.close();
  await expect(run).rejects.toMatchObject({ kind: "closed" });
  expect(databases.map(isOpen)).toEqual([false]);
  await expect(connection.open()).rejects.toMatchObject({ kind: "closed" });
  expect(databases).toHaveLength(1);
});

test("what runs when the store is closed still ends", async () => {
  const { store } = glassStore();
  const account = await store.open("a");
  await account.transactions.claim("tab1");
  const record = sampleRecord("a", 1);
  const write = account.transactions.write("tab1", [{ type: "add", record }]);
  const heard = vi.fn<() => void>();
  account.documents.watch("x", heard);
  const commit = account.documents.commit("x", undefined, { epoch: "e", seq: 1 }, []);
  await Promise.resolve();
  await Promise.resolve();
  const closed = account.close();
  expect(await Promise.allSettled([write, commit, closed])).toHaveLength(3);
  expect(heard).not.toHaveBeenCalled();
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

test("without Web Locks, a first claim that failed is made again and finds what is left", async () => {
  const { indexedDB } = new FakeBrowser();
  const before = await indexedDbStore({}, { indexedDB }).open("a");
  await before.transactions.claim("tab1");
  await before.transactions.write("tab1", [{ type: "add", record: sampleRecord("r1", 1) }]);
  await before.close();
  const faults = new Faults();
  const spoiled = { indexedDB: faultyIndexedDb(indexedDB, faults) };
  const after = await indexedDbStore({}, spoiled).open("a");
  faults.plan(1);
  await expect(after.transactions.claim("tab2")).rejects.toMatchObject({ kind: "failed" });
  faults.plan();
  const found = [];
  for (let n = 0; n < 2; n++) found.push((await after.transactions.claim("tab2")).records.length);
  expect(found).toEqual([1, 1]);
  await after.close();
});

test("20,000 records open, though this IndexedDB is a slow one", async () => {
  const browser = new FakeBrowser();
  const account = await indexedDbStore({}, browser.tab()).open("a");
  await account.transactions.claim("tab1");
  const count = 20_000;
  for (let from = 0; from < count; from += 10_000) {
    await account.transactions.write(
      "tab1",
      Array.from({ length: 10_000 }, (_, n) => ({
        type: "add" as const,
        record: sampleRecord(`r${from + n}`, from + n),
      })),
    );
  }
  expect((await account.transactions.claim("tab1")).records).toHaveLength(count);
  await account.close();
});
