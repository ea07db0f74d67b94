/**
 * Time as a port. Everything above asks a `Clock`; only this file touches the platform's timers.
 */

/** Milliseconds. Instants are readings of `Clock.now` unless a name or the text says epoch. */
export type Millis = number;

/** Undoes what returned it. Calling it again does nothing. */
export type Cancel = () => void;

/**
 * What the server needs of time. The client's clock has the same shape, so one test clock serves
 * both.
 */
export interface Clock {
  /** A monotonic reading in milliseconds; its zero means nothing. */
  now(): Millis;
  /** Milliseconds since the epoch, as the platform believes. It may jump. */
  wallNow(): Millis;
  /**
   * Calls `wake` once, when `now()` has reached `deadline`, never before and never within this
   * call.
   */
  at(deadline: Millis, wake: () => void): Cancel;
  /**
   * Calls `wake` after one turn of the event loop, so that input that already waits is heard
   * first.
   */
  turn(wake: () => void): Cancel;
}

/** The longest timer that Node keeps; a longer one fires at once. */
const TIMER_MS_MAX = 2_147_483_647;

/** Node's own clock: `performance.now`, `Date.now`, `setTimeout`, `setImmediate`. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  at(deadline, wake) {
    const delayMs = (): Millis =>
      Math.min(Math.max(Math.ceil(deadline - performance.now()), 0), TIMER_MS_MAX);
    const fire = (): void => {
      if (performance.now() < deadline) timer = setTimeout(fire, delayMs());
      else wake();
    };
    let timer = setTimeout(fire, delayMs());
    return () => clearTimeout(timer);
  },
  turn(wake) {
    const immediate = setImmediate(wake);
    return () => clearImmediate(immediate);
  },
};
