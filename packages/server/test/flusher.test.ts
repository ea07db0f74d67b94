import { expect, test } from "vitest";

import { ManualClock } from "../../testing/src/manual-clock.ts";
import { Flusher } from "../src/flusher.ts";

test("all who ask in a tick are flushed together at its end", () => {
  const clock = new ManualClock();
  const flusher = new Flusher(clock);
  const flushed: string[] = [];
  const again = { flush: () => flushed.push("again") };
  flusher.soon({
    flush: () => {
      flushed.push("first");
      flusher.soon(again);
    },
  });
  flusher.soon({ flush: () => flushed.push("second") });
  expect(clock.pending).toBe(1);
  expect(flushed).toEqual([]);
  clock.flush();
  expect(flushed).toEqual(["first", "second", "again"]);
  expect(clock.pending).toBe(0);
});

test("a flusher that is cancelled leaves nothing pending", () => {
  const clock = new ManualClock();
  const flusher = new Flusher(clock);
  flusher.soon({
    flush: () => {
      throw new Error("flushed");
    },
  });
  flusher.cancel();
  expect(clock.pending).toBe(0);
  clock.flush();
});
