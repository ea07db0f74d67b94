/**
 * The server's store as one of its processes sees it: it takes its time, fails now and then, and
 * answers nobody who is dead. What was committed stays, also when nobody lives to hear it.
 */
import type { Cancel, Clock, Millis, Random } from "@holdfast/client";
import { StoreError } from "@holdfast/server";
import type { CallKey, CommitOutcome, CommitUnit, KeyedOutcome } from "@holdfast/server";
import type { LogPage, LogRange, ReadLimits, ReadRequest, Retention } from "@holdfast/server";
import type { ServerStore, StoreNotice } from "@holdfast/server";

/** What is wrong with the disk of all servers. */
export interface ServerDisk {
  /** The longest that an operation takes; 0: no time at all. */
  slowMs: Millis;
  /** Which share of the operations fails. */
  failing: number;
}

export class MortalServerStore implements ServerStore<undefined> {
  readonly #inner: ServerStore<undefined>;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #disk: ServerDisk;
  readonly #watches: Cancel[] = [];
  #isDead = false;

  constructor(inner: ServerStore<undefined>, clock: Clock, random: Random, disk: ServerDisk) {
    this.#inner = inner;
    this.#clock = clock;
    this.#random = random;
    this.#disk = disk;
  }

  commit<Output>(unit: CommitUnit<undefined, Output>): Promise<CommitOutcome<Output>> {
    return this.#do(() => this.#inner.commit(unit));
  }

  outcome(call: CallKey): Promise<KeyedOutcome | undefined> {
    return this.#do(() => this.#inner.outcome(call));
  }

  cancel(call: CallKey, now: number): Promise<KeyedOutcome> {
    return this.#do(() => this.#inner.cancel(call, now));
  }

  ranges(buckets: readonly string[]): Promise<readonly LogRange[]> {
    return this.#do(() => this.#inner.ranges(buckets));
  }

  read(requests: readonly ReadRequest[], limits: ReadLimits): Promise<readonly LogPage[]> {
    return this.#do(() => this.#inner.read(requests, limits));
  }

  trim(retention: Retention, now: number, rowsMax: number): Promise<number> {
    return this.#do(() => this.#inner.trim(retention, now, rowsMax));
  }

  watch(listener: (notice: StoreNotice) => void): Cancel {
    const cancel = this.#inner.watch(listener);
    this.#watches.push(cancel);
    return cancel;
  }

  /** The world's own store outlives its processes. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  kill(): void {
    this.#isDead = true;
    for (const cancel of this.#watches) cancel();
  }

  async #do<T>(act: () => Promise<T>): Promise<T> {
    await this.#pass();
    if (this.#disk.failing > 0 && this.#random() < this.#disk.failing) throw new StoreError("busy");
    const done = await act();
    await this.#pass();
    return done;
  }

  /** Takes its time; a dead process waits for ever. */
  #pass(): Promise<void> {
    if (this.#isDead) return new Promise(() => {});
    const { slowMs } = this.#disk;
    if (slowMs === 0) return Promise.resolve();
    const until = this.#clock.now() + this.#random() * slowMs;
    return new Promise((resolve) => void this.#clock.at(until, resolve));
  }
}
