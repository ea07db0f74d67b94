/** The page of planted faults, and what of it is not true any more. */
import { expect, test } from "vitest";

import { catalogue } from "./catalogue.ts";
import { faultsPage, faultsPath, plantingFaults, type Caught } from "./faults-page.ts";
import { planted, type PlantedFault } from "./planted-fault.ts";

const fault: PlantedFault = {
  what: "what is counted counts twice",
  rows: "B03",
  path: "packages/client/src/a.ts",
  find: "count += 1; tell(count);",
  replace: "count += 2; tell(count);",
  tests: ["packages/client/test/a.test.ts"],
};
const source = "if (isNews) {\n  count += 1;\n  tell(count);\n}\n";
const caught: Caught = { by: "it counts | once", file: fault.tests[0] ?? "", runs: 7, ms: 1_234 };
const page = faultsPage([["Counting", [fault]]], new Map([[fault, caught]]));

function files(changes: Readonly<Record<string, string | undefined>> = {}): Map<string, string> {
  const all = { [fault.path]: source, "packages/client/test/a.test.ts": "", [faultsPath]: page };
  const changed = Object.entries({ ...all, ...changes });
  return new Map(changed.flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])));
}

test("a fault is planted however the formatter breaks the lines, and only where it stands once", () => {
  expect(planted(fault, source)).toBe("if (isNews) {\n  count += 2; tell(count);\n}\n");
  expect(() => planted(fault, "")).toThrow("stands there 0 times");
  expect(() => planted(fault, source + source)).toThrow("stands there 2 times");
});

test("the page names the fault, where it is planted, which test fails and how soon", () => {
  expect(page).toContain("## Counting");
  expect(page).toContain(
    "| what is counted counts twice | B03 | a.ts | it counts or once (a.test.ts) | 7, 1.2 s |",
  );
});

test.each<[string, Readonly<Record<string, string | undefined>>, string]>([
  ["the source has changed", { [fault.path]: "" }, "stands there 0 times"],
  ["the source is gone", { [fault.path]: undefined }, "stands there 0 times"],
  ["its test is gone", { "packages/client/test/a.test.ts": undefined }, "a.test.ts: is gone"],
  [
    "the page has not heard of it",
    { [faultsPath]: "" },
    'stale for "what is counted counts twice"',
  ],
  ["there is no page", { [faultsPath]: undefined }, 'stale for "what is counted counts twice"'],
  [
    "the page has one that is not planted any more",
    { [faultsPath]: `${page}| old | B1 | b.ts | x | 1 |\n` },
    "is not planted any more: | old | B1 | b.ts |",
  ],
])("when %s, the check says so", (_name, changes, fault_) => {
  const found = plantingFaults([["Counting", [fault]]], files(changes));
  expect(found.join("\n")).toContain(fault_);
});

test("a page that is as it should be is left in peace, whatever the times of the run", () => {
  expect(plantingFaults([["Counting", [fault]]], files())).toEqual([]);
});

test("the catalogue has at least 25, and none is named twice", () => {
  const all = catalogue.flatMap(([, faults]) => faults);
  expect(new Set(all.map(({ what }) => what)).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(25);
});
