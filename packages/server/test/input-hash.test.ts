import * as fc from "fast-check";
import { expect, test } from "vitest";

import { inputHash } from "../src/input-hash.ts";

test("the order of an object's keys does not matter, everything else does", () => {
  expect(inputHash({ a: 1, b: { c: [1, 2], d: null } })).toBe(
    inputHash({ b: { d: null, c: [1, 2] }, a: 1 }),
  );
  const others = [
    undefined,
    null,
    "",
    {},
    [],
    0,
    "0",
    [[]],
    { a: undefined },
    { a: null },
    [1, 2],
    [2, 1],
  ];
  const hashes = others.map(inputHash);
  // A field that is left out and one that is undefined are the same JSON.
  expect(new Set(hashes).size).toBe(others.length - 1);
  expect(inputHash({ a: undefined })).toBe(inputHash({}));
});

test("a digest is short, whatever it is of, and names nothing of it", () => {
  expect(inputHash({ password: "hunter2".repeat(10_000) })).toMatch(/^[\w-]{43}$/u);
});

test("what comes back from JSON has the same digest", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(inputHash(JSON.parse(JSON.stringify(value)))).toBe(inputHash(value));
    }),
  );
});
