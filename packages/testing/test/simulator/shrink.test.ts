import { expect, test } from "vitest";

import { shrink } from "../../src/simulator/shrink.ts";

const all = Array.from({ length: 30 }, (_, n) => n);

/** Fails when all of these are there. */
const needs =
  (...needed: number[]) =>
  async (part: readonly number[]): Promise<boolean> =>
    needed.every((one) => part.includes(one));

test.each([[[7]], [[0, 29]], [[3, 4, 17]], [all.slice(0, 12)]])(
  "what a failure needs is all that is left: %j",
  async (needed) => {
    expect(await shrink(all, needs(...needed), 1_000)).toEqual(needed);
  },
);

test("a failure that needs nothing leaves nothing", async () => {
  expect(await shrink(all, async () => true, 1_000)).toEqual([]);
});

test("it tries no more often than it may", async () => {
  let tries = 0;
  const fails = async (part: readonly number[]): Promise<boolean> => {
    tries++;
    return part.includes(5) && part.includes(25);
  };
  const kept = await shrink(all, fails, 6);
  expect(tries).toBe(6);
  expect(kept).toEqual(expect.arrayContaining([5, 25]));
});
