import { decode, encode } from "@msgpack/msgpack";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { ByteReader, UnreadableFrame } from "../src/byte-reader.ts";

const read = (bytes: Uint8Array): unknown => new ByteReader(bytes, 36).read();
const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

/** What is wrong with the bytes; undefined: nothing. */
function faultOf(bytes: Uint8Array): string | undefined {
  try {
    read(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof UnreadableFrame) return error.fault;
    throw error;
  }
}

test("whatever JSON with bytes the reference implementation writes is read as it was", () => {
  const json = fc.jsonValue({ maxDepth: 8, stringUnit: "grapheme" });
  const value = fc.oneof(json, fc.array(fc.oneof(json, fc.uint8Array({ maxLength: 300 }))));
  fc.assert(
    fc.property(value, (any) => {
      fc.pre(!JSON.stringify(any).includes("__proto__"));
      const bytes = encode(any);
      // The reference writes −0 as 0.
      expect(read(bytes)).toEqual(decode(bytes));
    }),
  );
});

test.each([
  ["cc80", 128],
  ["cdffff", 65_535],
  ["ceffffffff", 4_294_967_295],
  ["cf001fffffffffffff", Number.MAX_SAFE_INTEGER],
  ["d080", -128],
  ["d18000", -32_768],
  ["d280000000", -2_147_483_648],
  ["d3ffe0000000000001", Number.MIN_SAFE_INTEGER],
  ["d3ffffffffffffffff", -1],
  ["ca3fc00000", 1.5],
  ["cb3ff8000000000000", 1.5],
  ["db0000000161", "a"],
  ["dd00000001c3", [true]],
  ["df00000001a161c2", { a: false }],
  ["82a16101a16102", { a: 2 }],
])("%s is read, in its shortest form or not", (hex, value) => {
  expect(read(fromHex(hex))).toEqual(value);
});

test("bytes are copied out of the frame, and are no Buffer", () => {
  const frame = Buffer.from("c403010203", "hex");
  const bytes = read(frame) as Uint8Array;
  frame.fill(0);
  expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
  expect(Buffer.isBuffer(bytes)).toBe(false);
  expect(bytes.buffer.byteLength).toBe(3);
});

test.each([
  ["nothing", ""],
  ["half a number", "cd01"],
  ["text that ends early", "a361"],
  ["bytes that end early", "c40301"],
  ["a list that ends early", "9201"],
  ["a field without a value", "81a161"],
  ["something behind the end", "0101"],
  ["the head that means nothing", "c1"],
  ["a date", "d6ff00000000"],
  ["an extension", "c70101ff"],
  ["text that is no UTF-8", "a1ff"],
  ["half of a surrogate pair", "a3eda080"],
  ["a field whose name is a number", "810102"],
  ["a field whose name is bytes", "81c4016102"],
  ["infinity", "ca7f800000"],
  ["no number", "cb7ff8000000000000"],
  ["a list of four thousand million elements", "ddffffffff"],
  ["an object of four thousand million fields", "dfffffffff"],
  ["text of four thousand million bytes", "dbffffffff"],
  ["bytes by the four thousand million", "c6ffffffff"],
])("%s is refused", (_, hex) => {
  expect(faultOf(fromHex(hex))).toBe("notParseable");
});

test.each(["a95f5f70726f746f5f5f", "d9095f5f70726f746f5f5f", "da00095f5f70726f746f5f5f"])(
  "a field __proto__ is refused, however its name is written: %s",
  (name) => {
    expect(faultOf(fromHex(`9181${name}80`))).toBe("prototypeKey");
  },
);

test("36 levels are read, and 37 are not, however many follow", () => {
  const levels = (count: number): Uint8Array => new Uint8Array(count).fill(0x91);
  expect(faultOf(Uint8Array.of(...levels(35), 0x90))).toBeUndefined();
  expect(faultOf(Uint8Array.of(...levels(36), 0x90))).toBe("tooDeep");
  expect(faultOf(levels(1_000_000))).toBe("tooDeep");
  expect(faultOf(Uint8Array.of(...levels(35), 0x81, 0xa1, 0x61, 0x80))).toBe("tooDeep");
});

test("claims of large lists within one another cost nothing", () => {
  // Each says that it has as many elements as there are bytes left.
  const frame = new Uint8Array(2 ** 20);
  const view = new DataView(frame.buffer);
  for (let at = 0; at + 5 <= frame.length; at += 5) {
    frame[at] = 0xdd;
    view.setUint32(at + 1, frame.length - at - 5);
  }
  const before = process.memoryUsage().heapUsed;
  expect(faultOf(frame)).toBe("tooDeep");
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 ** 22);
});
