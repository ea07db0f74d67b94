/** Has the store forget what is past its time: once a minute, in steps that hold up nobody long. */
import type { Alarm, Alarms } from "./base/alarms.ts";
import type { Cancel, Clock } from "./base/clock.ts";
import type { Retention, ServerStore } from "./server-store.ts";

const TRIM_MS = 60_000;
/** So many rows are forgotten in one step. */
const ROWS_MAX = 1_000;

export class LogTrimmer {
  readonly #store: ServerStore;
  readonly #retention: Retention;
  readonly #clock: Clock;
  readonly #report: (error: unknown) => void;
  readonly #alarm: Alarm;
  #state: "idle" | "due" | "trimming" | "closed" = "idle";
  #cancelTurn: Cancel | undefined;

  constructor(
    store: ServerStore,
    retention: Retention,
    clock: Clock,
    alarms: Alarms,
    report: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#retention = retention;
    this.#clock = clock;
    this.#report = report;
    this.#alarm = alarms.alarm(this.#trim);
  }

  /** The server is used: from here on it trims, until it is closed. */
  start(): void {
    if (this.#state === "idle") this.#rest();
  }

  close(): void {
    this.#state = "closed";
    this.#alarm.set(undefined);
    this.#cancelTurn?.();
  }

  #rest(): void {
    this.#state = "due";
    this.#alarm.set(this.#clock.now() + TRIM_MS);
  }

  readonly #trim = (): void => {
    this.#state = "trimming";
    const now = Math.floor(this.#clock.wallNow());
    Promise.resolve()
      .then(() => this.#store.trim(this.#retention, now, ROWS_MAX))
      .catch((error: unknown) => {
        this.#report(error);
        return 0;
      })
      .then((gone) => this.#trimmed(gone))
      .catch(this.#report);
  };

  #trimmed(gone: number): void {
    if (this.#state === "closed") return;
    if (gone < ROWS_MAX) return this.#rest();
    // The rest after the next turn of the event loop, so that others have theirs.
    this.#cancelTurn = this.#clock.turn(this.#trim);
  }
}
