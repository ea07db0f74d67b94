import { describe, expect, test } from "vitest";
import {
  clockOver,
  reactNativeClock,
  systemClock,
  type TimerHost,
  TIMER_MS_MAX,
} from "../../src/base/clock.ts";

/** A platform whose timers fire when the test says so, at whatever time it is then. */
class FakeHost implements TimerHost {
  time = 1_000;
  hidden = false;
  readonly timers: { readonly delayMs: number; readonly wake: () => void }[] = [];
  readonly turns: (() => void)[] = [];

  now(): number {
    return this.time;
  }
  wallNow(): number {
    return this.time + 1e12;
  }
  after(delayMs: number, wake: () => void): () => void {
    const timer = { delayMs, wake };
    this.timers.push(timer);
    return () => void this.timers.splice(this.timers.indexOf(timer), 1);
  }
  turn(wake: () => void): () => void {
    this.turns.push(wake);
    return () => void this.turns.splice(this.turns.indexOf(wake), 1);
  }
  isHidden(): boolean {
    return this.hidden;
  }
  fireAt(time: number): void {
    this.time = time;
    this.timers.shift()?.wake();
  }
}

function harness() {
  const host = new FakeHost();
  const woken: number[] = [];
  const clock = clockOver(host);
  return { host, clock, woken, wake: () => void woken.push(host.time) };
}

describe("an alarm", () => {
  test("sets one timer and wakes once", () => {
    const { host, clock, woken, wake } = harness();
    clock.at(1_250, wake);
    expect(host.timers.map(({ delayMs }) => delayMs)).toEqual([250]);
    host.fireAt(1_250);
    expect(woken).toEqual([1_250]);
    expect(host.timers).toEqual([]);
  });

  test("that the platform fires early is armed again", () => {
    const { host, clock, woken, wake } = harness();
    clock.at(1_250, wake);
    host.fireAt(1_249.4);
    expect(woken).toEqual([]);
    expect(host.timers.map(({ delayMs }) => delayMs)).toEqual([1]);
    host.fireAt(1_251);
    expect(woken).toEqual([1_251]);
  });

  test("further away than a timer can reach is reached in steps", () => {
    const { host, clock, woken, wake } = harness();
    clock.at(1_000 + TIMER_MS_MAX + 5_000, wake);
    expect(host.timers[0]?.delayMs).toBe(TIMER_MS_MAX);
    host.fireAt(1_000 + TIMER_MS_MAX);
    expect(woken).toEqual([]);
    expect(host.timers[0]?.delayMs).toBe(5_000);
  });

  test("for a moment that has passed still wakes in a later call", () => {
    const { host, clock, woken, wake } = harness();
    clock.at(0, wake);
    expect(woken).toEqual([]);
    expect(host.timers[0]?.delayMs).toBe(0);
  });

  test("leaves nothing behind when cancelled, before and after it was armed again", () => {
    const { host, clock, woken, wake } = harness();
    const cancel = clock.at(2_000, wake);
    host.fireAt(1_500);
    cancel();
    expect(host.timers).toEqual([]);
    expect(woken).toEqual([]);
  });

  test("in a hidden page is armed after a hop, so that it is no link of a throttled chain", () => {
    const { host, clock, woken, wake } = harness();
    host.hidden = true;
    clock.at(1_250, wake);
    expect(host.timers).toEqual([]);
    host.time = 1_010;
    host.turns.shift()?.();
    expect(host.timers[0]?.delayMs).toBe(240);
    host.fireAt(1_250);
    expect(woken).toEqual([1_250]);
  });

  test("in a hidden page can be cancelled during the hop", () => {
    const { host, clock, wake } = harness();
    host.hidden = true;
    clock.at(1_250, wake)();
    expect(host.turns).toEqual([]);
  });
});

describe("the system's clock", () => {
  test("wakes no earlier than asked", async () => {
    const deadline = systemClock.now() + 12.5;
    await new Promise<void>((resolve) => systemClock.at(deadline, resolve));
    expect(systemClock.now()).toBeGreaterThanOrEqual(deadline);
  });

  test("turns once round the event loop, behind the promises that wait", async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      systemClock.turn(() => {
        order.push("turn");
        resolve();
      });
      void Promise.resolve().then(() => order.push("promise"));
    });
    expect(order).toEqual(["promise", "turn"]);
  });

  test("shows the time of day", () => {
    expect(Math.abs(systemClock.wallNow() - Date.now())).toBeLessThan(1_000);
  });
});

test("React Native, which has no message channel, turns by a timer", () => {
  const host = new FakeHost();
  const woken: string[] = [];
  const clock = reactNativeClock({
    now: () => host.now(),
    wallNow: () => host.wallNow(),
    after: (delayMs, wake) => host.after(delayMs, wake),
    isHidden: () => false,
  });
  clock.turn(() => woken.push("first"));
  clock.turn(() => woken.push("cancelled"))();
  expect(host.timers.map(({ delayMs }) => delayMs)).toEqual([0]);
  host.fireAt(1_000);
  expect(woken).toEqual(["first"]);
});
