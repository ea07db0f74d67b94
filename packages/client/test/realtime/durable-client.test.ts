/** The durable client's own rules; what its users live through is told in the testing package. */
import { bucket, call, defineContract } from "@holdfast/protocol";
import { FakeCredentials, FakePlatform, ManualClock } from "@holdfast/testing";
import { describe, expect, expectTypeOf, test } from "vitest";
import { OptionsError } from "../../src/base/errors.ts";
import { DurableClient } from "../../src/realtime/durable-client.ts";
import type { DurableOptions } from "../../src/realtime/durable-options.ts";
import type { ClientStore } from "../../src/stores/client-store.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { StoreError } from "../../src/stores/store-error.ts";
import { defineTransaction } from "../../src/transactions/transaction.ts";

const contract = defineContract({
  calls: { "note.add": call<string, { readonly id: number }>() },
  buckets: { list: bucket<{ readonly text: string }>() },
});
type App = typeof contract;
const addNote = defineTransaction(contract, "note.add");

function harness(options: Partial<DurableOptions<App>> = {}) {
  const clock = new ManualClock();
  const credentials = new FakeCredentials();
  const client = new DurableClient<App>({
    url: "wss://server.test",
    contract,
    credentials,
    platform: new FakePlatform({ clock, openTransport: () => NO_TRANSPORT }),
    store: memoryStore(),
    transactions: [addNote],
    ...options,
  });
  return { clock, credentials, client };
}

const NO_TRANSPORT = {
  bufferedBytes: 0,
  isPaused: false,
  send: () => false,
  pauseReading: () => {},
  resumeReading: () => {},
  close: () => {},
};

test("making one has no effect, and closing one that never started leaves nothing", async () => {
  const { client, clock, credentials } = harness();
  expect([clock.pending, credentials.identity.subscriberCount]).toEqual([0, 0]);
  client.close();
  await client.closed;
  expect(clock.pending).toBe(0);
});

test("closing leaves no timer, no listener and no open store", async () => {
  const { client, clock, credentials } = harness();
  client.start();
  client.start();
  client.bucket("list:1").open({ apply: () => {} });
  await clock.run(1_000);
  expect(client.accountStore.current).toBeDefined();
  const note = client.transact(addNote, "x");
  await clock.run(1_000);
  client.close();
  await clock.finish(client.closed);
  await expect(note.result).rejects.toMatchObject({ kind: "closed", mayHaveRun: true });
  expect([clock.pending, credentials.identity.subscriberCount]).toEqual([0, 0]);
  expect(client.accountStore.current).toBeUndefined();
});

test.each<Partial<DurableOptions<App>>>([
  { syncPolicy: { fetchesMax: 0 } },
  { syncPolicy: { fetchMs: Infinity } },
  { syncPolicy: { retryMinMs: NaN } },
  { transactionPolicy: { inFlightMax: 0 } },
  { transactionPolicy: { callTimeoutMs: NaN } },
  { transactionPolicy: { queueMax: -1 } },
])("numbers that cannot be kept are refused when the client is made: %j", (options) => {
  expect(() => harness(options)).toThrow(OptionsError);
});

test("a listener that closes the client while it starts leaves nothing behind", async () => {
  const opened: string[] = [];
  const kept = memoryStore();
  const store: ClientStore = {
    open: (account) => {
      opened.push(account);
      return kept.open(account);
    },
    forget: (account) => kept.forget(account),
  };
  const { client, clock, credentials } = harness({ store });
  client.connection.subscribe(({ state }) => {
    if (state !== "stopped") client.close();
  });
  client.start();
  await clock.finish(client.closed);
  await clock.run(1_000);
  expect([opened, clock.pending, credentials.identity.subscriberCount]).toEqual([[], 0, 0]);
  expect(client.accountStore.current).toBeUndefined();
});

test("what a listener to a bucket throws is an uncaught error, or told to onFault", async () => {
  const thrower = (): never => {
    throw new Error("a listener's");
  };
  const faults: unknown[] = [];
  const told = harness({ onFault: (error) => faults.push(error) }).client;
  told.bucket("list:1").state.subscribe(thrower)();
  expect(faults).toEqual([new Error("a listener's")]);
  const uncaught: string[] = [];
  const others = process.rawListeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => uncaught.push(error.message));
  try {
    const { client, clock } = harness();
    client.bucket("list:1").state.subscribe(thrower)();
    await clock.settle();
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const other of others) process.on("uncaughtException", other as () => void);
  }
  expect(uncaught).toEqual(["a listener's"]);
});

test("without a user there is no store, and a transaction is told so", async () => {
  const { client, clock, credentials } = harness();
  credentials.signOut();
  client.start();
  await expect(clock.finish(client.documents())).rejects.toBeInstanceOf(StoreError);
  await expect(client.transact(addNote, "x").result).rejects.toMatchObject({
    kind: "storeFailed",
    code: "noAccount",
  });
  client.close();
  await client.closed;
});

test("a store that the platform refuses is shown as trouble, and tried again", async () => {
  const store = memoryStore();
  let refusals = 1;
  const { client, clock } = harness({
    store: {
      open: (account) =>
        refusals-- > 0 ? Promise.reject(new StoreError("unavailable")) : store.open(account),
      forget: (account) => store.forget(account),
    },
  });
  client.start();
  await clock.settle();
  expect(client.trouble.current).toMatchObject({ storeFailure: "unavailable" });
  await clock.run(60_000);
  expect(client.accountStore.current).toBeDefined();
  expect(client.trouble.current).not.toHaveProperty("storeFailure");
  client.close();
  await clock.finish(client.closed);
});

test("a page that freezes gives up its records within the call, and takes them back when it thaws", async () => {
  const store = memoryStore();
  const clock = new ManualClock();
  const platform = new FakePlatform({ clock, openTransport: () => NO_TRANSPORT });
  const { client } = harness({ store, platform });
  client.start();
  await clock.run(1_000);
  client.transact(addNote, "x");
  await clock.run(1_000);
  const other = await clock.finish(store.open("ada"));
  const count = async (): Promise<number> =>
    (await clock.finish(other.transactions.claim("other"))).records.length;
  expect(await count()).toBe(0);
  platform.lifecycle.freeze();
  expect(await count()).toBe(1);
  other.transactions.release("other");
  platform.lifecycle.thaw();
  await clock.run(1_000);
  expect(await count()).toBe(0);
  client.close();
  await clock.finish(Promise.all([client.closed, other.close()]));
});

describe("a bucket is either opened or subscribed to", () => {
  test("one that is open cannot be subscribed to", async () => {
    const { client } = harness();
    const open = client.bucket("list:1").open({ apply: () => {} });
    expect(() => client.subscribe("list:1", () => {})).toThrow("either");
    open.close();
    expect(() => client.subscribe("list:1", () => {})).not.toThrow();
    client.close();
    await client.closed;
  });

  test("one that is subscribed to cannot be opened", async () => {
    const { client } = harness();
    client.subscribe("list:1", () => {});
    expect(() => client.bucket("list:1").open({ apply: () => {} })).toThrow("either");
    client.close();
    await client.closed;
  });
});

test("all buckets that are open can be listed with how they stand", async () => {
  const { client, clock } = harness();
  client.start();
  expect([...client.bucketStates()]).toEqual([]);
  const opened = client.bucket("list:1").open({ apply: () => {} });
  expect([...client.bucketStates().keys()]).toEqual(["list:1"]);
  expect(client.bucketStates().get("list:1")).toBe(client.bucket("list:1").state.current);
  opened.close();
  await clock.run(1_000);
  expect([...client.bucketStates()]).toEqual([]);
  client.close();
});

test("the contract types transactions and buckets", () => {
  const body = (client: DurableClient<App>): void => {
    const note = client.transact(addNote, "x", { lane: "a", blockers: ["id"] });
    expectTypeOf(note.result).resolves.toEqualTypeOf<{ readonly id: number }>();
    client.bucket("list:1").open({
      apply: ({ updates }) => {
        expectTypeOf(updates[0]?.data).toEqualTypeOf<{ readonly text: string } | undefined>();
      },
    });
    // @ts-expect-error -- the input is a string
    client.transact(addNote, 1);
    // @ts-expect-error -- the input is missing
    client.transact(addNote);
    // @ts-expect-error -- there is no such kind of bucket
    client.bucket("room:1");
    // @ts-expect-error -- there is no such method
    defineTransaction(contract, "note.remove");
  };
  expect(typeof body).toBe("function");
});
