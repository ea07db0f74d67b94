/** Time as a port. Everything above asks a `Clock`; only this file touches the platform's timers. */

/** Milliseconds. Instants are readings of `Clock.now` unless a name ends in `wall` or the text says epoch. */
export type Millis = number;

/** Undoes what returned it. Calling it again does nothing. */
export type Cancel = () => void;

/** What Holdfast needs of time. */
export interface Clock {
  /** A monotonic reading in milliseconds; its zero means nothing. */
  now(): Millis;
  /** Milliseconds since the epoch, as the platform believes. It may jump. */
  wallNow(): Millis;
  /** Calls `wake` once, when `now()` has reached `deadline`, never before and never within this call. */
  at(deadline: Millis, wake: () => void): Cancel;
  /** Calls `wake` after one turn of the event loop, so that input that already waits is heard first. */
  turn(wake: () => void): Cancel;
}
