import { expect, test } from "vitest";

import { errorsPageFaults, unionIn } from "./errors-page.ts";
import { projectFiles } from "./project-files.ts";

const files = projectFiles();
const page = files.get("docs/errors.md") ?? "";

test("the page of errors has every error and every word of the sources, and no other", () => {
  expect(errorsPageFaults(page, files)).toEqual([]);
});

test("a word that the page lacks, and one that is gone, are found", () => {
  expect(errorsPageFaults(page.replace("| `neverSent` |", "| `neverLeft` |"), files)).toEqual([
    "“CallError” lacks neverSent",
    "“CallError” has neverLeft, which is gone",
  ]);
});

test("an error without a section, and a section without an error, are found", () => {
  expect(errorsPageFaults(page.replace("### StoreFault", "### StoreFailure"), files)).toEqual([
    "has no section for StoreFault",
    "has a section for StoreFailure, which no package exports",
  ]);
});

test("the words of a union are read in each of the ways that they are written", () => {
  expect(unionIn('export type A = "a" | "b";\n', "A")).toEqual(["a", "b"]);
  expect(unionIn('export type A =\n  /** "no" */\n  | "a"\n  | `b ${string}`;\n', "A")).toEqual([
    "a",
    "b",
  ]);
  expect(unionIn('export type B = "b";\n', "A")).toEqual([]);
});
