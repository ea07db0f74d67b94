/** What a store failed to do is asked for again, a second later and all at once. */
import type { Alarm, Alarms } from "./base/alarms.ts";
import type { Cancel, Clock } from "./base/clock.ts";

const RETRY_MS = 1_000;

export class Retries {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #acts = new Set<() => void>();

  constructor(clock: Clock, alarms: Alarms) {
    this.#clock = clock;
    this.#alarm = alarms.alarm(() => this.#go());
  }

  add(act: () => void): Cancel {
    // A function of its own, so that two who ask for the same do not cancel each other.
    const once = (): void => act();
    if (this.#acts.size === 0) this.#alarm.set(this.#clock.now() + RETRY_MS);
    this.#acts.add(once);
    return () => {
      if (this.#acts.delete(once) && this.#acts.size === 0) this.#alarm.set(undefined);
    };
  }

  #go(): void {
    const acts = [...this.#acts];
    this.#acts.clear();
    for (const act of acts) act();
  }
}
