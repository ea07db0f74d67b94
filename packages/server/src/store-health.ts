/** Does the store do its work? Asked by whoever decides whether this process gets connections. */
import type { Alarms } from "./base/alarms.ts";
import type { Clock, Millis } from "./base/clock.ts";
import type { ServerStore } from "./server-store.ts";

/** A store that takes longer to read one bucket is as good as none, in ms. */
const PROBE_MS = 2_000;
/** A failure weighs so long, unless a commit succeeds, in ms. Then whoever comes may try again. */
const FAULT_MS = 10_000;
/** Nobody's bucket: what is read of it is that it is empty. */
const PROBED = "holdfast:health";

/** Why a process should get no connections, if it should not. */
export type Readiness = "ready" | "closing" | "storeFailing";

export class StoreHealth {
  /** How often the store failed. */
  faults = 0;
  readonly #store: ServerStore;
  readonly #clock: Clock;
  readonly #alarms: Alarms;
  #faultAt: Millis | undefined;
  #probe: Promise<boolean> | undefined;

  constructor(store: ServerStore, clock: Clock, alarms: Alarms) {
    this.#store = store;
    this.#clock = clock;
    this.#alarms = alarms;
  }

  failed(): void {
    this.faults++;
    this.#faultAt = this.#clock.now();
  }

  committed(): void {
    this.#faultAt = undefined;
  }

  /** Reads from it, unless it failed a moment ago. Those who ask meanwhile share the answer. */
  async isGood(): Promise<boolean> {
    if (this.#faultAt !== undefined && this.#clock.now() < this.#faultAt + FAULT_MS) return false;
    this.#probe ??= this.#read();
    return await this.#probe;
  }

  async #read(): Promise<boolean> {
    try {
      return await new Promise<boolean>((resolve, reject) => {
        const alarm = this.#alarms.alarm(() => resolve(false));
        alarm.set(this.#clock.now() + PROBE_MS);
        const done = (): void => alarm.set(undefined);
        // A store that throws where it should reject fails like any other.
        Promise.resolve([PROBED])
          .then((buckets) => this.#store.ranges(buckets))
          .finally(done)
          .then(() => resolve(true), reject);
      });
    } catch {
      this.failed();
      return false;
    } finally {
      this.#probe = undefined;
    }
  }
}
