import * as fc from "fast-check";
import { expect, test } from "vitest";

import { utf8Length } from "../src/utf8-length.ts";

test("the size in UTF-8 is what the platform's encoder makes of it", () => {
  const encoder = new TextEncoder();
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(utf8Length(text)).toBe(encoder.encode(text).length);
    }),
  );
});
