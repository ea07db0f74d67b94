/** What accounts may do so often. */
import { expect, test } from "vitest";

import { AccountAllowance } from "../src/account-allowance.ts";

const limits = { perSecond: 2, burst: 3 };

test("an account may do it so many times at once, then at the rate", () => {
  const allowance = new AccountAllowance(limits);
  const taken = (now: number): number => allowance.take("ada", now);
  expect([taken(0), taken(0), taken(0), taken(0)]).toEqual([0, 0, 0, 500]);
  expect([taken(499), taken(500), taken(500)]).toEqual([1, 0, 500]);
  expect([taken(60_000), taken(60_000), taken(60_000), taken(60_000)]).toEqual([0, 0, 0, 500]);
});

test("what is done many times at once costs as much; what is turned down costs nothing", () => {
  const allowance = new AccountAllowance(limits);
  expect(allowance.take("ada", 0, 4)).toBe(500);
  expect(allowance.take("ada", 0, 3)).toBe(0);
  expect(allowance.take("ada", 0, 2)).toBe(1_000);
});

test("what one account does says nothing about another", () => {
  const allowance = new AccountAllowance(limits);
  for (let count = 0; count < 9; count++) allowance.take("ada", 0);
  expect(allowance.take("bob", 0)).toBe(0);
});

test("accounts whose allowance is whole again are forgotten, the others are not", () => {
  const allowance = new AccountAllowance(limits);
  for (let count = 0; count < 1_000; count++) allowance.take(`account ${count}`, 0);
  expect(allowance.size).toBe(1_000);
  for (let count = 0; count < 3; count++) allowance.take("busy", 400);
  for (let count = 0; count < 600; count++) allowance.take("guest", 900 + count / 1_000);
  expect(allowance.size).toBeLessThan(10);
  expect(allowance.take("busy", 900)).toBe(0);
  expect(allowance.take("busy", 900)).toBe(500);
});
