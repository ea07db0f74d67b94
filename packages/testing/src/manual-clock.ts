/** A clock that moves only when told, with a count of what is pending. */
import type { Cancel, Clock, Millis } from "@holdfast/client";

interface Alarm {
  readonly deadline: Millis;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * A {@link Clock} for tests. Alarms fire inside `advance`, in the order of their deadlines and, for equal ones, of their
 * making; a `turn` fires before any alarm that is not yet due. After everything is closed `pending` must be 0.
 */
export class ManualClock implements Clock {
  #now: Millis;
  #wallOffset: number;
  #order = 0;
  readonly #alarms = new Set<Alarm>();

  /** `startAt`: the first reading of `now()`. `wallStartAt`: that of `wallNow()`, epoch milliseconds. */
  constructor(startAt = 1_000_000, wallStartAt = 1_800_000_000_000) {
    this.#now = startAt;
    this.#wallOffset = wallStartAt - startAt;
  }

  now(): Millis {
    return this.#now;
  }

  wallNow(): Millis {
    return this.#now + this.#wallOffset;
  }

  at(deadline: Millis, wake: () => void): Cancel {
    const alarm: Alarm = { deadline, order: this.#order++, wake };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  turn(wake: () => void): Cancel {
    return this.at(this.#now, wake);
  }

  /** How many alarms and turns wait. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** The earliest pending deadline. */
  get nextDeadline(): Millis | undefined {
    return this.#next()?.deadline;
  }

  /** Moves time forward by `ms` and fires what falls due on the way, at its time. */
  advance(ms: Millis): void {
    this.advanceTo(this.#now + ms);
  }

  advanceTo(instant: Millis): void {
    for (let next = this.#next(); next && next.deadline <= instant; next = this.#next()) {
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.deadline);
      next.wake();
    }
    this.#now = Math.max(this.#now, instant);
  }

  /** Fires what is due now without moving time. */
  flush(): void {
    this.advance(0);
  }

  /** Moves time without firing anything, as a stopped process sees it; what fell due fires at the next `advance`. */
  sleep(ms: Millis): void {
    this.#now += ms;
  }

  /** A jump of the wall clock alone. */
  jumpWall(ms: number): void {
    this.#wallOffset += ms;
  }

  #next(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (!first || alarm.deadline < first.deadline || (alarm.deadline === first.deadline && alarm.order < first.order)) first = alarm;
    }
    return first;
  }
}
