import { beforeEach, expect, test } from "vitest";

import { ManualClock } from "../../src/manual-clock.ts";
import { ProcessClock } from "../../src/simulator/process-clock.ts";

let world: ManualClock;
let clock: ProcessClock;
let rung: string[];
beforeEach(() => {
  world = new ManualClock();
  clock = new ProcessClock(world);
  rung = [];
  for (const name of ["10", "20"]) clock.at(clock.now() + Number(name), () => void rung.push(name));
});

test("it rings as the world's does", () => {
  world.advance(15);
  expect([rung, clock.pending]).toEqual([["10"], 1]);
});

test("asleep it does not ring; awake it rings at once what fell due, in order", () => {
  clock.sleep();
  clock.at(clock.now() + 5, () => void rung.push("5"));
  world.advance(100);
  expect(rung).toEqual([]);
  clock.wake(0);
  world.flush();
  expect(rung).toEqual(["5", "10", "20"]);
});

test("where sleep stops the monotonic clock, nothing has fallen due meanwhile", () => {
  const before = clock.now();
  clock.sleep();
  world.advance(100);
  clock.wake(100);
  expect(clock.now()).toBe(before);
  world.advance(10);
  expect(rung).toEqual(["10"]);
});

test("the wall clock jumps alone, and can be set right", () => {
  const before = clock.wallNow();
  clock.jumpWall(-5_000);
  expect([clock.wallNow(), clock.now()]).toEqual([before - 5_000, world.now()]);
  clock.setWall();
  expect(clock.wallNow()).toBe(world.wallNow());
});

test("dead it never rings again, and takes nothing on", () => {
  clock.kill();
  clock.at(clock.now(), () => void rung.push("late"));
  clock.wake(0);
  world.advance(100);
  expect([rung, clock.pending, world.pending]).toEqual([[], 0, 0]);
});

test("what is cancelled does not ring, before or after a sleep", () => {
  const cancel = clock.at(clock.now() + 1, () => void rung.push("cancelled"));
  clock.sleep();
  cancel();
  clock.wake(0);
  world.advance(1);
  expect(rung).toEqual([]);
});
