import { planOf, simulate } from "@holdfast/testing/simulator";
import { beforeAll, describe, expect, test } from "vitest";

import { isCounted, lineOf, storyOf, Totals } from "../../src/simulator/report.ts";
import type { RunResult } from "../../src/simulator/simulation.ts";

let result: RunResult;
beforeAll(async () => {
  result = await simulate(planOf(1));
});

function batch(runs: number, run: RunResult): Totals {
  const totals = new Totals();
  for (let n = 0; n < runs; n++) totals.add(run);
  return totals;
}

describe("a batch of runs", () => {
  test("does not hold when one of them failed", () => {
    const violation = { property: "it holds", detail: "it does not", at: 1 };
    const totals = batch(3, result);
    expect(totals.holds).toBe(true);
    totals.add({ ...result, violation });
    expect(totals).toMatchObject({ holds: false, runs: 4, counted: 3, failed: 1 });
  });

  test("may leave out a fault while it is small, and no longer when it is large", () => {
    expect(batch(199, result)).toMatchObject({ holds: true, counted: 199 });
    const large = batch(200, result);
    expect(large.missing).not.toEqual([]);
    expect(large.holds).toBe(false);
    expect(large.lines(1_000).at(-1)).toBe(`never met: ${large.missing.join(", ")}`);
  });
});

test("a run that saw too little is not counted, and its line says so", () => {
  const short = { ...result, transactions: 99 };
  expect([isCounted(result), isCounted(short)]).toEqual([true, false]);
  expect(lineOf(result, 60)).toMatch(/^seed 1: ok \(.* 60 ms\)$/);
  expect(lineOf(short, 60)).toMatch(/ 60 ms, not counted\)$/);
});

test("a failure is told with the faults that it takes, and with what led to it, but not with more", () => {
  const [stroke] = result.plan.strokes;
  const line = result.world.journal.lines.find(({ at }) => at > 60_000);
  if (!stroke || !line) throw new Error("run 1 has no fault, or nothing happens in it");
  const violation = { property: "it holds", detail: "it does not", at: line.at };
  const story = storyOf({ ...result, violation }, [stroke]);
  expect(story.slice(0, 3)).toEqual([
    "it holds",
    "  it does not",
    `It needs these of the ${result.plan.strokes.length} faults of seed 1:`,
  ]);
  expect(story[3]).toContain(stroke.fault);
  expect(story.length).toBeLessThanOrEqual(5 + 120);
  expect(story.at(-1)).toContain((line.at / 1_000).toFixed(3));
});
