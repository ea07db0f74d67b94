/** Numbers that no clock and no queue can keep are refused where they are given. */
import { expect, test } from "vitest";

import { OptionsError } from "../../src/base/errors.ts";
import { policyOf } from "../../src/base/policy.ts";

const DEFAULTS = { callsMax: 4, callMs: 30_000, waitMsMax: 60_000 };
const of = (given?: Partial<Record<keyof typeof DEFAULTS, unknown>>) =>
  policyOf(DEFAULTS, given as Partial<typeof DEFAULTS>, "callMs");

test("what is given takes the place of the default, and undefined is not given", () => {
  expect(of()).toEqual(DEFAULTS);
  expect(of({ callsMax: undefined, waitMsMax: 1e12 })).toEqual({ ...DEFAULTS, waitMsMax: 1e12 });
  expect(of({ callsMax: 1, callMs: 2_147_483_647, waitMsMax: 0 })).toEqual({
    callsMax: 1,
    callMs: 2_147_483_647,
    waitMsMax: 0,
  });
  expect(DEFAULTS.callsMax).toBe(4);
});

test.each<[string, Partial<Record<keyof typeof DEFAULTS, unknown>>]>([
  ["a count of nothing", { callsMax: 0 }],
  ["half a count", { callsMax: 1.5 }],
  ["a count without end", { callsMax: Infinity }],
  ["a count that is text", { callsMax: "4" }],
  ["a bigint", { callsMax: 4n }],
  ["a time that is no number", { waitMsMax: NaN }],
  ["a time before now", { waitMsMax: -1 }],
  ["a time without end", { waitMsMax: Infinity }],
  ["a timeout that no timer keeps", { callMs: 2_147_483_648 }],
])("%s is refused", (_, given) => {
  expect(() => of(given)).toThrow(OptionsError);
  expect(() => of(given)).toThrow(`bad ${Object.keys(given)[0]}`);
});
