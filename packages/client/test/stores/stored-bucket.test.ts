import { expect, test } from "vitest";

import { debtsOf, documentsOf, isSameCursor, readCursor } from "../../src/stores/stored-bucket.ts";

test("a cursor that cannot be read is none, so that its bucket begins anew", () => {
  expect(readCursor({ bucket: "x", epoch: "e", seq: 0 })).toEqual({ epoch: "e", seq: 0 });
  const bad = [
    undefined,
    null,
    7,
    {},
    { epoch: "e" },
    { epoch: 1, seq: 1 },
    { epoch: "e", seq: 1.5 },
  ];
  for (const row of bad) expect(readCursor(row)).toBeUndefined();
});

test("cursors are the same when epoch and number are", () => {
  const cursor = { epoch: "e", seq: 1 };
  expect(isSameCursor(undefined, undefined)).toBe(true);
  expect(isSameCursor(cursor, { ...cursor })).toBe(true);
  for (const other of [undefined, { epoch: "f", seq: 1 }, { epoch: "e", seq: 2 }]) {
    expect(isSameCursor(cursor, other)).toBe(false);
    expect(isSameCursor(other, cursor)).toBe(false);
  }
});

test("a debt that cannot be read is none: the next hello finds it again", () => {
  const debt = { bucket: "x", epoch: "e", head: 3 };
  const bad = [{}, { ...debt, bucket: 1 }, { ...debt, epoch: null }, { ...debt, head: "3" }];
  expect(debtsOf([...bad, { ...debt, more: 1 }])).toEqual([debt]);
});

test("documents come by id, and one that cannot be read is no document that is missing", () => {
  const rows = ["b", "a", "\ufb01", "\u{1f600}"].map((id) => ({ id, text: `"${id}"` }));
  expect(documentsOf(rows).map(({ id }) => id)).toEqual(["a", "b", "\u{1f600}", "\ufb01"]);
  expect(() => documentsOf([...rows, { id: "c", text: "{" }])).toThrow("corrupt");
});
