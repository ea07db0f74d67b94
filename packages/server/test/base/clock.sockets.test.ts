import { expect, test } from "vitest";

import { systemClock } from "../../src/base/clock.ts";

test("an alarm never rings early, and a cancelled one never rings", async () => {
  const begun = systemClock.now();
  const cancel = systemClock.at(begun + 5, () => {
    throw new Error("rang");
  });
  cancel();
  cancel();
  await new Promise<void>((resolve) => systemClock.at(begun + 20.5, resolve));
  expect(systemClock.now()).toBeGreaterThanOrEqual(begun + 20.5);
});

test("a deadline further than timers reach does not ring at once", async () => {
  const cancel = systemClock.at(systemClock.now() + 3_000_000_000, () => {
    throw new Error("rang");
  });
  await new Promise<void>((resolve) => systemClock.at(systemClock.now() + 20, resolve));
  cancel();
});

test("a turn comes after the code that asked for it, unless it is cancelled", async () => {
  const order: string[] = [];
  const cancel = systemClock.turn(() => order.push("cancelled"));
  const turned = new Promise<void>((resolve) => systemClock.turn(resolve));
  order.push("now");
  cancel();
  await turned;
  expect(order).toEqual(["now"]);
  expect(Math.abs(systemClock.wallNow() - Date.now())).toBeLessThan(1_000);
});
