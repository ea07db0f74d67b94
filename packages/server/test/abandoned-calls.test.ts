import { expect, test } from "vitest";

import { AbandonedCalls } from "../src/abandoned-calls.ts";

test("an account whose handlers run on may begin no more, until one of them has ended", () => {
  const calls = new AbandonedCalls(3);
  calls.left("ada", 2);
  calls.left("bob", 2);
  expect(calls.isFull("ada")).toBe(false);
  calls.left("ada", 2);
  expect([calls.isFull("ada"), calls.isFull("bob")]).toEqual([true, false]);
  calls.ended("ada");
  expect(calls.isFull("ada")).toBe(true);
  calls.ended("ada");
  expect(calls.isFull("ada")).toBe(false);
});

test("a session that leaves nothing behind counts for nothing, also where none may run on", () => {
  const calls = new AbandonedCalls(0);
  calls.left("ada", 0);
  expect(calls.isFull("ada")).toBe(false);
  calls.left("ada", 1);
  expect(calls.isFull("ada")).toBe(true);
  calls.ended("ada");
  expect(calls.isFull("ada")).toBe(false);
});
