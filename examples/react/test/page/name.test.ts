/** Who looks at the page, by its address. */
import { expect, test } from "vitest";

import { nameIn } from "../../src/page/name.ts";

test.each([
  ["", "ann"],
  ["?as=ben", "ben"],
  ["?as=Ben", "ben"],
  ["?as=%20Ben%20", "ben"],
  ["?as=", "ann"],
  ["?as=ben%20b", "ann"],
  [`?as=${"b".repeat(21)}`, "ann"],
])("of %s it is somebody who can get a token: %s", (search, name) => {
  expect(nameIn(search)).toBe(name);
});
