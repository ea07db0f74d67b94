/** The chart of round trips. */
import { expect, test } from "vitest";

import { recordingOf } from "../../src/view/recording.ts";
import { POINTS_MAX, roundTripView } from "../../src/view/round-trip-view.ts";
import { opened, recorded, reportOf } from "../recording-world.ts";

/** A recording in which pings took so long. */
async function trips(taken: readonly number[]) {
  const own = await opened();
  await own.clock.run(6_000);
  const report = reportOf(own);
  const { trace } = report;
  const pong = trace.entries.find(({ event }) => event.type === "pongReceived");
  const health = own.client.recentEvents.at(-1)?.step.model.health;
  if (!pong || !health) throw new Error("no pong");
  const pongs = taken.map((roundTripMs) => ({
    ...pong,
    changed: { health: { ...health, roundTripMs } },
  }));
  const entries = [...trace.entries.filter(({ event }) => event.type !== "pongReceived"), ...pongs];
  return recordingOf({ ...report, trace: { ...trace, entries } });
}

test("last, median and worst are told, and the top is a round number above", async () => {
  const recording = await trips([4, 30, 8]);
  const view = roundTripView(recording, recording.beats.length - 1);
  expect(view.words).toBe("last 8 ms · median 8 ms · worst 30 ms");
  expect(view.top).toBe(50);
  expect(view.points.map(({ x, y }) => [x, y])).toEqual([
    [0, 0.08],
    [0.5, 0.6],
    [1, 0.16],
  ]);
});

test("only what was known at the moment is drawn, and only the last of it", async () => {
  const recording = await trips(Array.from({ length: POINTS_MAX + 10 }, (_, at) => at + 1));
  const last = recording.beats.length - 1;
  expect(roundTripView(recording, last).points).toHaveLength(POINTS_MAX);
  expect(roundTripView(recording, last).points[0]?.ms).toBe(11);
  expect(roundTripView(recording, last - POINTS_MAX - 9).points.map(({ ms }) => ms)).toEqual([1]);
});

test("without any, that is said", async () => {
  const recording = recorded(await opened());
  expect(roundTripView(recording, 0)).toEqual({
    points: [],
    words: "No ping has been answered yet.",
    top: 1,
  });
});
