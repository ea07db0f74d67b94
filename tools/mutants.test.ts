import { expect, test } from "vitest";

import { applyMutant, mutantsOf } from "./mutants.ts";

const changes = (source: string): string[] => mutantsOf(source).map(({ change }) => change);
const texts = (source: string): string[] =>
  mutantsOf(source).map((mutant) => applyMutant(source, mutant));

test("each statement is deleted once", () => {
  expect(texts("function f() { a = 1; go(); return a; }")).toEqual([
    "function f() { ; go(); return a; }",
    "function f() { a = 1; ; return a; }",
    "function f() { a = 1; go(); ; }",
  ]);
});

test("each condition is negated, an operand at a time", () => {
  expect(changes("const x = a && (b || !c) ? 1 : 2; while (d) {}")).toEqual([
    "negate `a && (b || !c)`",
    "negate `a`",
    "negate `b`",
    "negate `!c`",
    "delete `while (d) {}`",
    "negate `d`",
  ]);
});

test("a condition of several is negated whole and by each operand", () => {
  expect(texts("if (a || b) c();")).toEqual([
    ";",
    "if (!(a || b)) c();",
    "if (!(a) || b) c();",
    "if (a || !(b)) c();",
    "if (a || b) ;",
  ]);
});

test("each case is removed, and so is what an object overrides and a list holds", () => {
  expect(changes("switch (a) { case 1: case 2: b(); }")).toContain("delete `case 1:`");
  expect(texts("const x = { a: 1, ...y, b: 2, c };")).toEqual([
    "const x = { a: 1, ...y,  c };",
    "const x = { a: 1, ...y, b: 2,  };",
  ]);
  expect(texts("const x = [a, b];")).toEqual(["const x = [ b];", "const x = [a, ];"]);
});

test("assertions and types are left alone", () => {
  expect(changes("assert(true, 'm');")).toEqual([]);
  expect(changes("type A = [string]; interface B { c: [1] }")).toEqual([]);
  const unreachableCase = "function f() { switch (a) { default: return unreachable(a); } }";
  expect(changes(unreachableCase)).toEqual([
    "delete `switch (a) { default: return unreachable(a); }`",
  ]);
});
