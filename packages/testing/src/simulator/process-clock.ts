/**
 * The clock of one simulated process, over the world's: it stands still while the process sleeps,
 * its wall clock may be wrong, and it never rings again once the process is dead.
 */
import type { Cancel, Clock, Millis } from "@holdfast/client";

interface ProcessAlarm {
  readonly deadline: Millis;
  readonly wake: () => void;
  cancel: Cancel;
}

const NOTHING: Cancel = () => {};

export class ProcessClock implements Clock {
  readonly #world: Clock;
  readonly #alarms = new Set<ProcessAlarm>();
  /** How much monotonic time this process has missed. */
  #missedMs: Millis = 0;
  #wallOffset = 0;
  #state: "running" | "asleep" | "dead" = "running";

  constructor(world: Clock) {
    this.#world = world;
  }

  now(): Millis {
    return this.#world.now() - this.#missedMs;
  }

  wallNow(): Millis {
    return this.#world.wallNow() + this.#wallOffset;
  }

  at(deadline: Millis, wake: () => void): Cancel {
    if (this.#state === "dead") return NOTHING;
    const alarm: ProcessAlarm = { deadline, wake, cancel: NOTHING };
    this.#alarms.add(alarm);
    if (this.#state === "running") this.#arm(alarm);
    return () => {
      alarm.cancel();
      this.#alarms.delete(alarm);
    };
  }

  turn(wake: () => void): Cancel {
    return this.at(this.now(), wake);
  }

  /** How many alarms wait. */
  get pending(): number {
    return this.#alarms.size;
  }

  jumpWall(ms: number): void {
    this.#wallOffset += ms;
  }

  /** Back to what the world believes. */
  setWall(): void {
    this.#wallOffset = 0;
  }

  /** Nothing rings until `wake`. */
  sleep(): void {
    if (this.#state === "running") this.#state = "asleep";
    for (const { cancel } of this.#alarms) cancel();
  }

  /** What fell due rings now, in its order. `missedMs`: by how much the monotonic clock stood. */
  wake(missedMs: Millis): void {
    if (this.#state !== "asleep") return;
    this.#state = "running";
    this.#missedMs += missedMs;
    for (const alarm of this.#alarms) this.#arm(alarm);
  }

  /** For good. */
  kill(): void {
    this.sleep();
    this.#state = "dead";
    this.#alarms.clear();
  }

  #arm(alarm: ProcessAlarm): void {
    let at = alarm.deadline + this.#missedMs;
    // Rounded, it may come out too early, and who is woken too early asks for the same again.
    if (at - this.#missedMs < alarm.deadline) at += 1e-6;
    alarm.cancel = this.#world.at(at, () => {
      this.#alarms.delete(alarm);
      alarm.wake();
    });
  }
}
