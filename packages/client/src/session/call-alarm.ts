/** The one alarm for the deadlines of all calls. */
import type { Cancel, Clock, Millis } from "../base/clock.ts";

/**
 * Rings when the earliest deadline has passed. It keeps no order among deadlines: a call that settles
 * leaves the alarm as it is, and when it rings, its owner looks through the calls. They are few, and
 * with the usual deadline it rings once in fifteen seconds, so a call pays for one comparison.
 */
export class CallAlarm {
  readonly #clock: Clock;
  readonly #ring: (now: Millis) => void;
  #setFor: Millis = Infinity;
  #cancel: Cancel | undefined;

  constructor(clock: Clock, ring: (now: Millis) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `deadline`, unless it is set for an earlier one. */
  include(deadline: Millis): void {
    if (deadline >= this.#setFor) return;
    this.#cancel?.();
    this.#setFor = deadline;
    // One more turn, so that an answer that already waits at the socket is heard first.
    this.#cancel = this.#clock.at(deadline, () => {
      this.#cancel = this.#clock.turn(() => this.#ring(this.#clock.now()));
    });
  }

  /** Forgets what it was set for, and rings for the earliest of these; never, if there is none. */
  reset(deadlines: Iterable<Millis>): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#setFor = Infinity;
    const earliest = Math.min(...deadlines);
    if (earliest < Infinity) this.include(earliest);
  }
}
