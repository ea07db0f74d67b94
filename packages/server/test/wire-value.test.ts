import { expect, test } from "vitest";

import { nameOf, wholeMs } from "../src/wire-value.ts";

test.each(["", "x".repeat(129), "a\0", "a\udc00b", 5 as never])("%j is no name", (text) => {
  expect(() => nameOf(text, "This")).toThrow("This must be");
});

test("a name is given back", () => {
  expect(nameOf("x".repeat(128), "This")).toHaveLength(128);
});

test.each([
  [1.2, 2],
  [-5, 0],
  [Number.NaN, 0],
  [Infinity, Number.MAX_SAFE_INTEGER],
  [7, 7],
])("%d ms are %d whole ones", (ms, whole) => {
  expect(wholeMs(ms)).toBe(whole);
});
