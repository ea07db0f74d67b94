import { expect, test } from "vitest";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { CallAlarm } from "../../src/session/call-alarm.ts";

function alarmAt(clock: ManualClock): { alarm: CallAlarm; rung: number[] } {
  const rung: number[] = [];
  return { alarm: new CallAlarm(clock, (now) => rung.push(now - start)), rung };
}
const start = 1_000_000;

test("rings once, at the earliest deadline", () => {
  const clock = new ManualClock(start);
  const { alarm, rung } = alarmAt(clock);
  for (const ms of [300, 100, 200]) alarm.include(start + ms);
  expect(clock.pending).toBe(1);
  clock.advance(1_000);
  expect(rung).toEqual([100]);
});

test("is set anew for what remains, and for nothing when nothing does", () => {
  const clock = new ManualClock(start);
  const { alarm, rung } = alarmAt(clock);
  alarm.include(start + 100);
  alarm.reset([start + 500, start + 400]);
  clock.advance(1_000);
  expect(rung).toEqual([400]);
  alarm.reset([]);
  expect(clock.pending).toBe(0);
  alarm.include(start + 2_000);
  expect(clock.pending).toBe(1);
});

test("gives the event loop one turn before it rings", () => {
  const clock = new ManualClock(start);
  const { alarm, rung } = alarmAt(clock);
  alarm.include(start + 100);
  clock.at(start + 100, () => rung.push(-1)); // The frame that waited at the socket.
  clock.advance(100);
  expect(rung).toEqual([-1, 100]);
});
