/**
 * The server store in memory: all that the durable ones promise, but for what a restart leaves.
 * Its epoch is of this object alone, so after a restart every client starts from a snapshot.
 */
import type { BucketKey } from "@holdfast/protocol";

import { systemClock } from "../base/clock.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import { randomName, systemRandom } from "../base/random.ts";
import type { Random } from "../base/random.ts";
import type {
  CallKey,
  CommitOutcome,
  CommitUnit,
  KeyedOutcome,
  LogPage,
  LogRange,
  ReadLimits,
  ReadRequest,
  Retention,
  ServerStore,
  StoreNotice,
} from "../server-store.ts";
import { StoreError } from "../store-error.ts";
import { MemoryKeys } from "./memory-keys.ts";
import { MemoryLog } from "./memory-log.ts";
import { StoreWatch } from "./store-watch.ts";
import {
  storedCall,
  storedCount,
  storedJson,
  storedKeyedCall,
  storedName,
} from "./stored-value.ts";
import { UnitTransaction } from "./unit-transaction.ts";
import type { UnitSource } from "./unit-transaction.ts";

/** How many hexadecimal digits name an epoch. */
const EPOCH_DIGITS = 16;

/** Options of a store in memory. */
export interface MemoryStoreOptions {
  /** Stamps the keys, by its wall clock. Default: the system's. */
  readonly clock?: Clock;
  /** Names the epoch. Default: the system's. */
  readonly random?: Random;
}

/**
 * A store that lasts as long as the process. Units run within the call of `commit`, unless one is
 * running: what a unit or a listener asks for waits until that one has been told of.
 */
export function memoryStore(options: MemoryStoreOptions = {}): ServerStore<undefined> {
  return new MemoryStore(options);
}

class MemoryStore implements ServerStore<undefined>, UnitSource<undefined> {
  readonly epoch: string;
  readonly db: undefined;
  readonly #clock: Clock;
  readonly #logs = new Map<BucketKey, MemoryLog>();
  readonly #keys = new MemoryKeys();
  readonly #watch: StoreWatch;
  readonly #waiting: (() => void)[] = [];
  #isDraining = false;
  #isClosed = false;

  constructor({ clock = systemClock, random = systemRandom }: MemoryStoreOptions) {
    this.#clock = clock;
    this.epoch = randomName(random, EPOCH_DIGITS);
    this.#watch = new StoreWatch(clock);
  }

  headOf(bucket: BucketKey): number {
    return this.#logs.get(storedName(bucket, "a bucket"))?.head ?? 0;
  }

  commit<Output>(unit: CommitUnit<undefined, Output>): Promise<CommitOutcome<Output>> {
    return this.#inTurn(() => this.#commit(unit));
  }

  outcome(call: CallKey): Promise<KeyedOutcome | undefined> {
    return this.#inTurn(() => this.#keys.find(storedCall(call)));
  }

  cancel(call: CallKey, now: number): Promise<KeyedOutcome> {
    return this.#inTurn(() => {
      const known = this.#keys.find(storedCall(call));
      if (known) return known;
      this.#keys.addCancelled(call, storedCount(now, "a time"));
      return { type: "cancelled" };
    });
  }

  ranges(buckets: readonly BucketKey[]): Promise<readonly LogRange[]> {
    return this.#inTurn(() => buckets.map((bucket) => this.#range(bucket)));
  }

  read(requests: readonly ReadRequest[], limits: ReadLimits): Promise<readonly LogPage[]> {
    return this.#inTurn(() => requests.map((request) => this.#page(request, limits)));
  }

  trim(retention: Retention, now: number, rowsMax: number): Promise<number> {
    return this.#inTurn(() => {
      let count = this.#keys.trim(now - retention.keyMs, rowsMax);
      for (const log of this.#logs.values()) {
        if (count >= rowsMax) break;
        count += log.trim(retention.updatesMax, now - retention.updateAgeMs, rowsMax - count);
      }
      return count;
    });
  }

  watch(listener: (notice: StoreNotice) => void): Cancel {
    return this.#watch.add(listener);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.#inTurn(() => {
      this.#isClosed = true;
      this.#watch.clear();
    });
  }

  /** One after the other, also where one is asked for within another. */
  #inTurn<Value>(task: () => Value): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          if (this.#isClosed) throw new StoreError("closed");
          resolve(task());
        } catch (error) {
          reject(error);
        }
      });
      if (!this.#isDraining) this.#drain();
    });
  }

  #drain(): void {
    this.#isDraining = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) next();
    this.#isDraining = false;
  }

  #commit<Output>(unit: CommitUnit<undefined, Output>): CommitOutcome<Output> {
    const { call } = unit;
    const known = call && this.#keys.find(storedKeyedCall(call));
    if (known) return { type: "known", outcome: known };
    const tx = new UnitTransaction(this, call);
    const output = tx.run(unit);
    const { at } = tx;
    if (call) this.#keys.addResult(call, storedJson(output), at, this.#clock.wallNow());
    for (const appended of tx.appended) {
      const log = this.#logs.get(appended.bucket) ?? new MemoryLog();
      this.#logs.set(appended.bucket, log);
      log.append(appended);
    }
    this.#watch.tellCommitted(this.epoch, tx.appended);
    return { type: "committed", output, at };
  }

  #range(bucket: BucketKey): LogRange {
    const log = this.#logs.get(storedName(bucket, "a bucket"));
    return { bucket, epoch: this.epoch, head: log?.head ?? 0, oldest: log?.oldest ?? 1 };
  }

  #page({ bucket, after }: ReadRequest, limits: ReadLimits): LogPage {
    const range = this.#range(bucket);
    const isWithin = after >= range.oldest - 1 && after < range.head;
    const updates = (isWithin && this.#logs.get(bucket)?.read(after, limits)) || [];
    return { after, upTo: after + updates.length, updates, ...range };
  }
}
