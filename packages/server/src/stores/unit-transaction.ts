/**
 * A unit of work while it runs. What it appends is kept here and reaches the store when the unit
 * has ended well, so a unit that throws leaves nothing to undo in the log.
 */
import type { BucketHead, BucketKey } from "@holdfast/protocol";

import type { CallKey, CommitUnit, LogUpdate, StoreTransaction } from "../server-store.ts";
import { StoreError } from "../store-error.ts";
import { storedCount, storedJson, valueOf } from "./stored-value.ts";

/** The store, as its units see it. */
export interface UnitSource<Db> {
  readonly epoch: string;
  readonly db: Db;
  /** Where the bucket ends, with all units before. Throws when the name cannot be kept. */
  headOf(bucket: BucketKey): number;
}

/** An update with what the application appended, and as it was at that moment. */
export class AppendedUpdate implements LogUpdate {
  readonly seq: number;
  readonly at: number;
  readonly data: unknown;
  readonly account?: string | undefined;
  readonly key?: string;
  readonly #json: string | null;

  constructor(
    seq: number,
    at: number,
    data: unknown,
    json: string | null,
    author: CallKey | undefined,
  ) {
    this.seq = seq;
    this.at = at;
    this.data = data;
    this.#json = json;
    if (!author) return;
    this.account = author.account;
    this.key = author.key;
  }

  stored(): LogUpdate {
    const { seq, at, account, key } = this;
    const data = valueOf(this.#json);
    return key === undefined ? { seq, at, data } : { seq, at, data, account, key };
  }
}

/** An update that a unit appended. */
export interface Appended {
  readonly bucket: BucketKey;
  readonly update: AppendedUpdate;
  /** Its data, as it is stored. */
  readonly json: string | null;
}

export class UnitTransaction<Db> implements StoreTransaction<Db> {
  readonly appended: Appended[] = [];
  readonly #source: UnitSource<Db>;
  readonly #author: CallKey | undefined;
  readonly #heads = new Map<BucketKey, number>();
  #isOver = false;

  constructor(source: UnitSource<Db>, author: CallKey | undefined) {
    this.#source = source;
    this.#author = author;
  }

  get db(): Db {
    this.#assertRunning();
    return this.#source.db;
  }

  /** Where the updates stand that were appended, by bucket. */
  get at(): Readonly<Record<BucketKey, number>> {
    return Object.fromEntries(this.#heads);
  }

  append(bucket: BucketKey, data: unknown, at: number): { epoch: string; seq: number } {
    this.#assertRunning();
    const seq = this.#headOf(bucket) + 1;
    const json = storedJson(data);
    const time = storedCount(at, "an update's time");
    const update = new AppendedUpdate(seq, time, data, json, this.#author);
    this.appended.push({ bucket, update, json });
    this.#heads.set(bucket, seq);
    return { epoch: this.#source.epoch, seq };
  }

  head(bucket: BucketKey): BucketHead {
    this.#assertRunning();
    return { bucket, epoch: this.#source.epoch, head: this.#headOf(bucket) };
  }

  /** Runs the unit in this transaction, which is over then. Throws what the unit throws. */
  run<Output>(unit: CommitUnit<Db, Output>): Output {
    try {
      const output = unit.run(this);
      if (!isThenable(output)) return output;
      // What becomes of it interests nobody any more: the commit fails for what it is.
      output.then(ignore, ignore);
      throw new StoreError("asyncUnit");
    } finally {
      this.#isOver = true;
    }
  }

  #headOf(bucket: BucketKey): number {
    return this.#heads.get(bucket) ?? this.#source.headOf(bucket);
  }

  #assertRunning(): void {
    if (this.#isOver) throw new StoreError("misuse", "the unit is over, and its transaction too");
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { readonly then?: unknown }).then === "function"
  );
}

function ignore(): void {}
