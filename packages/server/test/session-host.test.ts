import { expect, test } from "vitest";

import { ManualClock } from "../../testing/src/manual-clock.ts";
import { ReconnectWindow } from "../src/reconnect-window.ts";
import { stampOf } from "../src/session-host.ts";

test("an event is stamped in whole milliseconds, never later than it is", () => {
  const clock = new ManualClock();
  clock.advance(7.9);
  const window = new ReconnectWindow(10_000);
  const stamp = stampOf({ clock, window });
  expect(stamp.now).toBe(Math.floor(clock.now()));
  expect(stamp.wallNow).toBe(Math.floor(clock.wallNow()));
  expect(stamp.windowMs).toBe(window.windowMs(clock.now()));
});
