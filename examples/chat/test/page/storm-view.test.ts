/** The curve of a storm, and what is said of it. */
import { expect, test } from "vitest";

import { STORM_PICTURE, stormView } from "../../src/page/storm-view.ts";
import type { StormReport } from "../../src/storm.ts";

const passing: StormReport = {
  phase: "passing",
  clients: 500,
  points: [
    [0, 500],
    [100, 0],
  ],
};
const over: StormReport = {
  phase: "over",
  clients: 500,
  backAtMs: 2_000,
  points: [
    [0, 500],
    [100, 0],
    [2_000, 0],
    [2_050, 30],
    [2_100, 60],
    [2_150, 110],
    [2_600, 260],
    [4_000, 500],
  ],
};

test.each<[string, StormReport]>([
  ["500 clients gather…", { ...passing, phase: "gathering", points: [] }],
  ["The server leaves: 0 of 500 are connected.", passing],
  ["The server is back: 0 of 500 are connected.", { ...passing, backAtMs: 50 }],
  [
    "The storm could not be raised: its clients did not all connect.",
    { ...passing, phase: "failed" },
  ],
  ["", { ...passing, phase: "none" }],
])("it says: %s", (words, report) => {
  expect(stormView(report).words).toBe(words);
});

test("afterwards it says how fast all came back, and how close together", () => {
  expect(stormView(over).words).toBe(
    "All 500 are back 2.0 s after the server, half of them 600 ms after it. At most 48 % came within 100 ms.",
  );
});

test("who did not come back is told too", () => {
  const points = [...over.points.slice(0, -1), [20_000, 499] as const];
  expect(stormView({ ...over, points }).words).toMatch(/^499 of 500 are back/);
});

test("the curve goes from top to bottom and stays within the picture", () => {
  const { line, area, backX, endWords } = stormView(over);
  const { width, height, top, bottom } = STORM_PICTURE;
  const points = line.split(" ").map((point) => point.split(",").map(Number));
  expect(points).toHaveLength(over.points.length);
  expect(points[0]).toEqual([0, top]);
  expect(points[1]?.[1]).toBe(height - bottom);
  expect(points.every(([x = -1]) => x >= 0 && x <= width)).toBe(true);
  expect(area.startsWith(`0,${height - bottom} 0.0,`)).toBe(true);
  expect(backX).toBeCloseTo((2_000 / 4_080) * width);
  expect(endWords).toBe("4.1 s");
  expect(stormView({ ...over, points: [] })).toMatchObject({ line: "", area: "" });
});
