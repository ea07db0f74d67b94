import { expect, test } from "vitest";

import { checkNames, readText, textOf } from "../../src/stores/stored-text.ts";

/** An array within an array, so many times. */
function nested(levels: number): unknown {
  return levels > 0 ? [nested(levels - 1)] : [];
}

test("a JSON value reads back as itself", () => {
  for (const value of [null, false, 0, "", "\0\ud800", [1, { a: [] }], nested(400)]) {
    expect(readText(textOf(value))).toEqual(value);
  }
});

test("what would not read back is refused, in no words of the engine", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const hostile: unknown = JSON.parse('[{"__proto__":1}]');
  for (const value of [undefined, () => 1, Symbol("s"), 1n, cyclic, hostile, nested(600)]) {
    expect(() => textOf(value)).toThrow(
      expect.objectContaining({ kind: "failed", cause: undefined }),
    );
  }
});

test("a text that we did not write says nothing", () => {
  const texts = [
    "",
    "{",
    "undefined",
    undefined,
    '{"a":{"__proto__":{"b":1}}}',
    "[".repeat(100_000),
  ];
  const deep = "[".repeat(600) + "]".repeat(600);
  const deepest = "[".repeat(50_000) + "]".repeat(50_000);
  for (const text of [...texts, deep, deepest, { length: 1 }, Symbol("s")]) {
    expect(readText(text)).toBeUndefined();
  }
});

test("names keep their whole pairs, and lose no end", () => {
  checkNames("", "room:42", "é\u{1f600}\ufb01");
  for (const name of ["\0", "a\0b", "\ud83d", "a\udc00b", "\udc00\ud800"]) {
    expect(() => checkNames("good", name)).toThrow(expect.objectContaining({ kind: "failed" }));
  }
});
