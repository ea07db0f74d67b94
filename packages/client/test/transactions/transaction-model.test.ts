import { expect, test } from "vitest";

import { entryOf, isOver, phaseOf, type Entry } from "../../src/transactions/transaction-model.ts";
import { QueueRig } from "./support/queue-rig.ts";

const stored = new QueueRig().record("a");
const done = { phase: "done" } as const;
const failed = { phase: "failed", error: { kind: "rejected" } } as const;
const awaits = new Map([["log", 1]]);

test.each<readonly [Partial<Entry>, string, boolean]>([
  [{ stored: undefined }, "saving", false],
  [{}, "queued", false],
  [{ call: 1 }, "inFlight", false],
  [{ call: 1, isAcked: true }, "acked", false],
  [{ isAcked: true }, "queued", false],
  [{ record: { ...stored, phase: "cancelling" } }, "cancelling", false],
  [{ record: { ...stored, phase: "cancelling" }, call: 1 }, "cancelling", false],
  [{ end: done, awaits }, "acked", false],
  [{ end: done }, "done", true],
  [{ end: done, stored: undefined }, "done", true],
  [{ end: failed }, "queued", true],
])("an entry with %j is %s; over: %s", (facts, phase, over) => {
  const entry = { ...entryOf(stored, stored, { repeatable: false }, undefined), ...facts };
  expect([phaseOf(entry), isOver(entry)]).toEqual([phase, over]);
});

test("what is loaded may have run if it was marked as sent, and others may wait to hear of it", () => {
  const sent = { ...stored, sentAt: 1 };
  const facts = [entryOf(stored, undefined, undefined, 1), entryOf(sent, sent, undefined, 1)];
  expect(facts.map(({ mayHaveRun, mayBeAwaited }) => [mayHaveRun, mayBeAwaited])).toEqual([
    [false, false],
    [true, true],
  ]);
});
