import { CallError, type CallErrorKind } from "@holdfast/client";
import { TransactionError, type TransactionErrorKind } from "@holdfast/client/durable";
import { CLOSE_CODES, FAILURE_CODES } from "@holdfast/protocol";
import { expect, test } from "vitest";

import { errorsPageFaults, tableOf, unionIn } from "./errors-page.ts";
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

const isYes = (cell = ""): boolean => cell.startsWith("yes");
const isNo = (cell = ""): boolean => cell.startsWith("no");

test("what the page says of a transaction's end is what its error says", () => {
  expect.assertions(8);
  for (const [kind = "", , mayHaveRun, again] of tableOf(page, "TransactionError")) {
    const error = new TransactionError(kind as TransactionErrorKind);
    expect([kind, isYes(mayHaveRun), !isNo(again)]).toEqual([
      kind,
      error.mayHaveRun,
      error.retryable,
    ]);
  }
});

test("what the page says of a call that was never sent, or was, is what its error says", () => {
  expect.assertions(8);
  for (const [kind = "", , mayHaveRun] of tableOf(page, "CallError")) {
    const error = new CallError(kind as CallErrorKind, "");
    expect([kind, isYes(mayHaveRun)]).toEqual([kind, error.mayHaveRun]);
  }
});

test("the page says of each code whether the handler began, and of each close code its number", () => {
  const refused = tableOf(page, "Codes of a failed call").map(([code, cell]) => [
    code,
    isYes(cell),
  ]);
  expect(Object.fromEntries(refused)).toEqual(
    Object.fromEntries(Object.entries(FAILURE_CODES).map(([code, rule]) => [code, rule.refused])),
  );
  const numbers = tableOf(page, "Close codes").map(([name, code]) => [name, Number(code)]);
  expect(Object.fromEntries(numbers)).toEqual(CLOSE_CODES);
});
