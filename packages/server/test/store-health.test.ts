import { expect, test } from "vitest";

import { ManualClock } from "../../testing/src/manual-clock.ts";
import { Alarms } from "../src/base/alarms.ts";
import type { ServerStore } from "../src/server-store.ts";
import { StoreHealth } from "../src/store-health.ts";

function setUp(ranges: () => Promise<[]>) {
  const clock = new ManualClock();
  let reads = 0;
  const store: Pick<ServerStore, "ranges"> = {
    ranges: () => {
      reads++;
      return ranges();
    },
  };
  const health = new StoreHealth(store as ServerStore, clock, new Alarms(clock));
  return { clock, health, reads: () => reads };
}
const good = (): Promise<[]> => Promise.resolve([]);

test("a store that can be read is good, and leaves no timer", async () => {
  const { clock, health } = setUp(good);
  expect(await health.isGood()).toBe(true);
  expect([health.faults, clock.pending]).toEqual([0, 0]);
});

test("a store that rejects, or throws, is not, and is asked anew once that was a while ago", async () => {
  let fault: (() => Promise<[]>) | undefined = () => Promise.reject(new Error("disk"));
  const { clock, health } = setUp(() => (fault ? fault() : good()));
  expect(await health.isGood()).toBe(false);
  fault = () => {
    throw new Error("disk");
  };
  clock.advance(10_000);
  expect(await health.isGood()).toBe(false);
  expect([health.faults, clock.pending]).toEqual([2, 0]);
  fault = undefined;
  clock.advance(10_000);
  expect(await health.isGood()).toBe(true);
});

test("a store that takes over 2 s is not, whatever it says later", async () => {
  const { clock, health } = setUp(() => new Promise(() => undefined));
  const asked = health.isGood();
  await clock.run(1_999);
  let answer: boolean | undefined;
  void asked.then((isGood) => (answer = isGood));
  await clock.settle();
  expect(answer).toBeUndefined();
  await clock.run(1);
  expect(await clock.finish(asked)).toBe(false);
  expect(clock.pending).toBe(0);
});

test("a failed commit weighs for 10 s, or until one succeeds", async () => {
  const { clock, health, reads } = setUp(good);
  health.failed();
  clock.advance(9_999);
  expect([await health.isGood(), reads()]).toEqual([false, 0]);
  clock.advance(1);
  expect(await health.isGood()).toBe(true);
  health.failed();
  health.committed();
  expect([await health.isGood(), health.faults]).toEqual([true, 2]);
});

test("many who ask at once read once", async () => {
  const { health, reads } = setUp(good);
  await Promise.all(Array.from({ length: 50 }, () => health.isGood()));
  expect(reads()).toBe(1);
  await health.isGood();
  expect(reads()).toBe(2);
});
