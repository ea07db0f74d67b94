import * as fc from "fast-check";
import { expect, test } from "vitest";

import { readUtf8 } from "../src/utf8-text.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const platform = (bytes: Uint8Array): string | undefined => {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
};

test("any bytes are read as the platform's strict decoder reads them, also where there is none", () => {
  // Mostly the bytes at which the rules of UTF-8 change.
  const edge = fc.constantFrom(0, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2);
  const lead = fc.constantFrom(0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff);
  const byte = fc.oneof(edge, lead, fc.nat(255));
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(byte, { maxLength: 6 }),
      (any, edges) => {
        for (const bytes of [any, Uint8Array.from(edges), Uint8Array.from([...any, ...edges])]) {
          const reader = { decode: () => "not asked" };
          expect(readUtf8(bytes, 0, bytes.length)).toBe(platform(bytes));
          if (bytes.length <= 32)
            expect(readUtf8(bytes, 0, bytes.length, reader)).toBe(platform(bytes));
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test("any text comes back, short or long, from the middle of a frame", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      const bytes = new TextEncoder().encode(`<${text}>`);
      expect(readUtf8(bytes, 1, bytes.length - 1)).toBe(text);
    }),
  );
  expect(readUtf8(new TextEncoder().encode("\ufeffmark"), 0, 7)).toBe("\ufeffmark");
});
