/** How long to wait before the next dial, as tables. */
import { expect, test } from "vitest";

import {
  DEFAULT_BACKOFF,
  delayMs,
  type BackoffQuestion,
  type FailureCause,
} from "../../src/connection/backoff-policy.ts";

type Row = readonly [
  cause: FailureCause,
  attempt: number,
  windowMs: number,
  outageS: number,
  least: number,
  middle: number,
  most: number,
];

/**
 * `least`, `middle`, `most`: the wait with dice of 0, 0.5 and 1, which the dice never quite show.
 */
const WAITS: readonly Row[] = [
  // The first retry: a local blip at once, a drop of the fleet over the server's window.
  ["local", 1, 1_000, 0, 100, 175, 250],
  ["local", 1, 3_000, 0, 100, 175, 250],
  ["local", 0, 1_000, 0, 100, 175, 250],
  ["fleet", 1, 100, 0, 0, 50, 100],
  ["fleet", 1, 1_000, 0, 0, 500, 1_000],
  ["fleet", 1, 3_000, 0, 0, 1_500, 3_000],
  ["fleet", 1, 5_000, 0, 0, 2_500, 5_000],
  ["slow", 1, 100, 0, 300, 775, 1_250],
  ["slow", 1, 5_000, 0, 300, 775, 1_250],
  // Later: between a fifth and all of a span that doubles, to 14 s.
  ["fleet", 2, 3_000, 5, 500, 1_500, 2_500],
  ["fleet", 3, 3_000, 5, 1_000, 3_000, 5_000],
  ["fleet", 4, 3_000, 5, 2_000, 6_000, 10_000],
  ["fleet", 5, 3_000, 5, 2_800, 8_400, 14_000],
  ["fleet", 6, 3_000, 5, 2_800, 8_400, 14_000],
  ["fleet", 60, 3_000, 5, 2_800, 8_400, 14_000],
  ["slow", 2, 3_000, 5, 500, 1_500, 2_500],
  ["local", 2, 3_000, 5, 500, 1_500, 2_500],
  // A small server is back at once: the wait is scaled by its window, by 0.13 at the
  // least.
  ["fleet", 3, 1_500, 5, 500, 1_500, 2_500],
  ["fleet", 3, 600, 5, 200, 600, 1_000],
  ["fleet", 3, 100, 5, 130, 390, 650],
  ["fleet", 3, 5_000, 5, 1_000, 3_000, 5_000],
  ["local", 3, 600, 5, 200, 600, 1_000],
  ["slow", 3, 600, 5, 1_000, 3_000, 5_000],
  // After 2 minutes the whole span whatever the window, after 10 minutes up to 30 s.
  ["fleet", 3, 600, 119.999, 200, 600, 1_000],
  ["fleet", 3, 600, 120, 1_000, 3_000, 5_000],
  ["fleet", 9, 600, 599.999, 2_800, 8_400, 14_000],
  ["fleet", 9, 600, 600, 6_000, 18_000, 30_000],
  ["slow", 9, 600, 600, 6_000, 18_000, 30_000],
  ["fleet", 4, 600, 600, 2_000, 6_000, 10_000],
];

function question(random: number, model: BackoffQuestion["model"], outageMs = 0): BackoffQuestion {
  const outageSince = 7_000;
  return {
    now: outageSince + outageMs,
    random,
    model: { ...model, outageSince },
    policy: { backoff: DEFAULT_BACKOFF },
  };
}

test.each(WAITS)(
  "%s failure, attempt %i, window %i ms, outage %d s: %i to %i to %i ms",
  (cause, attempt, windowMs, outageS, ...waits) => {
    const outageMs = outageS * 1_000;
    const asked = [0, 0.5, 1].map((random) =>
      delayMs(question(random, { attempt, windowMs }, outageMs), cause),
    );
    expect(asked.map((wait) => Math.round(wait * 1_000) / 1_000)).toEqual(waits);
  },
);

test("a fleet that drops together does not come back in step (L12)", () => {
  const dice = Array.from({ length: 100 }, (_, index) => index / 100);
  const first = dice.map((random) =>
    delayMs(question(random, { attempt: 1, windowMs: 3_000 }), "fleet"),
  );
  const inTheFirst100Ms = first.filter((wait) => wait < 100).length;
  expect(inTheFirst100Ms).toBeLessThanOrEqual(4);
  expect(new Set(first).size).toBe(100);
});

test("a span of nothing leaves no wait, after any number of attempts", () => {
  const asked = question(0.5, { attempt: 2_000, windowMs: 0 });
  const backoff = { ...DEFAULT_BACKOFF, spanMs: 0 };
  expect(delayMs({ ...asked, policy: { backoff } }, "slow")).toBe(0);
});
