/**
 * One `trim` of a SQLite store, in steps that each are a short transaction, so that forgetting a
 * million rows holds up neither a commit nor the event loop.
 */
import type { Retention } from "../server-store.ts";
import type { SqliteKeys } from "./sqlite-keys.ts";
import type { Oldest, SqliteLog } from "./sqlite-log.ts";

/** So many rows go, and so many buckets are looked at, in one step. */
const STEP_ROWS = 500;

export class SqliteTrim {
  readonly #log: SqliteLog;
  readonly #keys: SqliteKeys;
  readonly #retention: Retention;
  readonly #now: number;
  readonly #rowsMax: number;
  #count = 0;
  #areKeysDone = false;
  /** The last bucket from which all has gone that must. */
  #bucket = "";
  #isDone = false;

  constructor(
    log: SqliteLog,
    keys: SqliteKeys,
    retention: Retention,
    now: number,
    rowsMax: number,
  ) {
    this.#log = log;
    this.#keys = keys;
    this.#retention = retention;
    this.#now = now;
    this.#rowsMax = rowsMax;
  }

  /** How many rows went. */
  get count(): number {
    return this.#count;
  }

  /** Nothing is left to do, or the rows that may go are used up. */
  get isDone(): boolean {
    return this.#isDone || this.#count >= this.#rowsMax;
  }

  /** Within a transaction. */
  step(): void {
    let budget = Math.min(STEP_ROWS, this.#rowsMax - this.#count);
    if (!this.#areKeysDone) {
      const gone = this.#keys.trim(this.#now - this.#retention.keyMs, budget);
      this.#count += gone;
      this.#areKeysDone = gone < budget;
      return;
    }
    for (let looked = 0; budget > 0 && looked < STEP_ROWS; looked++) {
      const oldest = this.#log.oldestAfter(this.#bucket);
      if (!oldest) {
        this.#isDone = true;
        return;
      }
      const gone = this.#trimBucket(oldest, budget);
      if (gone < budget) this.#bucket = oldest.bucket;
      this.#count += gone;
      budget -= gone;
    }
  }

  /** The oldest that are too many, and from there on those that are too old; says how many. */
  #trimBucket({ bucket, seq, at }: Oldest, budget: number): number {
    const { updatesMax, updateAgeMs } = this.#retention;
    const cutoff = this.#now - updateAgeMs;
    const { head } = this.#log.ends(bucket);
    const surplus = Math.min(Math.max(head - seq + 1 - updatesMax, 0), budget);
    if (surplus === 0 && at >= cutoff) return 0;
    const stays = this.#log.firstSince(bucket, seq + surplus, budget - surplus, cutoff);
    const end = Math.min(stays ?? seq + budget, head + 1);
    this.#log.drop(bucket, end - 1);
    return end - seq;
  }
}
