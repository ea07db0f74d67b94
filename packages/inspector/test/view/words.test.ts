/** Words for what the machine says, and for what it never said. */
import { expect, test } from "vitest";

import { cut, deadlineWords, reasonWords } from "../../src/view/words.ts";

test("words of the machine are explained, others are shown as they are", () => {
  expect(reasonWords("pingTimeout")).toBe("a ping was not answered in time");
  expect(deadlineWords("backoff")).toBe("dials again");
  expect(reasonWords("<b>x</b>")).toBe("<b>x</b>");
  expect([reasonWords("toString"), deadlineWords("constructor")]).toEqual([
    "toString",
    "constructor",
  ]);
});

test("long words are cut", () => {
  expect(cut("abc", 3)).toBe("abc");
  expect(cut("abcd", 3)).toBe("ab…");
  expect(reasonWords("x".repeat(10_000))).toHaveLength(160);
});
