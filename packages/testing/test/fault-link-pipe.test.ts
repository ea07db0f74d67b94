/** One direction of a fault link on a manual clock: what comes out, when, and in what pieces. */
import { seededRandom } from "@holdfast/client";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { NO_PATH_FAULTS } from "../src/fault-link-faults.ts";
import type { PathFaults } from "../src/fault-link-faults.ts";
import { FaultPipe, HELD_BYTES_MAX } from "../src/fault-link-pipe.ts";
import { ManualClock } from "../src/manual-clock.ts";

/** A pipe, and what it says: `12 abc` is a piece that came 12 ms after the start. */
class Rig {
  readonly clock = new ManualClock(0);
  readonly said: string[] = [];
  /** What `write` answers. */
  hasRoom = true;
  readonly pipe: FaultPipe;

  constructor(faults: Partial<PathFaults> = {}, seed = 1) {
    this.pipe = new FaultPipe(
      this.clock,
      seededRandom(seed),
      { ...NO_PATH_FAULTS, ...faults },
      {
        write: (bytes) => {
          this.#say(String(bytes));
          return this.hasRoom;
        },
        sayGoodbye: (goodbye) => this.#say(`(${goodbye})`),
        hold: (isFull) => this.#say(isFull ? "(hold)" : "(go on)"),
        drop: () => {
          this.#say("(drop)");
          this.pipe.close();
        },
        swallowed: () => this.#say("(swallowed)"),
      },
    );
    this.pipe.drained();
  }

  push(...texts: string[]): this {
    for (const text of texts) this.pipe.push(Buffer.from(text));
    return this;
  }

  run(ms = 10_000): string[] {
    this.clock.advance(ms);
    return this.said.splice(0);
  }

  #say(what: string): void {
    this.said.push(`${Math.round(this.clock.now())} ${what}`);
  }
}

const text = (said: readonly string[]): string =>
  said.map((line) => line.slice(line.indexOf(" ") + 1)).join("");

describe("without faults", () => {
  test("everything passes at once, as it came", () => {
    const own = new Rig().push("ab", "c");
    own.pipe.pushGoodbye("end");
    expect(own.said).toEqual(["0 ab", "0 c", "0 (end)"]);
    expect(own.pipe.passedBytes).toBe(3);
    expect(own.clock.pending).toBe(0);
  });

  test("a reader that is full is waited for", () => {
    const own = new Rig();
    own.hasRoom = false;
    own.push("a", "b");
    expect(own.run()).toEqual(["0 a"]);
    own.hasRoom = true;
    own.pipe.drained();
    expect(own.run(0)).toEqual(["10000 b"]);
  });

  test("nothing passes before the other end is there", () => {
    const pieces: string[] = [];
    const ends = {
      write: (bytes: Uint8Array) => pieces.push(String(bytes)) > 0,
      sayGoodbye: () => {},
      hold: () => {},
      drop: () => {},
      swallowed: () => {},
    };
    const pipe = new FaultPipe(new ManualClock(), seededRandom(1), NO_PATH_FAULTS, ends);
    pipe.push(Buffer.from("early"));
    expect(pieces).toEqual([]);
    pipe.drained();
    expect(pieces).toEqual(["early"]);
  });

  test("a source that says more than can be held is told to wait, and to go on", () => {
    const own = new Rig({ latencyMs: 5 });
    own.pipe.push(Buffer.alloc(HELD_BYTES_MAX));
    expect(own.said).toEqual([]);
    own.pipe.push(Buffer.alloc(1));
    expect(own.said).toEqual(["0 (hold)"]);
    own.clock.advance(5);
    expect(own.said.filter((line) => line.includes("("))).toEqual(["0 (hold)", "5 (go on)"]);
  });
});

describe("a fault", () => {
  test("latency: later, also a goodbye, and nobody waits for another", () => {
    const own = new Rig({ latencyMs: 100 }).push("a");
    own.clock.advance(30);
    own.push("b").pipe.pushGoodbye("reset");
    expect(own.run()).toEqual(["100 a", "130 b", "130 (reset)"]);
  });

  test("jitter: later by chance, never out of order", () => {
    const own = new Rig({ latencyMs: 10, jitterMs: 50 });
    for (let count = 0; count < 9; count++) {
      own.push(String(count));
      own.clock.advance(5);
    }
    const said = own.run();
    expect(text(said)).toBe("012345678");
    const delays = said.map((line, index) => Number(line.split(" ")[0]) - index * 5);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...delays)).toBeLessThanOrEqual(60);
    expect(new Set(delays).size).toBeGreaterThan(2);
  });

  test("latency that falls does not let bytes overtake", () => {
    const own = new Rig({ latencyMs: 100 }).push("a");
    own.pipe.faults = NO_PATH_FAULTS;
    own.push("b");
    expect(own.run()).toEqual(["100 a", "100 b"]);
  });

  test("bandwidth: so many bytes a second, in small pieces", () => {
    const own = new Rig({ bytesPerSecond: 1_000 }).push("x".repeat(500));
    const said = own.run();
    expect(text(said)).toBe("x".repeat(500));
    expect(said).toHaveLength(25);
    expect(said.at(-1)).toMatch(/^480 /);
    own.push("late");
    expect(own.run()).toEqual(["10000 late"]);
  });

  test("less than a byte a slice is still a byte", () => {
    expect(new Rig({ bytesPerSecond: 10 }).push("abc").run()).toEqual(["0 a", "100 b", "200 c"]);
  });

  test("split: pieces of 1 to so many bytes, each in a turn of its own", () => {
    const own = new Rig({ splitBytes: 3 }).push("abcdefghijklmnopqrstuvwxyz");
    own.pipe.pushGoodbye("end");
    expect(own.said).toHaveLength(1);
    const said = own.run();
    expect(text(said)).toBe("abcdefghijklmnopqrstuvwxyz(end)");
    const sizes = new Set(said.slice(0, -1).map((line) => line.length - 2));
    expect([...sizes].sort((a, b) => a - b)).toEqual([1, 2, 3]);
  });

  test("coalesce: what comes within the window is one piece, what comes later another", () => {
    const own = new Rig({ coalesceMs: 50 }).push("a", "b");
    own.clock.advance(49);
    own.push("c");
    own.clock.advance(1);
    own.push("d");
    expect(own.run()).toEqual(["50 abc", "100 d"]);
  });

  test("what is coalesced is late by the latency besides", () => {
    const own = new Rig({ coalesceMs: 50, latencyMs: 100 }).push("a");
    own.clock.advance(60);
    own.push("b").pipe.pushGoodbye("end");
    expect(own.run()).toEqual(["150 a", "210 b", "210 (end)"]);
  });

  test("drop: exactly so many bytes, then the end", () => {
    const own = new Rig({ dropAfterBytes: 5 }).push("abc", "defg", "h");
    expect(own.run()).toEqual(["0 abc", "0 de", "0 (drop)"]);
    expect(own.pipe.passedBytes).toBe(5);
  });

  test("drop, on a connection that has passed more already, is at once", () => {
    const own = new Rig().push("abc");
    own.pipe.faults = { ...NO_PATH_FAULTS, dropAfterBytes: 2 };
    expect(own.run()).toEqual(["0 abc", "0 (drop)"]);
  });

  test("stall: nothing moves, nothing is lost", () => {
    const own = new Rig({ stall: true }).push("a");
    own.pipe.pushGoodbye("end");
    expect(own.run()).toEqual([]);
    own.pipe.faults = NO_PATH_FAULTS;
    expect(own.run()).toEqual(["10000 a", "10000 (end)"]);
  });

  test("a black hole swallows, and the stream stays silent when it ends", () => {
    const own = new Rig({ blackHole: true }).push("a");
    own.pipe.pushGoodbye("end");
    expect(own.pipe.isLost).toBe(true);
    own.pipe.faults = NO_PATH_FAULTS;
    own.push("b").pipe.pushGoodbye("reset");
    expect(own.run()).toEqual(["0 (swallowed)"]);
  });

  test("a black hole swallows what is under way", () => {
    const own = new Rig({ latencyMs: 50 }).push("a");
    own.pipe.faults = { ...NO_PATH_FAULTS, blackHole: true };
    expect(own.run()).toEqual(["0 (swallowed)"]);
    expect(own.clock.pending).toBe(0);
  });

  test("a black hole that swallowed nothing leaves no trace", () => {
    const own = new Rig({ blackHole: true });
    own.pipe.faults = NO_PATH_FAULTS;
    expect(own.push("a").run()).toEqual(["0 a"]);
  });

  test("a source that was held goes on once its bytes are swallowed", () => {
    const own = new Rig({ stall: true });
    own.pipe.push(Buffer.alloc(HELD_BYTES_MAX + 1));
    own.pipe.swallow();
    expect(own.run()).toEqual(["0 (hold)", "0 (go on)"]);
  });
});

test("a pipe that is closed takes and tells nothing, and leaves no alarm", () => {
  const own = new Rig({ latencyMs: 50 }).push("a");
  own.pipe.close();
  own.push("b").pipe.pushGoodbye("end");
  expect(own.run()).toEqual([]);
  expect(own.clock.pending).toBe(0);
});

test("whatever is slow, split or joined, the bytes and their order are the same", () => {
  const faults = fc.record({
    latencyMs: fc.nat(100),
    jitterMs: fc.nat(100),
    bytesPerSecond: fc.constantFrom(100, 5_000, Infinity),
    splitBytes: fc.constantFrom(1, 7, Infinity),
    coalesceMs: fc.nat(40),
    stall: fc.boolean(),
  });
  const step = fc.oneof(
    fc.record({ push: fc.string({ minLength: 1, maxLength: 30, unit: "grapheme-ascii" }) }),
    fc.record({ faults }),
    fc.record({ wait: fc.nat(60) }),
    fc.constant({ isFull: true }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.nat(), (steps, seed) => {
      const own = new Rig({}, seed);
      let pushed = "";
      for (const one of steps) {
        if ("push" in one) {
          own.push(one.push);
          pushed += one.push;
        } else if ("faults" in one) {
          own.pipe.faults = { ...NO_PATH_FAULTS, ...one.faults };
        } else if ("wait" in one) {
          own.clock.advance(one.wait);
        } else {
          own.hasRoom = !own.hasRoom;
          if (own.hasRoom) own.pipe.drained();
        }
      }
      own.hasRoom = true;
      own.pipe.faults = NO_PATH_FAULTS;
      own.pipe.drained();
      own.pipe.pushGoodbye("end");
      own.clock.advance(100_000);
      expect(text(own.said)).toBe(`${pushed}(end)`);
      expect(own.clock.pending).toBe(0);
    }),
    { numRuns: 1_000 },
  );
});
