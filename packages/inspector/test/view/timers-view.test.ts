/** What is pending at a moment, and how much of it is left. */
import { expect, test } from "vitest";

import { shareLeft, timersView } from "../../src/view/timers-view.ts";
import { opened, recorded } from "../recording-world.ts";

test("the soonest comes first, each with what it does", async () => {
  const own = await opened();
  const recording = recorded(own);
  const start = recording.beats.at(-1)?.entry.stamp.now ?? 0;
  const timers = timersView(recording, recording.beats.length - 1);
  expect(timers.map(({ name, at }) => [name, at - start])).toEqual([
    ["ping", 4_500],
    ["stable", 5_000],
  ]);
  expect(timers.map(({ words }) => words)).toEqual(["asks for a pong", "forgets earlier failures"]);
});

test("a timer counts from where it was set, not from the last event", async () => {
  const own = await opened();
  await own.clock.run(2_000);
  own.network.goOnline("constrained");
  const recording = recorded(own);
  const last = recording.beats.at(-1);
  const stable = timersView(recording, recording.beats.length - 1).find(
    ({ name }) => name === "stable",
  );
  expect(last?.entry.event.type).toBe("networkChanged");
  expect(stable && stable.at - stable.from).toBe(5_000);
  expect(stable && shareLeft(stable, last?.entry.stamp.now ?? 0)).toBeCloseTo(0.6);
});

test("what is over has nothing left, and what has not begun is whole", () => {
  const timer = { name: "ping", words: "pings", from: 100, at: 200 };
  expect([50, 100, 150, 200, 999].map((now) => shareLeft(timer, now))).toEqual([1, 1, 0.5, 0, 0]);
  expect(shareLeft({ ...timer, from: 200 }, 100)).toBe(0);
});

test("a deadline that the policy of an older trace cannot place is left out", async () => {
  const recording = recorded(await opened());
  const { report, beats } = recording;
  const { idlePingMs: _, ...policy } = report.trace.policy;
  const older = { ...report.trace, policy: policy as typeof report.trace.policy };
  const timers = timersView({ beats, report: { ...report, trace: older } }, beats.length - 1);
  expect(timers.map(({ name }) => name)).toEqual(["stable"]);
});

test("nothing is pending once stopped, and in an empty trace", async () => {
  const own = await opened();
  own.client.stop();
  const recording = recorded(own);
  expect(timersView(recording, recording.beats.length - 1)).toEqual([]);
  expect(timersView({ ...recording, beats: [] }, 0)).toEqual([]);
});
