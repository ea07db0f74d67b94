/**
 * Sleep, by the clocks' account. Pure; the driver reads the clocks and asks between any two events.
 */
import type { Millis } from "./clock.ts";

/** Both clocks at one moment. */
export interface ClockReading {
  /** `Clock.now` */
  readonly now: Millis;
  /** `Clock.wallNow` */
  readonly wallNow: Millis;
}

/** How far a clock may be off before we call it sleep, in milliseconds. */
export const SLEEP_MS_MIN = 2_000;

/**
 * Did the machine, or this process, stand still between two readings? Some systems stop the
 * monotonic clock in sleep, so that only the wall clock tells; a stopped process shows in neither,
 * but in an alarm that comes late. `alarmDeadline`: when, by `now`, the alarm that brought us here
 * was due; if that was before the previous reading, it has told all it can. A wall clock that was
 * set back counts for nothing.
 */
export function sleptBetween(
  previous: ClockReading,
  current: ClockReading,
  alarmDeadline: Millis = current.now,
): boolean {
  const lateMs = current.now - Math.max(alarmDeadline, previous.now);
  const driftMs = current.wallNow - current.now - (previous.wallNow - previous.now);
  return Math.max(lateMs, driftMs, lateMs + driftMs) > SLEEP_MS_MIN;
}
