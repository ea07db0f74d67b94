import { accountsForAll } from "@holdfast/protocol";
import { expect, test } from "vitest";

import { pageFor } from "../src/bucket-page.ts";
import { firstHalf } from "../src/half-page.ts";

const range = { bucket: "b", epoch: "e", oldest: 4, head: 9 };

test("of half a page every number is accounted for, down to a single one", () => {
  const updates = [5, 6, 7, 8, 9].map((seq) => ({ seq, at: 1, data: seq }));
  const sees = ({ seq }: { seq: number }): boolean => seq === 7;
  let page = pageFor({ ...range, after: 4, upTo: 9, updates }, { author: undefined, sees }, 1, 9);
  expect(page.skipped).toEqual([
    [5, 6],
    [8, 9],
  ]);
  page = firstHalf(page);
  expect(page).toMatchObject({ id: 1, after: 4, upTo: 6, updates: [], skipped: [[5, 6]], head: 9 });
  page = firstHalf(page);
  expect(page).toMatchObject({ after: 4, upTo: 5, updates: [], skipped: [[5, 5]] });
  const whole = pageFor(
    { ...range, after: 4, upTo: 9, updates },
    { author: undefined, sees: undefined },
    undefined,
    9,
  );
  const half = firstHalf(whole);
  expect(half).toEqual({ ...whole, upTo: 6, updates: updates.slice(0, 2) });
  expect(accountsForAll(half)).toBe(true);
});
