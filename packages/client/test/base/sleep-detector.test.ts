import { expect, test } from "vitest";
import { sleptBetween } from "../../src/base/sleep-detector.ts";

// Readings as (monotonic, wall) distances from the previous one; the alarm was due at `due`.
test.each([
  ["nothing happened", { now: 0, wall: 0 }, undefined, false],
  ["an hour passed between two events", { now: 3.6e6, wall: 3.6e6 }, undefined, false],
  ["an alarm came on time", { now: 25_000, wall: 25_000 }, 25_000, false],
  ["an alarm came 2 s late", { now: 27_000, wall: 27_000 }, 25_000, false],
  ["an alarm came later: the process was stopped", { now: 27_001, wall: 27_001 }, 25_000, true],
  ["the monotonic clock stood still in sleep", { now: 10, wall: 60_010 }, undefined, true],
  ["it stood still before an alarm", { now: 25_000, wall: 85_000 }, 25_000, true],
  ["an alarm was late on the wall alone, by drift", { now: 25_000, wall: 27_001 }, 25_000, true],
  ["the wall clock drifted by 2 s", { now: 1_000, wall: 3_000 }, undefined, false],
  ["the wall clock was set back an hour", { now: 1_000, wall: -3.6e6 }, undefined, false],
  ["it was set back, and an alarm was late", { now: 30_000, wall: -3.6e6 }, 25_000, true],
  ["an alarm was early", { now: 100, wall: 100 }, 25_000, false],
  ["an alarm was overdue at the previous reading already", { now: 10, wall: 10 }, -60_000, false],
])("%s", (_, { now, wall }, due, expected) => {
  const previous = { now: 5_000, wallNow: 1_800_000_000_000 };
  const current = { now: previous.now + now, wallNow: previous.wallNow + wall };
  const deadline = due === undefined ? undefined : previous.now + due;
  expect(sleptBetween(previous, current, deadline)).toBe(expected);
});
