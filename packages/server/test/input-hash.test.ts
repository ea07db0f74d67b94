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

test("the digest of an input stays what earlier versions stored", () => {
  expect(inputHash({ a: [1, "x", null, { z: 1, b: 2 }] })).toBe(
    "ziHt7TGdEnCfg28KzJq9X-mwWirDqhbKc7pWXLVWjCE",
  );
});

test("bytes are told apart from other bytes, and from every text and object that resembles them", () => {
  const [bytes, other] = [new Uint8Array([1, 2]), new Uint8Array([1, 3])];
  const others = [
    bytes,
    other,
    { 0: 1, 1: 2 },
    [1, 2],
    "AQI=",
    "bytes AQI=",
    null,
    [bytes, "bytes AQI="],
    ["bytes AQI=", bytes],
    [bytes, bytes],
    [bytes, null],
    [null, bytes],
    ["text bytes AQI=", "bytes AQI="],
    'tagged "bytes AQI="',
  ];
  expect(new Set(others.map(inputHash)).size).toBe(others.length);
  expect(inputHash({ a: bytes, b: "x" })).toBe(inputHash({ b: "x", a: new Uint8Array([1, 2]) }));
  expect(inputHash(new Uint8Array([0, 1, 2, 3]).subarray(1, 3))).toBe(inputHash(bytes));
});

test("a million bytes are digested as fast as so much text, and not one field at a time", () => {
  const bytes = new Uint8Array(1_048_576);
  // The best of a few: a busy machine is slow at times, and fields take a second every time.
  const took = Math.min(
    ...[1, 2, 3].map(() => {
      const from = performance.now();
      inputHash(bytes);
      return performance.now() - from;
    }),
  );
  expect(took).toBeLessThan(200);
});
