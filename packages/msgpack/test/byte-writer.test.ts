import { decode } from "@msgpack/msgpack";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { ByteWriter } from "../src/byte-writer.ts";

const write = (value: unknown): Uint8Array => new ByteWriter().write(value, 100);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test.each([
  [0, "00"],
  [-0, "00"],
  [127, "7f"],
  [128, "cc80"],
  [255, "ccff"],
  [256, "cd0100"],
  [65_535, "cdffff"],
  [65_536, "ce00010000"],
  [2 ** 32 - 1, "ceffffffff"],
  [2 ** 32, "cf0000000100000000"],
  [Number.MAX_SAFE_INTEGER, "cf001fffffffffffff"],
  [-1, "ff"],
  [-32, "e0"],
  [-33, "d0df"],
  [-128, "d080"],
  [-129, "d1ff7f"],
  [-32_768, "d18000"],
  [-32_769, "d2ffff7fff"],
  [-(2 ** 31), "d280000000"],
  [-(2 ** 31) - 1, "d3ffffffff7fffffff"],
  [Number.MIN_SAFE_INTEGER, "d3ffe0000000000001"],
  [2 ** 53, "cb4340000000000000"],
  [0.5, "cb3fe0000000000000"],
])("%d is written in its shortest form", (value, expected) => {
  expect(hex(write(value))).toBe(expected);
  expect(decode(write(value))).toBe(Object.is(value, -0) ? 0 : value);
});

test.each([
  ["text of 31", "x".repeat(31), "bf", 32],
  ["text of 32", "x".repeat(32), "d920", 34],
  ["text of 255", "x".repeat(255), "d9ff", 257],
  ["text of 256", "x".repeat(256), "da0100", 259],
  ["wide text of 32 bytes", "é".repeat(16), "d920", 34],
  ["text of 64 KiB", "x".repeat(65_536), "db00010000", 65_541],
  ["255 bytes", new Uint8Array(255), "c4ff", 257],
  ["256 bytes", new Uint8Array(256), "c50100", 259],
  ["64 KiB", new Uint8Array(65_536), "c600010000", 65_541],
  ["15 elements", Array.from({ length: 15 }, () => 0), "9f", 16],
  ["16 elements", Array.from({ length: 16 }, () => 0), "dc0010", 19],
  ["65,536 elements", Array.from({ length: 65_536 }, () => 0), "dd00010000", 65_541],
  ["15 fields", fields(15), "8f", 46],
  ["16 fields", fields(16), "de0010", 51],
  ["65,536 fields", fields(65_536), "df00010000", 0],
])("%s: the head says how many follow", (_, value, head, length) => {
  const bytes = write(value);
  expect(hex(bytes.subarray(0, head.length / 2))).toBe(head);
  if (length > 0) expect(bytes.length).toBe(length);
  expect(decode(bytes)).toEqual(value);
});

/** Each with a name of one character. */
function fields(count: number): Record<string, number> {
  const entries = Array.from({ length: count }, (_, index) => [
    count > 100 ? index.toString(36) : String.fromCharCode(97 + index),
    0,
  ]);
  return Object.fromEntries(entries) as Record<string, number>;
}

test("whatever is JSON is read by the reference implementation as JSON would bring it", () => {
  const value = fc.jsonValue({ maxDepth: 8, stringUnit: "grapheme" });
  fc.assert(
    fc.property(value, (json) => {
      fc.pre(!JSON.stringify(json).includes("__proto__"));
      expect(decode(write(json))).toEqual(JSON.parse(JSON.stringify(json)));
    }),
  );
});

describe("what JSON leaves out or changes is left out or changed alike", () => {
  test.each([
    ["no value in a field", { a: undefined, b: 1, c: () => 1, d: Symbol("d") }],
    // oxlint-disable-next-line no-sparse-arrays -- A hole is what it is about.
    ["no value in a list", [undefined, , () => 1, 2]],
    ["numbers that are none", [Number.NaN, Infinity, -Infinity]],
    ["a date", { at: new Date(0) }],
    ["what says itself what it is", { a: { toJSON: () => ({ b: [1] }) } }],
    ["what says itself that it is what it is", selfish()],
    ["a map and a set", [new Map([[1, 2]]), new Set([1])]],
    [
      "fields of a class, without its methods",
      new (class A {
        a = 1;
        b(): void {}
      })(),
    ],
  ])("%s", (_, value) => {
    expect(decode(write(value))).toEqual(JSON.parse(JSON.stringify(value)));
  });

  function selfish(): object {
    const own: Record<string, unknown> = { a: 1 };
    own["toJSON"] = () => own;
    return own;
  }
});

test("bytes are bytes: a Buffer too, a part of one, and what a toJSON makes of itself", () => {
  const part = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
  const value = [Uint8Array.of(1, 2), Buffer.from([1, 2]), part, { toJSON: () => part }];
  for (const read of decode(write(value)) as unknown[]) expect(read).toEqual(Uint8Array.of(1, 2));
});

describe("what cannot be written", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = [cycle, cycle];

  test.each([
    ["a cycle", cycle, "notEncodable"],
    ["a bigint", [1n], "notEncodable"],
    ["numbers whose bytes have an order", new Float32Array(1), "notEncodable"],
    ["a key __proto__", JSON.parse('{"a":{"__proto__":1}}'), "prototypeKey"],
    ["one level too many", [[[[1]]]], "tooDeep"],
    ["half of a surrogate pair", ["a\ud83d"], "notEncodable"],
    ["the other half, in a long text", `${"é".repeat(100)}\ude00`, "notEncodable"],
    ["keys that would become one", { "\ud800": 1, "\ud801": 2 }, "notEncodable"],
  ])("%s is told, and the same writer goes on", (_, value, code) => {
    const writer = new ByteWriter();
    expect(() => writer.write(value, 3)).toThrow(code);
    expect(hex(writer.write([[[1]]], 3))).toBe("91919101");
  });

  test("the same object twice is no cycle", () => {
    const twice = { a: 1 };
    expect(decode(write([twice, [twice]]))).toEqual([{ a: 1 }, [{ a: 1 }]]);
  });
});

test("told to mend, it writes half of a surrogate pair as U+FFFD, and whole ones as they are", () => {
  const mended = new ByteWriter().write({ "\ud800": "a\ud83db", c: "\ud83d\ude00" }, 100, true);
  expect(decode(mended)).toEqual({ "\ufffd": "a\ufffdb", c: "\ud83d\ude00" });
});
