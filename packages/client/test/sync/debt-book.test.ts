/** The debts of sync, and how they are kept. */
import { seededRandom } from "@holdfast/client";
import { ManualClock } from "@holdfast/testing";
import { expect, test } from "vitest";

import { DebtBook } from "../../src/sync/debt-book.ts";
import { DEFAULT_SYNC_POLICY } from "../../src/sync/sync-policy.ts";
import type { BucketDebt } from "../../src/sync/sync-store.ts";
import { DebtStore } from "./support/sync-rig.ts";

const debt = (bucket: string, epoch = "e1", head = 9): BucketDebt => ({ bucket, epoch, head });

function bookOf(store: DebtStore | null = new DebtStore()) {
  const clock = new ManualClock();
  const reports: unknown[] = [];
  let loads = 0;
  const options = {
    clock,
    random: seededRandom(1),
    hooks: {},
    onApplied: () => undefined,
    report: (error: unknown) => void reports.push(error),
    onFault: () => expect.unreachable("no fault"),
  };
  const book = new DebtBook(options, DEFAULT_SYNC_POLICY, store ?? undefined, () => void loads++);
  const stored = () => [...(store?.stored.values() ?? [])];
  return { book, clock, reports, stored, store, loads: () => loads };
}

test("the debts of one turn are one write (Y5)", async () => {
  const { book, clock, stored, store } = bookOf();
  await clock.settle();
  book.note("room:1", debt("room:1"));
  book.note("room:2", debt("room:2"));
  expect(store?.writes).toBe(0);
  await clock.settle();
  expect(store?.writes).toBe(1);
  expect(stored()).toEqual([debt("room:1"), debt("room:2")]);
});

test("what is paid within the turn is not written at all", async () => {
  const { book, clock, store } = bookOf();
  await clock.settle();
  book.note("room:1", debt("room:1"));
  book.note("room:1", undefined);
  await clock.settle();
  expect(store?.writes).toBe(0);
});

test("a debt that only grows is not written again; one of another epoch is", async () => {
  const { book, clock, store, stored } = bookOf();
  await clock.settle();
  book.note("room:1", debt("room:1"));
  await clock.settle();
  book.note("room:1", debt("room:1", "e1", 10));
  await clock.settle();
  expect(store?.writes).toBe(1);
  book.note("room:1", debt("room:1", "e2"));
  await clock.settle();
  expect(stored()).toEqual([debt("room:1", "e2")]);
});

test("what was stored is known once it was read, but for what has changed since", async () => {
  const store = new DebtStore();
  store.stored.set("room:1", debt("room:1")).set("room:2", debt("room:2"));
  const { book, clock, loads } = bookOf(store);
  book.note("room:2", debt("room:2", "e2"));
  expect(book.owed.size).toBe(1);
  await clock.settle();
  expect(loads()).toBe(1);
  expect([...book.owed.values()]).toEqual([debt("room:2", "e2"), debt("room:1")]);
  expect([...store.stored.values()]).toEqual([debt("room:1"), debt("room:2", "e2")]);
});

test("what is paid is removed", async () => {
  const store = new DebtStore();
  store.stored.set("room:1", debt("room:1"));
  const { book, clock, stored } = bookOf(store);
  await clock.settle();
  book.note("room:1", undefined);
  await clock.settle();
  expect(stored()).toEqual([]);
});

test("a write that fails is reported, and tried again until it is done", async () => {
  const { book, clock, stored, store, reports } = bookOf();
  await clock.settle();
  if (store) store.failures = 2;
  book.note("room:1", debt("room:1"));
  await clock.run(500);
  book.note("room:2", debt("room:2"));
  expect(stored()).toEqual([]);
  await clock.run(5_000);
  expect(stored()).toEqual([debt("room:2"), debt("room:1")]);
  expect(reports).toHaveLength(2);
  expect(clock.pending).toBe(0);
});

test("a read that fails is tried again too, and nothing is written before", async () => {
  const store = new DebtStore();
  store.failures = 1;
  const { book, clock, loads, stored, reports } = bookOf(store);
  book.note("room:1", debt("room:1"));
  await clock.settle();
  expect(loads()).toBe(0);
  expect(stored()).toEqual([]);
  await clock.run(1_000);
  expect(loads()).toBe(1);
  expect(stored()).toEqual([debt("room:1")]);
  expect(reports).toHaveLength(1);
});

test("one write runs at a time, and what changed meanwhile comes with the next", async () => {
  const { book, clock, store, stored } = bookOf();
  await clock.settle();
  let finish = (): void => undefined;
  const save = store?.saveDebts.bind(store);
  let running = 0;
  let most = 0;
  if (store && save) {
    store.saveDebts = (owed, paid) => {
      most = Math.max(most, ++running);
      return new Promise((resolve, reject) => {
        finish = () => {
          running--;
          save(owed, paid).then(resolve, reject);
        };
      });
    };
  }
  book.note("room:1", debt("room:1"));
  await clock.settle();
  book.note("room:1", undefined);
  book.note("room:2", debt("room:2"));
  await clock.settle();
  finish();
  await clock.settle();
  finish();
  await clock.settle();
  expect(most).toBe(1);
  expect(stored()).toEqual([debt("room:2")]);
});

test("closed, it leaves nothing on the clock, and nothing that ends late is heard", async () => {
  const store = new DebtStore();
  store.stored.set("room:1", debt("room:1"));
  const { book, clock, loads, reports } = bookOf(store);
  book.close();
  await clock.settle();
  expect(loads()).toBe(0);
  expect(reports).toEqual([]);
  book.note("room:2", debt("room:2"));
  expect(clock.pending).toBe(0);
});

test("a write that is due when it is closed is not made", async () => {
  const { book, clock, store } = bookOf();
  await clock.settle();
  book.note("room:1", debt("room:1"));
  book.close();
  await clock.settle();
  expect(store?.writes).toBe(0);
  expect(clock.pending).toBe(0);
});

test("without a store, debt is remembered and not written", async () => {
  const { book, clock } = bookOf(null);
  book.note("room:1", debt("room:1"));
  await clock.settle();
  expect(book.owed.size).toBe(1);
});
