import { expect, test } from "vitest";

import { findRows, readOutcome, rowOf, type StoredRow } from "../../src/stores/stored-record.ts";
import { textOf } from "../../src/stores/stored-text.ts";
import { sampleRecord } from "./support/sample-record.ts";

const none = (): boolean => false;

/** A row whose record has these fields instead. */
function rowWith(fields: object): StoredRow {
  return { id: "a", owner: "tab1", text: textOf(["acc", { ...sampleRecord("a", 1), ...fields }]) };
}

function reasonFor(row: StoredRow): string | undefined {
  return findRows("acc", "tab1", [row], none).claim.setAside[0]?.reason;
}

test("a record reads back as itself, with fields that a later minor version adds", () => {
  const full = sampleRecord("a", 1, {
    lane: "l",
    blockers: ["x", "y"],
    phase: "cancelling",
    cancelledBy: "deadline",
    sentAt: 3,
  });
  const later = { ...full, colour: "blue" };
  const row = rowOf("acc", "tab1", later);
  expect(findRows("acc", "tab1", [row], none)).toEqual({
    claim: { records: [later], setAside: [], adopted: [] },
    adopted: [],
  });
});

test.each([
  { id: 1 },
  { id: "b" },
  { name: null },
  { method: undefined },
  { recordVersion: "1" },
  { order: "1" },
  { inputVersion: undefined },
  { createdAt: null },
  { deadlineAt: [] },
  { attempts: {} },
  { violations: true },
  { lane: 1 },
  { lane: null },
  { sentAt: "x" },
  { blockers: "x" },
  { blockers: [1] },
  { phase: "sending" },
  { phase: undefined },
  { cancelledBy: "nobody" },
  { cancelledBy: null },
])("a record with %j is corrupt", (fields) => {
  expect(reasonFor(rowWith(fields))).toBe("corrupt");
});

test.each([
  { lane: undefined },
  { sentAt: undefined },
  { cancelledBy: undefined },
  { input: null },
])("a record with %j is whole", (fields) => {
  expect(reasonFor(rowWith(fields))).toBeUndefined();
});

test("a record of another version says so, whatever else it holds, and however old", () => {
  expect(reasonFor(rowWith({ recordVersion: 2, blockers: 7 }))).toBe("version");
  expect(reasonFor(rowWith({ recordVersion: 0 }))).toBe("version");
});

test.each(["", "null", "7", "[]", '["acc"]', '["acc",[]]', '["acc",7]', "{}", '["b",{}]'])(
  "the text %s is corrupt",
  (text) => {
    expect(reasonFor({ id: "a", owner: "tab1", text })).toBe("corrupt");
  },
);

test("a row that is of the wrong types is corrupt, and its id is told as text", () => {
  const row = { ...rowWith({}), id: 7, owner: undefined, text: { not: "text" } };
  const { claim, adopted } = findRows("acc", "tab1", [row as unknown as StoredRow], () => true);
  expect(claim).toEqual({ records: [], setAside: [{ id: "7", reason: "corrupt" }], adopted: [] });
  expect(adopted).toEqual([]);
});

test("an id that is no text is corrupt, even where both agree on it", () => {
  const row = { ...rowWith({ id: 7 }), id: 7 } as unknown as StoredRow;
  expect(reasonFor(row)).toBe("corrupt");
});

test("records come in the order of the queue; where it does not tell, the id does", () => {
  const rows = (["d 2", "a 10", "c 2", "b 1"] as const).map((each) => {
    const [id = "", order] = each.split(" ");
    return rowOf("acc", "tab1", sampleRecord(id, Number(order)));
  });
  for (const shuffled of [rows, rows.toReversed()]) {
    const { records } = findRows("acc", "tab1", shuffled, none).claim;
    expect(records.map(({ id }) => id)).toEqual(["b", "c", "d", "a"]);
  }
});

test("own rows and those of free owners are found; only the free ones are adopted", () => {
  const rows = ["tab1", "tab2", "tab3"].map((owner) =>
    rowOf("acc", owner, sampleRecord(owner, 1, { owner })),
  );
  const { claim, adopted } = findRows("acc", "tab1", rows, (owner) => owner === "tab3");
  expect(claim.records.map(({ id, owner }) => [id, owner])).toEqual([
    ["tab1", "tab1"],
    ["tab3", "tab1"],
  ]);
  expect(adopted).toEqual([{ ...rows[2], owner: "tab1" }]);
});

test("outcomes that are not what we wrote are none", () => {
  const outcome = { id: "a", endedAt: 1, phase: "failed", error: { kind: "rejected" } };
  expect(readOutcome(textOf(outcome))).toEqual(outcome);
  for (const phase of ["done", "failed", "cancelled"]) {
    expect(readOutcome(textOf({ ...outcome, phase, error: undefined }))).toMatchObject({ phase });
  }
  const bad = [
    { id: 1 },
    { endedAt: "1" },
    { phase: "queued" },
    { error: "x" },
    { error: null },
    { error: {} },
  ];
  for (const fields of bad) {
    expect(readOutcome(textOf({ ...outcome, ...fields }))).toBeUndefined();
  }
  for (const text of [undefined, "", "null", "[]"]) expect(readOutcome(text)).toBeUndefined();
});
