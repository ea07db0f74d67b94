import { describe, expect, test } from "vitest";

import { ManualClock } from "../src/manual-clock.ts";

/** Writes down what rings, and when. */
function diary(clock: ManualClock): { log: string[]; note: (what: string) => () => void } {
  const startedAt = clock.now();
  const log: string[] = [];
  return { log, note: (what) => () => void log.push(`${what} at ${clock.now() - startedAt}`) };
}

describe("advance", () => {
  test("rings by deadline, then in the order of making, each at its own time", () => {
    const clock = new ManualClock();
    const { log, note } = diary(clock);
    clock.at(clock.now() + 20, note("c"));
    clock.at(clock.now() + 10, note("a"));
    clock.at(clock.now() + 10, note("b"));
    clock.at(clock.now() + 31, note("later"));
    clock.advance(30);
    expect(log).toEqual(["a at 10", "b at 10", "c at 20"]);
    expect(clock.pending).toBe(1);
  });

  test("rings what is set while it rings, if it is due", () => {
    const clock = new ManualClock();
    const { log, note } = diary(clock);
    clock.at(clock.now() + 10, () => {
      clock.at(clock.now() + 5, note("chained"));
      clock.turn(note("turn"));
    });
    clock.advance(20);
    expect(log).toEqual(["turn at 10", "chained at 15"]);
  });

  test("never rings within the call that sets, nor what was cancelled", () => {
    const clock = new ManualClock();
    const { log, note } = diary(clock);
    clock.at(clock.now() - 5, note("overdue"));
    const cancel = clock.turn(note("cancelled"));
    cancel();
    cancel();
    expect(log).toEqual([]);
    clock.flush();
    expect(log).toEqual(["overdue at 0"]);
  });
});

describe("run", () => {
  test("lets promises settle before each alarm, as an event loop would", async () => {
    const clock = new ManualClock();
    const { log, note } = diary(clock);
    const later = async (what: string): Promise<void> => {
      for (let hops = 0; hops < 100; hops++) await Promise.resolve();
      note(what)();
    };
    clock.at(clock.now() + 10, () => void later("first"));
    clock.at(clock.now() + 10, () => void later("second"));
    void later("before");
    await clock.run(20);
    expect(log).toEqual(["before at 0", "first at 10", "second at 10"]);
    expect(clock.now()).toBe(1_000_020);
  });

  test("settle moves no time", async () => {
    const clock = new ManualClock();
    const { log, note } = diary(clock);
    clock.turn(note("due"));
    clock.at(clock.now() + 1, note("not due"));
    await clock.settle();
    expect(log).toEqual(["due at 0"]);
  });

  test("runUntil goes no further than it must, and says when it did not happen", async () => {
    const clock = new ManualClock();
    const { log, note } = diary(clock);
    for (const ms of [10, 20, 30]) clock.at(clock.now() + ms, note("ring"));
    await clock.runUntil(() => log.length === 2);
    expect(log).toEqual(["ring at 10", "ring at 20"]);
    await expect(clock.runUntil(() => false, 100)).rejects.toThrow("did not happen within 100 ms");
  });

  test("finish returns the promise's value or throws its reason", async () => {
    const clock = new ManualClock();
    const after = (ms: number): Promise<number> =>
      new Promise((resolve) => {
        clock.at(clock.now() + ms, () => resolve(ms));
      });
    expect(await clock.finish(after(50))).toBe(50);
    await expect(clock.finish(Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(clock.finish(after(500), 100)).rejects.toThrow("did not happen");
  });
});

describe("a clock that misbehaves", () => {
  test("sleeps: time has passed, and what fell due rings at the next move", () => {
    const clock = new ManualClock();
    const { log, note } = diary(clock);
    clock.at(clock.now() + 10, note("overdue"));
    clock.sleep(3_600_000);
    expect(log).toEqual([]);
    clock.flush();
    expect(log).toEqual(["overdue at 3600000"]);
  });

  test("is not kept busy for ever by a loop that lets no time pass", () => {
    const clock = new ManualClock();
    const again = (): void => void clock.turn(again);
    again();
    expect(() => clock.advance(1)).toThrow("kept busy");
  });

  test("jumps on the wall alone", () => {
    const clock = new ManualClock(5, 1_000);
    clock.jumpWall(-200);
    expect([clock.now(), clock.wallNow()]).toEqual([5, 800]);
    clock.advance(10);
    expect([clock.now(), clock.wallNow()]).toEqual([15, 810]);
  });
});
