import { expect, test } from "vitest";

import { ManualClock } from "../../testing/src/manual-clock.ts";
import { Alarms } from "../src/base/alarms.ts";
import { Retries } from "../src/retries.ts";

test("what failed is done again a second after the first of it, all at once", () => {
  const clock = new ManualClock();
  const retries = new Retries(clock, new Alarms(clock));
  const done: string[] = [];
  const again = (): void => void done.push("again");
  const cancel = retries.add(again);
  clock.advance(500);
  retries.add(again);
  retries.add(() => done.push("other"));
  cancel();
  cancel();
  clock.advance(499);
  expect(done).toEqual([]);
  clock.advance(1);
  clock.flush();
  expect(done).toEqual(["again", "other"]);
  expect(clock.pending).toBe(0);
});

test("what is asked for while it is done waits for the next time", () => {
  const clock = new ManualClock();
  const retries = new Retries(clock, new Alarms(clock));
  let count = 0;
  const again = (): void => {
    if (++count < 3) retries.add(again);
  };
  retries.add(again);
  clock.advance(1_000);
  clock.flush();
  expect(count).toBe(1);
  clock.advance(2_000);
  clock.flush();
  expect(count).toBe(3);
  expect(clock.pending).toBe(0);
});

test("when nobody waits any more, no timer is left", () => {
  const clock = new ManualClock();
  const retries = new Retries(clock, new Alarms(clock));
  const cancels = [retries.add(() => undefined), retries.add(() => undefined)];
  cancels[0]?.();
  expect(clock.pending).toBe(1);
  cancels[1]?.();
  expect(clock.pending).toBe(0);
});
