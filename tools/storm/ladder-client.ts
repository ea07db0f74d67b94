/** A client that waits by a peer's schedule, and begins it anew with every session. */
import type { PeerSchedule } from "./peer-schedules.ts";
import type { StormClient, StormPlace } from "./storm-client.ts";

export class LadderClient implements StormClient {
  readonly #place: StormPlace;
  readonly #schedule: PeerSchedule;
  #retry = 0;
  #cancel: () => void = () => {};

  constructor(place: StormPlace, schedule: PeerSchedule) {
    this.#place = place;
    this.#schedule = schedule;
  }

  start(): void {
    this.#cancel = this.#place.dial((isUp) => {
      if (!isUp) return this.#wait();
      this.#retry = 0;
      this.#place.opened();
    });
  }

  drop(): void {
    this.#place.lost();
    this.#wait();
  }

  /** When a peer notices is not this model's matter; it would wait by the same schedule. */
  swallow(): void {
    this.drop();
  }

  close(): void {
    this.#cancel();
  }

  #wait(): void {
    const { clock, random } = this.#place;
    const waitMs = this.#schedule.waitMs(this.#retry++, random);
    if (waitMs !== undefined) this.#cancel = clock.at(clock.now() + waitMs, () => this.start());
  }
}
