import type { Page } from "@holdfast/protocol";
import { expect, test } from "vitest";

import { PageBudget } from "../src/page-budget.ts";

const page: Page = {
  type: "page",
  bucket: "b",
  epoch: "e",
  after: 0,
  upTo: 0,
  updates: [],
  head: 0,
};

test("64 pages are sent unasked", () => {
  const budget = new PageBudget();
  const taken = Array.from({ length: 66 }, () => budget.takeBucket());
  expect(taken.filter(Boolean)).toHaveLength(64);
  expect(taken.slice(64)).toEqual([false, false]);
});

test("pages are sent as long as they fit into a mebibyte; after the first that does not, none", () => {
  const budget = new PageBudget();
  const asked: number[] = [];
  const say = (bytes: number): boolean =>
    budget.say(page, (_, bytesMax) => {
      asked.push(bytesMax);
      return bytes <= bytesMax ? bytes : 0;
    });
  expect([say(1_000_000), say(40_000), say(9_000), say(1)]).toEqual([true, true, false, false]);
  expect(asked).toEqual([1_048_576, 48_576, 8_576, 0]);
  expect(budget.takeBucket()).toBe(false);
});
