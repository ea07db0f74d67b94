/** The checks of what is committed and stored, one by one: each must be able to fail. */
import { beforeEach, expect, test } from "vitest";

import { ManualClock } from "../../src/manual-clock.ts";
import { Journal } from "../../src/simulator/journal.ts";
import { Ledger } from "../../src/simulator/ledger.ts";
import type { Wish } from "../../src/simulator/wish.ts";

let journal: Journal;
let ledger: Ledger;
beforeEach(() => {
  journal = new Journal(new ManualClock());
  ledger = new Ledger(journal);
});

function wish(more: Partial<Wish> = {}): Wish {
  const made: Wish = {
    n: ledger.wishes.length,
    fate: "ok",
    lane: undefined,
    blockers: [],
    hasDeadline: false,
    maker: "phone1",
    account: "ada",
    isAtHome: true,
    id: "",
    isStored: true,
    isCancelled: false,
    end: undefined,
    failures: 0,
    epochs: new Set(),
    ...more,
  };
  ledger.made(made);
  return made;
}

function commit(...wishes: readonly number[]): void {
  for (const n of wishes) {
    const after = ledger.log("e", "list:a").length;
    const updates = [{ seq: after + 1, at: 0, data: { wish: n } }];
    ledger.heed({ type: "committed", bucket: "list:a", epoch: "e", after, updates });
  }
}

test("what is committed once and in order breaks nothing", () => {
  const first = wish({ lane: "x" });
  wish({ lane: "x", blockers: [first] });
  commit(0, 1, -7, -7);
  expect(journal.violation).toBeUndefined();
});

test("what was confirmed before a server lost its store may come again out of its order", () => {
  wish({ lane: "x", end: { type: "done" }, epochs: new Set(["lost"]) });
  wish({ lane: "x" });
  commit(1, 0);
  expect(journal.violation).toBeUndefined();
});

test("what sessions broke off over is waited for by nothing, and may come late", () => {
  wish({ lane: "x", end: { type: "failed", kind: "poisoned", code: "" } });
  wish({ lane: "x" });
  commit(1, 0);
  expect(journal.violation).toBeUndefined();
});

test.each<readonly [string, () => void]>([
  ["nothing is done twice", () => (wish(), commit(0, 0))],
  ["a lane keeps its order", () => (wish({ lane: "x" }), wish({ lane: "x" }), commit(1, 0))],
  ["blockers come first", () => (wish({ blockers: [wish()] }), commit(1))],
  ["what is denied has no effect", () => (wish({ fate: "denied" }), commit(0))],
  [
    "what was said to have no effect has none",
    () => (wish({ end: { type: "failed", kind: "cancelled", code: "" } }), commit(0)),
  ],
  [
    "a log is gapless",
    () => ledger.heed({ type: "committed", bucket: "list:a", epoch: "e", after: 3, updates: [] }),
  ],
])("it is noticed when this does not hold: %s", (property, happen) => {
  happen();
  expect(journal.violation?.property).toBe(property);
});

const at = (seq: number): { readonly epoch: string; readonly seq: number } => ({ epoch: "e", seq });

test("what a client stores is compared with the log, number by number", () => {
  commit(-1, -2, -3);
  ledger.stores("phone1", "list:a", at(1), at(3), [
    { seq: 2, wish: -2 },
    { seq: 3, wish: -3 },
  ]);
  expect(journal.violation).toBeUndefined();
  ledger.stores("phone1", "list:a", at(1), at(3), [{ seq: 3, wish: -3 }]);
  expect(journal.violation?.property).toBe("what is stored is what the log has, gapless");
});

test("a new epoch needs a snapshot", () => {
  ledger.stores("phone1", "list:a", { epoch: "old", seq: 1 }, at(2), []);
  expect(journal.violation?.property).toBe("a new epoch needs a snapshot");
});

test("what is hidden in an inbox is accounted for", () => {
  const updates = [1, 2, 3].map((seq) => ({ seq, at: 0, data: { wish: -seq } }));
  ledger.heed({ type: "committed", bucket: "inbox:ada", epoch: "e", after: 0, updates });
  expect(ledger.expected("inbox:ada", "e", 0, 3).map(({ seq }) => seq)).toEqual([1, 2]);
});
