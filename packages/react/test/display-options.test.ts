/** When a banner shows, as the app has chosen it. */
import { OptionsError } from "@holdfast/client";
import { DEFAULT_DISPLAY_POLICY } from "@holdfast/client/display";
import { expect, test } from "vitest";

import { displayPolicyOf } from "../src/display-options.ts";
import { createHooks } from "../src/index.ts";

test("what is not given, or given as undefined, is as always", () => {
  expect(displayPolicyOf()).toEqual(DEFAULT_DISPLAY_POLICY);
  const given = { showMs: undefined, hideMs: 0 } as unknown as { readonly hideMs: number };
  expect(displayPolicyOf(given)).toEqual({ ...DEFAULT_DISPLAY_POLICY, hideMs: 0 });
});

test("a banner may be put off for ever", () => {
  expect(displayPolicyOf({ showMs: Infinity }).showMs).toBe(Infinity);
});

test.each([
  ["showMs", Number.NaN],
  ["showFirstMs", -1],
  ["hideMs", "1s"],
])("a %s that is no time is refused as the hooks are made: %s", (name, value) => {
  const make = (): unknown => createHooks({ display: { [name]: value } });
  expect(make).toThrow(OptionsError);
  expect(make).toThrow(`display.${name}`);
});
