import * as fc from "fast-check";
import { expect, test } from "vitest";

import { hasPrototypeKey, maySpellPrototype, nestsWithin, utf8Length } from "../src/json-text.ts";

test("the size in UTF-8 is what the platform's encoder makes of it", () => {
  const encoder = new TextEncoder();
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(utf8Length(text)).toBe(encoder.encode(text).length);
    }),
  );
});

test.each([
  ["1", 0, true],
  ["{}", 1, true],
  ["{}", 0, false],
  ['{"a":{}}', 1, false],
  ['{"a":{},"b":{}}', 2, true],
  // The array around a frame of messages is not counted.
  ['[{"a":[]}]', 2, true],
  [' \n[{"a":[[]]}]', 2, false],
  // Brackets in strings are text.
  ['{"a":"[[[["}', 1, true],
  [String.raw`{"a":"\"[[[["}`, 1, true],
  [String.raw`{"a":"\"\"[[[["}`, 1, true],
  [String.raw`{"a":"\\","b":[]}`, 1, false],
  [String.raw`{"a":"\\\"[[["}`, 1, true],
  // Not JSON, and yet it ends.
  ['"', 1, true],
  ['[[[{"', 3, true],
  [String.raw`"\ `.trim(), 1, true],
] as const)("%s nests within %d: %s", (text, depthMax, expected) => {
  expect(nestsWithin(text, depthMax)).toBe(expected);
});

test("the nesting of any JSON is counted as a walk over it counts", () => {
  const depth = (value: unknown): number =>
    typeof value === "object" && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depth))
      : 0;
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), (value) => {
      const text = JSON.stringify(value);
      expect(nestsWithin(text, depth(value))).toBe(true);
      expect(nestsWithin(text, depth(value) - 1)).toBe(false);
    }),
  );
});

test.each([
  ['{"__proto__":1}', true],
  [String.raw`{"\u005f_proto__":1}`, true],
  [String.raw`{"__\u0070roto__":1}`, true],
  ['{"a":[{"b":{"__proto__":{}}}]}', true],
  ['{"a":"__proto__"}', false],
  ['{"a":"\\"__proto__\\":1"}', false],
  ['{"a__proto__":1}', false],
] as const)("%s has a prototype key: %s", (text, expected) => {
  expect(maySpellPrototype(text)).toBe(true);
  expect(hasPrototypeKey(JSON.parse(text))).toBe(expected);
});
