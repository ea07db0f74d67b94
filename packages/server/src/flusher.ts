/**
 * Writes once a tick: everybody who said something is flushed together, one event-loop turn later.
 */
import type { Cancel, Clock } from "./base/clock.ts";

export interface Flushable {
  flush(): void;
}

export class Flusher {
  readonly #clock: Clock;
  #waiting: Flushable[] = [];
  #cancel: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Has `one` flushed at the end of this tick. Its owner asks once a tick. */
  soon(one: Flushable): void {
    this.#waiting.push(one);
    this.#cancel ??= this.#clock.turn(this.#flush);
  }

  /** Forgets everything that waits. */
  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waiting = [];
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.cancel();
    for (const one of waiting) one.flush();
  };
}
