import { expect, test } from "vitest";

import { withDecisionsList } from "./decisions-list.ts";

const files = new Map([
  ["docs/decisions/0002-b.md", "# B is better\n\nText"],
  ["docs/decisions/0001-a.md", "# A is first\n"],
  ["docs/decisions/README.md", ""],
]);
const list =
  "| number | choice |\n| --- | --- |\n" +
  "| 0001 | [A is first](0001-a.md) |\n| 0002 | [B is better](0002-b.md) |\n";

test("the decisions are listed by number, each by its title", () => {
  expect(withDecisionsList("# Decisions\n\nOne page each.\n", files)).toBe(
    `# Decisions\n\nOne page each.\n\n${list}`,
  );
});

test("a list that is there is made anew", () => {
  const page = withDecisionsList("# Decisions\n", new Map());
  expect(withDecisionsList(page, files)).toBe(`# Decisions\n\n${list}`);
});
