/** A clock that moves only when told, with a count of what is pending. */
import type { Cancel, Clock, Millis } from "@holdfast/client";
import { systemClock } from "@holdfast/server";

import { AlarmHeap } from "./alarm-heap.ts";

/** How far `runUntil` and `finish` go by default. Longer than any deadline but those of tokens. */
const WITHIN_MS = 120_000;
/** So many alarms at one instant are a loop that lets no time pass: within `advance`, and `run`. */
const ADVANCED_AT_ONCE_MAX = 100_000;
const RUN_AT_ONCE_MAX = 1_000_000;
/** So many alarms fire while the real event loop goes round once. */
const TURNS_AT_ONCE = 32;

/**
 * A clock for tests, as the client and the server take it. Alarms fire in the order of their
 * deadlines and, for equal ones, of their making; a `turn` fires before any alarm that is not yet
 * due. After everything is closed `pending` must be 0.
 *
 * Two ways to let time pass. `advance` fires what falls due within the call, for code without
 * promises. `run` does the same and lets promises settle before each alarm, as an event loop would:
 * use it where calls, tokens or a linked server are involved.
 */
export class ManualClock implements Clock {
  #now: Millis;
  #wallOffset: number;
  #firedAtOnce = 0;
  readonly #alarms = new AlarmHeap();

  /**
   * `startAt`: the first reading of `now()`. `wallStartAt`: that of `wallNow()`, epoch
   * milliseconds.
   */
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
    const alarm = this.#alarms.add(deadline, wake);
    return () => this.#alarms.remove(alarm);
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
    return this.#alarms.first?.deadline;
  }

  /** Moves time forward by `ms` and fires what falls due on the way, at its time. */
  advance(ms: Millis): void {
    this.advanceTo(this.#now + ms);
  }

  advanceTo(instant: Millis): void {
    while (this.#fireNext(instant, ADVANCED_AT_ONCE_MAX));
    this.#now = Math.max(this.#now, instant);
  }

  /** Fires what is due now without moving time. */
  flush(): void {
    this.advance(0);
  }

  /**
   * As `advance`, but lets promises settle before each alarm and at the end. Promises that wait for
   * anything but this clock, real I/O above all, are not waited for.
   */
  async run(ms: Millis): Promise<void> {
    const instant = this.#now + ms;
    await this.#runWhile(() => true, instant);
    this.#now = Math.max(this.#now, instant);
  }

  /** Lets promises settle and fires what is due, until nothing more happens at this instant. */
  async settle(): Promise<void> {
    await this.run(0);
  }

  /**
   * Lets time pass until `condition` holds: from alarm to alarm, no further than needed. Throws
   * when it does not hold within `withinMs`; by default 2 minutes.
   */
  async runUntil(condition: () => boolean, withinMs: Millis = WITHIN_MS): Promise<void> {
    await this.#runWhile(() => !condition(), this.#now + withinMs);
    if (!condition()) throw new Error(`It did not happen within ${withinMs} ms of the clock.`);
  }

  /**
   * Lets time pass until the promise has settled, and returns its value or throws its reason.
   * Throws when it has not settled within `withinMs`; by default 2 minutes.
   */
  async finish<T>(promise: Promise<T>, withinMs: Millis = WITHIN_MS): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    await this.runUntil(() => isSettled, withinMs);
    return promise;
  }

  /**
   * Moves time without firing anything, as a stopped process sees it; what fell due fires at the
   * next `advance` or `run`.
   */
  sleep(ms: Millis): void {
    this.#now += ms;
  }

  /** A jump of the wall clock alone. */
  jumpWall(ms: number): void {
    this.#wallOffset += ms;
  }

  async #runWhile(goesOn: () => boolean, instant: Millis): Promise<void> {
    while (await this.#fireSome(goesOn, instant));
  }

  /**
   * Fires some alarms, each in a turn of its own. The turns are asked for together: the event loop
   * lets promises settle between them as well, and goes round once. Resolves with whether there may
   * be more.
   */
  #fireSome(goesOn: () => boolean, instant: Millis): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let left = TURNS_AT_ONCE;
      const step = (): void => {
        if (left === 0) return;
        left--;
        try {
          const isMore = goesOn() && this.#fireNext(instant, RUN_AT_ONCE_MAX);
          if (isMore && left > 0) return;
          left = 0;
          resolve(isMore);
        } catch (error) {
          left = 0;
          reject(error);
        }
      };
      for (let n = 0; n < TURNS_AT_ONCE; n++) systemClock.turn(step);
    });
  }

  /** Fires the earliest alarm, if it is due by `instant`, at its time. */
  #fireNext(instant: Millis, atOnceMax: number): boolean {
    const next = this.#alarms.first;
    if (!next || next.deadline > instant) return false;
    this.#firedAtOnce = next.deadline > this.#now ? 0 : this.#firedAtOnce + 1;
    if (this.#firedAtOnce > atOnceMax) throw new Error("The clock is kept busy at one instant.");
    this.#alarms.remove(next);
    this.#now = Math.max(this.#now, next.deadline);
    next.wake();
    return true;
  }
}
