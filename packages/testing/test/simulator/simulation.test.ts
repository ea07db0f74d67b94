/** Whole runs of the simulator: what they prove, and that they prove the same again. */
import { planOf, simulate } from "@holdfast/testing/simulator";
import { expect, test } from "vitest";

import { isCounted } from "../../src/simulator/report.ts";
import { PINNED_SEEDS } from "./pinned-seeds.ts";

test.each([1, 2, 3, 4, 5])(
  "whatever goes wrong in run %i, nothing is lost or doubled",
  async (seed) => {
    const result = await simulate(planOf(seed));
    expect(result.violation).toBeUndefined();
    expect(isCounted(result)).toBe(true);
  },
);

test.each(PINNED_SEEDS)("run %i holds, which once did not: %s", async (seed) => {
  const { violation } = await simulate(planOf(seed));
  expect(violation).toBeUndefined();
});

test("what is thrown in the middle of a run is a finding with a seed, too", async () => {
  const plan = planOf(7);
  const strokes = plan.strokes.map((stroke) => ({
    ...stroke,
    get device(): number {
      throw new Error("a fault of the simulator");
    },
  }));
  const { violation } = await simulate({ ...plan, strokes });
  expect(violation).toMatchObject({ property: "it breaks" });
  expect(violation?.detail).toContain("a fault of the simulator");
});

test("the same seed gives the same run, event by event", async () => {
  const one = await simulate(planOf(42));
  const other = await simulate(planOf(42));
  expect([other.hash, other.events]).toEqual([one.hash, one.events]);
  expect((await simulate(planOf(43))).hash).not.toBe(one.hash);
});

test("a run without faults is a run in which nothing fails", async () => {
  const { violation, reasons, restMs } = await simulate({ ...planOf(7), strokes: [] });
  expect(violation).toBeUndefined();
  expect(
    [...reasons.keys()].filter((reason) => /Timeout|Failed|Closed|Violated/.test(reason)),
  ).toEqual([]);
  expect(restMs).toBeLessThan(5_000);
});
