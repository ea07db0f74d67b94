import { expect, test } from "vitest";

import { seededRandom } from "../../../client/src/base/random.ts";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { Alarms } from "../../src/base/alarms.ts";
import type { Alarm } from "../../src/base/alarms.ts";

function setUp(): { clock: ManualClock; alarms: Alarms } {
  const clock = new ManualClock(0);
  return { clock, alarms: new Alarms(clock) };
}

test("many alarms need one timer, and ring in the order of their deadlines", () => {
  const { clock, alarms } = setUp();
  const rung: number[] = [];
  for (const at of [30, 10, 20]) alarms.alarm(() => rung.push(at)).set(at);
  expect(clock.pending).toBe(1);
  clock.advance(9);
  expect(rung).toEqual([]);
  clock.advance(21);
  expect(rung).toEqual([10, 20, 30]);
  expect(clock.pending).toBe(0);
});

test("an alarm that is moved back rings once, at the later time", () => {
  const { clock, alarms } = setUp();
  const rung: number[] = [];
  const alarm = alarms.alarm(() => rung.push(clock.now()));
  alarm.set(10);
  alarm.set(50);
  clock.advance(49);
  expect(rung).toEqual([]);
  clock.advance(1);
  expect(rung).toEqual([50]);
});

test("an alarm that is moved forward rings at the earlier time", () => {
  const { clock, alarms } = setUp();
  const rung: number[] = [];
  const alarm = alarms.alarm(() => rung.push(clock.now()));
  alarm.set(50);
  alarm.set(10);
  clock.advance(10);
  expect(rung).toEqual([10]);
  clock.advance(90);
  expect(rung).toEqual([10]);
});

test("an alarm that is taken out never rings, and the timer goes with the last", () => {
  const { clock, alarms } = setUp();
  const alarm = alarms.alarm(() => {
    throw new Error("rang");
  });
  alarm.set(10);
  alarm.set(undefined);
  alarm.set(undefined);
  expect(alarms.size).toBe(0);
  expect(clock.pending).toBe(0);
  clock.advance(100);
});

test("an alarm may set itself again, also for now", () => {
  const { clock, alarms } = setUp();
  let rung = 0;
  const alarm: Alarm = alarms.alarm(() => {
    rung++;
    if (rung < 3) alarm.set(clock.now() + 5);
  });
  alarm.set(5);
  clock.advance(100);
  expect(rung).toBe(3);
});

test("input that waits is heard before an overdue alarm judges", () => {
  const { clock, alarms } = setUp();
  const alarm = alarms.alarm(() => {
    throw new Error("rang");
  });
  alarm.set(10);
  clock.at(10, () => alarm.set(50));
  clock.advance(10);
  expect(alarms.size).toBe(1);
});

test("a thousand random moves ring as a plain list would", () => {
  const { clock, alarms } = setUp();
  const random = seededRandom(7);
  const due = new Map<number, number>();
  const late: string[] = [];
  const all = Array.from({ length: 50 }, (_, i) =>
    alarms.alarm(() => {
      if (due.get(i) !== clock.now()) late.push(`${i} at ${clock.now()}, due ${due.get(i)}`);
      due.delete(i);
    }),
  );
  for (let step = 0; step < 1_000; step++) {
    const i = Math.floor(random() * 50);
    const deadline = random() < 0.2 ? undefined : clock.now() + 1 + Math.floor(random() * 40);
    all[i]?.set(deadline);
    if (deadline === undefined) due.delete(i);
    else due.set(i, deadline);
    clock.advance(Math.floor(random() * 3));
    expect([...due.values()].filter((at) => at <= clock.now())).toEqual([]);
  }
  expect(late).toEqual([]);
  expect(alarms.size).toBe(due.size);
});
