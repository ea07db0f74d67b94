/**
 * Pushes what the log says to those who read it live: contiguously from the last number that was
 * sent of each bucket. A notice of the store that continues it is pushed as it is; whatever a
 * notice leaves open is read from the log, so one that is missing or comes twice does no harm.
 */
import type { BucketHead, BucketKey } from "@holdfast/protocol";

import type { Alarm, Alarms } from "./base/alarms.ts";
import type { Cancel, Clock } from "./base/clock.ts";
import { BucketRun } from "./bucket-run.ts";
import type { LogReader } from "./log-reader.ts";
import type { PreparedPushes } from "./prepared-pushes.ts";
import { newlyPumped } from "./pumped-bucket.ts";
import type { Pumped, PumpedFeed } from "./pumped-bucket.ts";
import { Retries } from "./retries.ts";
import type { LogPage, LogRange, ServerStore, StoreNotice } from "./server-store.ts";

/** Heads are looked at this often, whatever the store says, in ms. */
const LOOK_MS = 30_000;

export class BucketPump {
  readonly #store: ServerStore;
  readonly #reader: LogReader;
  readonly #prepared: PreparedPushes;
  readonly #clock: Clock;
  readonly #report: (error: unknown) => void;
  readonly #buckets = new Map<BucketKey, Pumped>();
  readonly #lookAlarm: Alarm;
  readonly #retries: Retries;
  #unwatch: Cancel | undefined;

  constructor(
    store: ServerStore,
    reader: LogReader,
    prepared: PreparedPushes,
    clock: Clock,
    alarms: Alarms,
    report: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#reader = reader;
    this.#prepared = prepared;
    this.#clock = clock;
    this.#report = report;
    this.#lookAlarm = alarms.alarm(() => this.#look());
    this.#retries = new Retries(clock, alarms);
  }

  /** How many buckets are read live. */
  get buckets(): number {
    return this.#buckets.size;
  }

  join(bucket: BucketKey, feed: PumpedFeed): void {
    let pumped = this.#buckets.get(bucket);
    if (!pumped) {
      pumped = newlyPumped();
      this.#buckets.set(bucket, pumped);
    }
    pumped.feeds.add(feed);
    if (this.#unwatch) return;
    this.#unwatch = this.#store.watch((notice) => this.#hear(notice));
    this.#lookAlarm.set(this.#clock.now() + LOOK_MS);
  }

  leave(bucket: BucketKey, feed: PumpedFeed): void {
    const pumped = this.#buckets.get(bucket);
    if (!pumped?.feeds.delete(feed) || pumped.feeds.size > 0) return;
    this.#buckets.delete(bucket);
    pumped.cancelRetry?.();
    for (const go of pumped.waiting.splice(0)) go();
    if (this.#buckets.size > 0) return;
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#lookAlarm.set(undefined);
  }

  /**
   * A feed has read where its bucket ends. With what it has held meanwhile, what is pushed from
   * here on follows that, or is part of it; false: it does not, so read again.
   */
  follows({ bucket, epoch, head }: BucketHead, held: readonly BucketRun[]): boolean {
    const pumped = this.#buckets.get(bucket);
    if (!pumped) return true;
    if (pumped.sent === undefined) {
      pumped.epoch = epoch;
      pumped.sent = head;
    } else if (pumped.epoch !== epoch) {
      this.#renumber(pumped, epoch, head);
    }
    // What the pump could not read any more was pushed to nobody, and so was not held either.
    const heldTo = held.at(-1)?.upTo ?? head;
    return (held[0]?.after ?? head) <= head && Math.max(head, heldTo) >= (pumped.sent ?? head);
  }

  /** The last number that was pushed of a bucket, as far as it is known. */
  sentOf(bucket: BucketKey): number {
    return this.#buckets.get(bucket)?.sent ?? 0;
  }

  /** Resolves when these positions were pushed to who reads live, or cannot be for now. */
  caughtUp(at: Readonly<Record<BucketKey, number>>): Promise<unknown> | undefined {
    const waits: Promise<void>[] = [];
    for (const [bucket, seq] of Object.entries(at)) {
      const pumped = this.#buckets.get(bucket);
      if (!pumped?.isReading || (pumped.sent ?? seq) >= seq) continue;
      waits.push(new Promise((resolve) => pumped.waiting.push(resolve)));
    }
    return waits.length > 0 ? Promise.all(waits) : undefined;
  }

  /** Does it a little later, with everything else that failed. */
  later(act: () => void): Cancel {
    return this.#retries.add(act);
  }

  #hear(notice: StoreNotice): void {
    try {
      if (notice.type === "doubt") this.#lookAtAll();
      else this.#committed(notice);
    } catch (error) {
      // The store is not to blame, and must not be disturbed.
      this.#report(error);
    }
  }

  #committed({
    bucket,
    epoch,
    after,
    updates,
  }: Extract<StoreNotice, { readonly type: "committed" }>): void {
    const pumped = this.#buckets.get(bucket);
    if (!pumped) return;
    const upTo = after + updates.length;
    if (pumped.sent === undefined) {
      pumped.epoch = epoch;
      pumped.sent = after;
    }
    if (pumped.epoch !== epoch) return this.#renumber(pumped, epoch, upTo);
    pumped.known = Math.max(pumped.known, upTo);
    if (after > pumped.sent) return this.#read(bucket, pumped);
    for (const update of updates) {
      if (update.seq <= pumped.sent) continue;
      const plain = this.#prepared.find(bucket, epoch, update);
      this.#push(pumped, new BucketRun(bucket, epoch, update.seq - 1, [update], plain));
    }
  }

  #push(pumped: Pumped, run: BucketRun): void {
    // Before the pushes: a feed that one fails to reach finds out with the next.
    pumped.sent = run.upTo;
    for (const feed of pumped.feeds) {
      try {
        feed.push(run);
      } catch (error) {
        // What one session cannot be told must not keep it from the others.
        this.#report(error);
      }
    }
  }

  /** Reads on from the last number that was sent, until nothing more is known to be there. */
  #read(bucket: BucketKey, pumped: Pumped): void {
    if (pumped.isReading) return;
    pumped.isReading = true;
    pumped.cancelRetry?.();
    this.#reader.page(bucket, pumped.sent ?? 0, (page) => {
      pumped.isReading = false;
      if (this.#buckets.get(bucket) !== pumped) return;
      const goesOn = page !== undefined && this.#take(pumped, page);
      if (goesOn) return this.#read(bucket, pumped);
      for (const go of pumped.waiting.splice(0)) go();
      // No page, or one without what is known to be there: the store will know better later.
      if (page === undefined || (pumped.sent ?? 0) < pumped.known) {
        pumped.cancelRetry = this.later(() => this.#read(bucket, pumped));
      }
    });
  }

  /** Pushes a page. True: more is there, and this was a step towards it. */
  #take(pumped: Pumped, page: LogPage): boolean {
    const { bucket, epoch, after, upTo, updates, oldest, head } = page;
    if (epoch !== pumped.epoch) {
      this.#renumber(pumped, epoch, head);
    } else if (after < oldest - 1) {
      pumped.sent = head;
      for (const feed of pumped.feeds) feed.lose();
    } else if (upTo > (pumped.sent ?? 0)) {
      this.#push(pumped, new BucketRun(bucket, epoch, after, updates));
      return upTo < Math.max(head, pumped.known);
    }
    return false;
  }

  #renumber(pumped: Pumped, epoch: string, head: number): void {
    pumped.epoch = epoch;
    pumped.sent = head;
    pumped.known = head;
    for (const feed of pumped.feeds) feed.renumber();
  }

  #look(): void {
    this.#lookAlarm.set(this.#clock.now() + LOOK_MS);
    this.#lookAtAll();
  }

  #lookAtAll(): void {
    for (const [bucket, pumped] of this.#buckets) {
      this.#reader.range(bucket, (range) => {
        if (range && this.#buckets.get(bucket) === pumped) this.#compare(pumped, range);
      });
    }
  }

  #compare(pumped: Pumped, { bucket, epoch, head }: LogRange): void {
    // Without a number nobody has read yet, and who is about to will find it all.
    if (pumped.sent === undefined) return;
    if (epoch !== pumped.epoch) return this.#renumber(pumped, epoch, head);
    pumped.known = Math.max(pumped.known, head);
    if (head > pumped.sent) this.#read(bucket, pumped);
  }
}
