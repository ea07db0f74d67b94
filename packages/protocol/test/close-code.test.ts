import { expect, test } from "vitest";

import { CLOSE_CODES, closeMeaning, httpMeaning } from "../src/index.ts";

test.each([
  // Codes without a rule, and platforms that report none: the client tries again.
  [undefined, "retry"],
  [0, "retry"],
  [-1, "retry"],
  [Number.NaN, "retry"],
  [1000, "retry"],
  [1001, "retry"],
  [1002, "retry"],
  [1005, "retry"],
  [1006, "retry"],
  [1008, "retry"],
  [1009, "retry"],
  [1011, "retry"],
  [1012, "retry"],
  [1013, "retry"],
  [1015, "retry"],
  [3000, "retry"],
  [3999, "retry"],
  // The ranges, at both ends.
  [4000, "stop"],
  [4099, "stop"],
  [4100, "reauthenticate"],
  [4199, "reauthenticate"],
  [4200, "retry"],
  [4299, "retry"],
  [4300, "retry"],
  [4999, "retry"],
  [70_000, "retry"],
] as const)("a socket closed with %s asks the client to %s", (code, meaning) => {
  expect(closeMeaning(code)).toBe(meaning);
});

test.each([
  [401, "reauthenticate"],
  [403, "reauthenticate"],
  [426, "stop"],
  [400, "retry"],
  [404, "retry"],
  [429, "retry"],
  [500, "retry"],
  [503, "retry"],
  [undefined, "retry"],
] as const)("an upgrade refused with %s asks the client to %s", (status, meaning) => {
  expect(httpMeaning(status)).toBe(meaning);
});

test("named codes are distinct, may be sent by every platform, and avoid 1012 to 1014", () => {
  const codes = Object.values(CLOSE_CODES);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) expect(code === 1000 || (code >= 4000 && code < 4300)).toBe(true);
});
