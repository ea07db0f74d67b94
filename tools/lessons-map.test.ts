import { expect, test } from "vitest";

import { lessonFaults, lessons, shownLessons, withLessonsTable } from "./lessons-map.ts";

const file = "packages/client/test/a.test.ts";
const text = `
  test("a late close is not heard (B05, L1)", () => {});
  test.each([["again | and again (L01)"]])("%s", () => {});
  test("nothing", () => {}); // (B09)
`;

test("the lessons a test shows are read off its name", () => {
  expect(shownLessons(new Map([[file, text]]))).toEqual([
    { lesson: "B05", test: "a late close is not heard", file },
    { lesson: "L01", test: "a late close is not heard", file },
    { lesson: "L01", test: "again | and again", file },
  ]);
});

test("the table is made anew between its marks, and making it twice changes nothing", () => {
  const marks =
    "<!-- made by tools/check-docs.ts from the names of the tests -->\nold\n<!-- end -->";
  const shown = shownLessons(new Map([[file, text]]));
  const once = withLessonsTable(`# Lessons\n\n${marks}\n\n## More\n`, shown);
  expect(once).toContain(`| L01 | again \\| and again | ${file} |`);
  expect(once).not.toContain("old");
  expect(once).toMatch(/^# Lessons\n[\s\S]*\n## More\n$/);
  expect(withLessonsTable(once, shown)).toBe(once);
});

test("a lesson that nobody accounts for is found, and so is one set aside and yet shown", () => {
  const wait = lessons.slice(2).map((lesson) => `| ${lesson} | later |`);
  const document = `## Wait for their part\n${wait.join("\n")}\n\n## Set aside\n| B01 | why |\n`;
  expect(lessonFaults(document, [{ lesson: "B01", test: "a", file }])).toEqual([
    "B01: set aside, and yet shown or waiting",
    "B02: no test shows it, and no table says why",
  ]);
});
