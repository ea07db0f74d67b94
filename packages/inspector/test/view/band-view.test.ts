/** The band of all states. */
import { expect, test } from "vitest";

import { bandView, beatNear } from "../../src/view/band-view.ts";
import { recordingOf } from "../../src/view/recording.ts";
import { opened, recorded, reportOf } from "../recording-world.ts";

test("it is covered from end to end, one stretch for each stay in a state", async () => {
  const own = await opened();
  await own.clock.run(30_000);
  own.client.stop();
  const { stretches, places } = bandView(recorded(own));
  expect(stretches.map(({ state }) => state)).toEqual([
    "stopped",
    "connectingTransport",
    "authenticating",
    "open",
    "stopped",
  ]);
  expect(stretches[0]?.from).toBe(0);
  expect(stretches.at(-1)?.to).toBe(1);
  for (const [index, { from }] of stretches.entries())
    if (index > 0) expect(from).toBe(stretches[index - 1]?.to);
  expect(places.every((place, index) => place >= (places[index - 1] ?? 0) && place < 1)).toBe(true);
});

test("a long wait takes more room than a short one, but not all of it", async () => {
  const own = await opened();
  await own.clock.run(4_000);
  own.network.goOnline("constrained");
  const recording = recorded(own);
  const { places } = bandView(recording);
  const gap = (index: number): number => (places[index] ?? 0) - (places[index - 1] ?? 0);
  const last = recording.beats.length - 1;
  expect(gap(last)).toBeGreaterThan(gap(2) * 3);
  expect(gap(last)).toBeLessThan(0.8);
});

test("of a huge trace no more is drawn than can be seen", async () => {
  const report = reportOf(await opened());
  const [first] = report.trace.entries;
  if (!first) throw new Error("no entry");
  const entries = Array.from({ length: 20_000 }, (_, at) => ({
    ...first,
    changed: { state: at % 2 ? ("open" as const) : ("backoff" as const) },
  }));
  const { stretches } = bandView(recordingOf({ ...report, trace: { ...report.trace, entries } }));
  expect(stretches.length).toBeGreaterThan(1_000);
  expect(stretches.length).toBeLessThanOrEqual(2_000);
  const seen = stretches.slice(0, -1).every(({ from, to }) => to - from > 1 / 2_001);
  expect(seen).toBe(true);
  expect(stretches[0]?.from).toBe(0);
  expect(stretches.at(-1)).toMatchObject({ state: "open", to: 1 });
});

test("a place leads to the event nearest to it", () => {
  const view = { stretches: [], places: [0, 0.2, 0.2, 0.6] };
  expect([-1, 0.09, 0.2, 0.39, 0.41, 9].map((place) => beatNear(view, place))).toEqual([
    0, 0, 2, 2, 3, 3,
  ]);
});
