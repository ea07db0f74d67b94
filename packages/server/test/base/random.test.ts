import { expect, test } from "vitest";

import { seededRandom } from "../../../client/src/base/random.ts";
import { randomName, systemRandom } from "../../src/base/random.ts";

test("a name has the length asked for, and only hexadecimal digits", () => {
  expect(randomName(seededRandom(1), 16)).toMatch(/^[0-9a-f]{16}$/);
  expect(randomName(() => 0.999_999, 3)).toBe("fff");
});

test("two names of the platform's dice differ", () => {
  expect(randomName(systemRandom, 16)).not.toBe(randomName(systemRandom, 16));
});
