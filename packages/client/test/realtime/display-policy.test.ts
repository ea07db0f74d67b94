import { ManualClock } from "@holdfast/testing";
import { describe, expect, test } from "vitest";

import { Cell } from "../../src/base/source.ts";
import {
  connectionDisplay,
  DEFAULT_DISPLAY_POLICY,
  type ConnectionDisplay,
  type DisplayPolicy,
} from "../../src/realtime/display-policy.ts";
import type { RealtimeConnectionState } from "../../src/realtime/realtime-connection-state.ts";

class Watched {
  readonly clock = new ManualClock();
  readonly state = new Cell<RealtimeConnectionState>("idle");
  readonly display: ConnectionDisplay;
  /** What the user saw, with the second of its coming. */
  readonly seen: string[] = [];
  readonly #startedAt = this.clock.now();

  constructor(policy: Partial<DisplayPolicy> = {}) {
    this.display = connectionDisplay(this.state, { policy, clock: this.clock });
    this.display.subscribe(({ isShown, state }) => {
      const at = (this.clock.now() - this.#startedAt) / 1_000;
      const text = isShown ? `${at} s: ${state}` : `${at} s: nothing`;
      if (text.split(": ")[1] !== this.seen.at(-1)?.split(": ")[1]) this.seen.push(text);
    });
  }

  /** Each state, and for how long it lasts. */
  lives(...steps: readonly [state: RealtimeConnectionState, seconds: number][]): string[] {
    for (const [state, seconds] of steps) {
      this.state.set(state);
      this.clock.advance(seconds * 1_000);
    }
    return this.seen;
  }
}

describe("the defaults", () => {
  test("show after 2 s at first, after 4 s later on, and hide after 1 s", () => {
    expect(DEFAULT_DISPLAY_POLICY).toEqual({ showFirstMs: 2_000, showMs: 4_000, hideMs: 1_000 });
  });

  test("before the first success trouble is shown after 2 s (B20)", () => {
    expect(new Watched().lives(["connecting", 10])).toEqual(["0 s: nothing", "2 s: connecting"]);
  });

  test("after a success trouble is shown after 4 s (B20)", () => {
    const seen = new Watched().lives(["connecting", 1], ["connected", 9], ["connecting", 10]);
    expect(seen).toEqual(["0 s: nothing", "14 s: connecting"]);
  });

  test("what was shown goes 1 s after the recovery (B20)", () => {
    const seen = new Watched().lives(["connecting", 5], ["connected", 5]);
    expect(seen).toEqual(["0 s: nothing", "2 s: connecting", "5 s: connected", "6 s: nothing"]);
  });
});

describe("it does not flicker", () => {
  test("a blip that is over before the delay shows nothing at all (B20)", () => {
    const blip = [
      ["connecting", 3.9],
      ["connected", 1],
    ] as const;
    const watched = new Watched();
    watched.lives(["connected", 1]);
    for (let i = 0; i < 10; i++) watched.lives(...blip.map(([...step]) => step));
    expect(watched.seen).toEqual(["0 s: nothing"]);
    expect(watched.clock.pending).toBe(0);
  });

  test("a change between two kinds of trouble does not start the wait anew (B20)", () => {
    const seen = new Watched().lives(["connecting", 1], ["updating", 0.5], ["connecting", 1]);
    expect(seen).toEqual(["0 s: nothing", "2 s: connecting"]);
  });

  test("while it is shown, the words change at once", () => {
    const seen = new Watched().lives(["connecting", 3], ["updating", 1], ["connecting", 1]);
    expect(seen).toEqual(["0 s: nothing", "2 s: connecting", "3 s: updating", "4 s: connecting"]);
  });

  test("a relapse within the second of hiding keeps it shown (B20)", () => {
    const seen = new Watched().lives(["connecting", 3], ["connected", 0.9], ["connecting", 20]);
    expect(seen).toEqual([
      "0 s: nothing",
      "2 s: connecting",
      "3 s: connected",
      "3.9 s: connecting",
    ]);
  });

  test("the timer of a blip looks at the state of now, not of then (B20)", () => {
    const watched = new Watched();
    watched.lives(["connecting", 1.9], ["connected", 0.05], ["connecting", 3.9], ["connected", 1]);
    expect(watched.seen).toEqual(["0 s: nothing"]);
  });
});

describe("when nobody tries", () => {
  test("nothing is wrong, so nothing is shown, at once", () => {
    const seen = new Watched().lives(["connecting", 5], ["idle", 60]);
    expect(seen).toEqual(["0 s: nothing", "2 s: connecting", "5 s: nothing"]);
  });

  test("a first success is remembered across it", () => {
    const watched = new Watched();
    watched.lives(["connecting", 0.1], ["connected", 1], ["idle", 1], ["connecting", 10]);
    expect(watched.seen).toEqual(["0 s: nothing", "6.1 s: connecting"]);
  });
});

describe("whoever looks", () => {
  test("may set other numbers", () => {
    const seen = new Watched({ showFirstMs: 100, hideMs: 200 }).lives(
      ["connecting", 1],
      ["connected", 1],
    );
    expect(seen).toEqual(["0 s: nothing", "0.1 s: connecting", "1 s: connected", "1.2 s: nothing"]);
  });

  test("knows the live state even while nothing is shown", () => {
    const watched = new Watched();
    watched.lives(["connecting", 1]);
    expect(watched.display.current).toEqual({ isShown: false, state: "connecting" });
  });

  test("closes it, and no timer and no subscription is left", () => {
    const watched = new Watched();
    watched.lives(["connecting", 1]);
    watched.display.close();
    watched.display.close();
    expect(watched.clock.pending).toBe(0);
    expect(watched.state.subscriberCount).toBe(0);
  });
});
