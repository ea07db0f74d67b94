import { expect, test } from "vitest";

import { Dice } from "../../src/simulator/dice.ts";

const roll = (dice: Dice): number[] => Array.from({ length: 5 }, () => dice.whole(1, 1_000));

test("the same seed rolls the same, and a fork the same whatever was rolled before", () => {
  const one = new Dice(7);
  const other = new Dice(7);
  expect(roll(one)).toEqual(roll(other));
  roll(one);
  expect(roll(one.fork(3))).toEqual(roll(other.fork(3)));
});

test("forks of different names roll differently", () => {
  const dice = new Dice(7);
  const rolls = Array.from({ length: 200 }, (_, salt) => roll(dice.fork(salt)).join());
  expect(new Set(rolls).size).toBe(200);
});

test("numbers stay within their bounds and reach them", () => {
  const dice = new Dice(1);
  const rolls = Array.from({ length: 500 }, () => dice.whole(2, 5));
  expect(new Set(rolls)).toEqual(new Set([2, 3, 4, 5]));
  for (let n = 0; n < 500; n++) {
    const ms = dice.ms(10, 10_000);
    expect(ms >= 10 && ms <= 10_000).toBe(true);
  }
  expect(() => dice.pick([])).toThrow(RangeError);
});
