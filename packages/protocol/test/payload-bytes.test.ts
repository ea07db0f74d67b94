import { expect, test } from "vitest";

import { holdsBytes, readPayloadFault } from "../src/index.ts";

const bytes = Uint8Array.of(1, 2);

test("bytes are found wherever they stand", () => {
  for (const value of [bytes, [bytes], { a: [{ b: bytes }] }, new DataView(bytes.buffer)])
    expect(holdsBytes(value)).toBe(true);
  for (const value of [null, undefined, "x", 1, [], {}, { a: [1, null, "b"] }, new Date(0)])
    expect(holdsBytes(value)).toBe(false);
});

test("in a payload that was read, bytes are as good as text, however many there are", () => {
  expect(readPayloadFault(new Uint8Array(2 ** 24), 0)).toBeUndefined();
  expect(readPayloadFault({ a: [bytes] }, 2)).toBeUndefined();
  for (const value of [null, "x", 1, [[]], {}]) expect(readPayloadFault(value, 2)).toBeUndefined();
});

test("a payload that nests too deep, or has the forbidden key, is told", () => {
  expect(readPayloadFault({ a: [{}] }, 2)).toBe("tooDeep");
  expect(readPayloadFault([[[bytes]]], 2)).toBe("tooDeep");
  expect(readPayloadFault([], 0)).toBe("tooDeep");
  expect(readPayloadFault({ a: [JSON.parse('{"__proto__":1}')] }, 9)).toBe("prototypeKey");
});
