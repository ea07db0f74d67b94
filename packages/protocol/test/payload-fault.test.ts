import * as fc from "fast-check";
import { expect, test } from "vitest";

import { payloadFault } from "../src/payload-fault.ts";

test.each([
  ["1", 0, undefined],
  ["{}", 1, undefined],
  ["{}", 0, "tooDeep"],
  ['{"a":{}}', 1, "tooDeep"],
  ['{"a":[1],"b":{}}', 2, undefined],
  ['{"a":[1,{}]}', 2, "tooDeep"],
  ['{"a":"[[[["}', 1, undefined],
  ['{"__proto__":1}', 1, "prototypeKey"],
  [String.raw`{"\u005f_proto__":1}`, 1, "prototypeKey"],
  ['{"a":[{"b":{"__proto__":{}}}]}', 9, "prototypeKey"],
  ['{"a":"__proto__"}', 1, undefined],
  ['{"a__proto__":1}', 1, undefined],
] as const)("%s, at most %d deep: %s", (text, nestingMax, fault) => {
  expect(payloadFault(JSON.parse(text), nestingMax)).toBe(fault);
});

test("the nesting of any JSON is found, to the level", () => {
  const depth = (value: unknown): number =>
    typeof value === "object" && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depth))
      : 0;
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json: unknown = JSON.parse(JSON.stringify(value).replaceAll("__proto__", "proto"));
      expect(payloadFault(json, depth(json))).toBeUndefined();
      if (depth(json) > 0) expect(payloadFault(json, depth(json) - 1)).toBe("tooDeep");
    }),
  );
});

test("an object with a `toJSON` counts as what it makes of itself, once", () => {
  const self = { toJSON: (): unknown => self, deep: [[]] };
  expect(payloadFault([new Date(0)], 2)).toBeUndefined();
  expect(payloadFault({ toJSON: () => [[[]]] }, 2)).toBe("tooDeep");
  expect(payloadFault({ toJSON: () => JSON.parse('{"__proto__":1}') as unknown }, 9)).toBe(
    "prototypeKey",
  );
  expect(payloadFault({ toJSON: () => null, deep: [[[]]] }, 2)).toBeUndefined();
  expect(payloadFault(self, 3)).toBeUndefined();
});
