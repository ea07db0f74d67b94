/** What a durable store promises when its platform fails: before or after, never between. */
import { array, assert, asyncProperty, constantFrom, integer, nat, record } from "fast-check";
import { ManualClock } from "@holdfast/testing";
import { describe, expect, test } from "vitest";

import type { AccountStore } from "../../src/stores/client-store.ts";
import type { DocumentChange } from "../../src/stores/document-store.ts";
import { indexedDbStore } from "../../src/stores/indexed-db.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import type { TransactionChange } from "../../src/transactions/transaction-store.ts";
import { FakeBrowser } from "./support/fake-browser.ts";
import { type FaultKind, Faults, faultyIndexedDb, faultySqlite } from "./support/faults.ts";
import { sampleRecord } from "./support/sample-record.ts";
import { driver } from "./support/store-world.ts";

/** A store on a platform that fails as `faults` plan. */
export interface FaultyWorld {
  readonly faults: Faults;
  open(account: string): Promise<AccountStore>;
}

function faultyBrowser(): FaultyWorld {
  const browser = new FakeBrowser();
  const faults = new Faults();
  const indexedDB = faultyIndexedDb(browser.indexedDB, faults);
  const store = indexedDbStore({}, { ...browser.tab(), indexedDB });
  return { faults, open: (account) => store.open(account) };
}

function faultyFile(): FaultyWorld {
  const faults = new Faults();
  const store = sqliteStore({
    database: ":memory:",
    driver: faultySqlite(driver, faults),
    clock: new ManualClock(),
  });
  return { faults, open: (account) => store.open(account) };
}

const plan = record({ at: integer({ min: 1, max: 14 }), kind: constantFrom("early", "late") });
const id = constantFrom("a", "b", "c");
const change = record({ type: constantFrom("add", "put", "remove"), id, order: nat(99) });
const writes = record({ changes: array(change, { minLength: 1, maxLength: 5 }), plan });
const documentChange = record({ isPut: constantFrom(true, false), id, document: nat(99) });
const commits = record({
  changes: array(documentChange, { maxLength: 5 }),
  isSnapshot: constantFrom(true, false),
  plan,
});

const worlds = [
  ["an IndexedDB", faultyBrowser],
  ["a SQLite", faultyFile],
] as const;

describe.each(worlds)("%s that fails:", (_, makeWorld) => {
  const everyRun = async (
    body: (account: AccountStore, faults: Faults) => Promise<void>,
    account: string,
  ): Promise<void> => {
    const world = makeWorld();
    const store = await world.open(account);
    try {
      await body(store, world.faults);
    } finally {
      world.faults.plan();
      await store.close();
    }
  };

  test("a write that fails at any step has changed nothing, and the next one works (L39)", async () => {
    let failures = 0;
    const property = asyncProperty(array(writes, { maxLength: 6 }), (steps) =>
      everyRun(async ({ transactions }, faults) => {
        await transactions.claim("tab1");
        const contents = async (): Promise<unknown> => {
          faults.plan();
          const { records, setAside } = await transactions.claim("tab1");
          expect(setAside).toEqual([]);
          return records;
        };
        for (const { changes, plan } of steps) {
          const before = await contents();
          const batch = changes.map(({ type, id, order }): TransactionChange =>
            type === "remove"
              ? { type, id, outcome: { id, endedAt: 2e12, phase: "done" } }
              : { type, record: sampleRecord(id, order) },
          );
          const doomed = new Set(changes.map((each) => each.id));
          const outcomes = await transactions.outcomes([...doomed]);
          faults.plan(plan.at, plan.kind);
          const hasFailed = await transactions.write("tab1", batch).then(
            () => false,
            () => true,
          );
          if (!hasFailed) continue;
          failures += 1;
          expect(await contents()).toEqual(before);
          expect(await transactions.outcomes([...doomed])).toEqual(outcomes);
        }
      }, "a"),
    );
    await assert(property, { numRuns: 60 });
    expect(failures).toBeGreaterThan(20);
  });

  test("documents and their cursor are always of one commit (B41, L55)", async () => {
    let failures = 0;
    const property = asyncProperty(array(commits, { maxLength: 6 }), (steps) =>
      everyRun(async ({ documents }, faults) => {
        let model = new Map<string, number>();
        let seq: number | undefined;
        for (const { changes, isSnapshot, plan } of steps) {
          const from = seq === undefined ? undefined : { epoch: "e", seq };
          const to = { epoch: "e", seq: (seq ?? 0) + 1 };
          const puts = changes.map(({ id, document }) => ({ id, document }));
          const batch = changes.map(({ isPut, id, document }): DocumentChange =>
            isPut ? { type: "put", id, document } : { type: "delete", id },
          );
          faults.plan(plan.at, plan.kind);
          const doing = isSnapshot
            ? documents.replace("x", from, to, puts)
            : documents.commit("x", from, to, batch);
          const hasFailed = await doing.then(
            () => false,
            () => true,
          );
          failures += hasFailed ? 1 : 0;
          if (!hasFailed) {
            seq = to.seq;
            model = new Map(isSnapshot ? [] : model);
            for (const { isPut, id, document } of changes) {
              if (isPut || isSnapshot) model.set(id, document);
              else model.delete(id);
            }
          }
          faults.plan();
          const stored = await documents.documents("x");
          expect(new Map(stored.map(({ id, document }) => [id, document]))).toEqual(model);
          expect((await documents.cursor("x"))?.seq).toBe(seq);
        }
      }, "a"),
    );
    await assert(property, { numRuns: 60 });
    expect(failures).toBeGreaterThan(20);
  });

  test("a claim that fails at any step can be made again, and finds everything", async () => {
    const claimFailing = async (at: number, kind: FaultKind): Promise<number> => {
      let steps = 0;
      await everyRun(async ({ transactions }, faults) => {
        await transactions.claim("tab1");
        await transactions.write("tab1", [
          { type: "add", record: sampleRecord("a", 1) },
          { type: "add", record: sampleRecord("b", 2) },
        ]);
        transactions.release("tab1");
        faults.plan(at, kind);
        const found = await transactions.claim("tab2").then(
          ({ records }) => records.length,
          () => "failed",
        );
        if (found !== "failed") expect(found).toBe(2);
        ({ steps } = faults);
        faults.plan();
        const again = await transactions.claim("tab2");
        expect(again.records.map(({ id }) => id)).toEqual(["a", "b"]);
      }, "a");
      return steps;
    };
    const steps = await claimFailing(Infinity, "early");
    expect(steps).toBeGreaterThan(4);
    for (const kind of ["early", "late"] as const) {
      for (let at = 1; at <= steps; at++) await claimFailing(at, kind);
    }
  });
});
