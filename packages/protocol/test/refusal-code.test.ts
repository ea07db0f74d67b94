import { expect, test } from "vitest";

import { closeMeaning, refusalCloseCode, REFUSALS } from "../src/index.ts";
import type { RefusalAction } from "../src/index.ts";

test.each(Object.entries(REFUSALS))(
  "%s says the same by its message and by its close code (B24)",
  (code, { action, closeCode }) => {
    expect(closeMeaning(closeCode)).toBe(action);
    expect(refusalCloseCode(action, code)).toBe(closeCode);
  },
);

test.each<[RefusalAction, string, number]>([
  ["stop", "licenceEnded", 4000],
  ["reauthenticate", "passwordChanged", 4100],
  ["retry", "moved", 4201],
  // The action decides when an application gives a reserved word another meaning.
  ["stop", "busy", 4000],
  ["retry", "toString", 4201],
])("a refusal to %s with code %s closes with %d", (action, code, closeCode) => {
  expect(refusalCloseCode(action, code)).toBe(closeCode);
});
