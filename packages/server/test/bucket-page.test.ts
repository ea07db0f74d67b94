import { expect, test } from "vitest";

import { isTooFar, pageFor, tooFarBehind } from "../src/bucket-page.ts";

const range = { bucket: "b", epoch: "e", oldest: 4, head: 9 };

test.each<[string, string | undefined, number, boolean]>([
  ["before what is left of the log", "e", 2, true],
  ["right before the oldest update", "e", 3, false],
  ["at the head", "e", 9, false],
  ["beyond the head", "e", 10, true],
  ["of another epoch", "f", 5, true],
  ["of no epoch", undefined, 5, true],
])("a position %s is too far: %s, %d → %s", (_, epoch, after, isFar) => {
  expect(isTooFar(range, epoch, after)).toBe(isFar);
});

test("what is too far is told where the log begins and ends", () => {
  expect(tooFarBehind(range)).toEqual({ type: "tooFarBehind", ...range });
  expect(tooFarBehind(range, 7)).toEqual({ type: "tooFarBehind", id: 7, ...range });
});

test("a page holds no more updates than were asked for, and says where it ends", () => {
  const updates = [5, 6, 7].map((seq) => ({ seq, at: 1, data: seq }));
  const page = { ...range, after: 4, upTo: 7, updates };
  const reader = { author: undefined, sees: ({ seq }: { seq: number }) => seq !== 6 };
  expect(pageFor(page, reader, 1, 2)).toEqual({
    type: "page",
    id: 1,
    bucket: "b",
    epoch: "e",
    after: 4,
    upTo: 6,
    updates: [updates[0]],
    skipped: [[6, 6]],
    head: 9,
  });
  expect(pageFor(page, reader, undefined, 3)).toMatchObject({ upTo: 7 });
  expect(pageFor(page, reader, undefined, 3)).not.toHaveProperty("id");
});
