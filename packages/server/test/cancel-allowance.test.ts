/** Cancels of unknown keys are bounded for each account. */
import { expect, test } from "vitest";

import { CancelAllowance } from "../src/cancel-allowance.ts";

const policy = { keyCancelsPerSecond: 2, keyCancelsBurst: 3 };

test("an account may cancel so many keys at once, then at the rate", () => {
  const allowance = new CancelAllowance(policy);
  const taken = (now: number): number => allowance.take("ada", now);
  expect([taken(0), taken(0), taken(0), taken(0)]).toEqual([0, 0, 0, 500]);
  expect([taken(499), taken(500), taken(500)]).toEqual([1, 0, 500]);
  expect([taken(60_000), taken(60_000), taken(60_000), taken(60_000)]).toEqual([0, 0, 0, 500]);
});

test("what one account cancels says nothing about another", () => {
  const allowance = new CancelAllowance(policy);
  for (let count = 0; count < 9; count++) allowance.take("ada", 0);
  expect(allowance.take("bob", 0)).toBe(0);
});

test("accounts whose allowance is whole again are forgotten, the others are not", () => {
  const allowance = new CancelAllowance(policy);
  for (let count = 0; count < 1_000; count++) allowance.take(`account ${count}`, 0);
  expect(allowance.size).toBe(1_000);
  for (let count = 0; count < 3; count++) allowance.take("busy", 400);
  for (let count = 0; count < 600; count++) allowance.take("guest", 900 + count / 1_000);
  expect(allowance.size).toBeLessThan(10);
  expect(allowance.take("busy", 900)).toBe(0);
  expect(allowance.take("busy", 900)).toBe(500);
});
