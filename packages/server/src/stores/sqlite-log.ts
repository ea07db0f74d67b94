/**
 * The updates of all buckets in SQLite, and what is known of where each begins and ends. That
 * holds until another connection writes or a transaction is undone; then `forget` must be called.
 */
import type { BucketKey } from "@holdfast/protocol";

import type { LogUpdate, ReadLimits } from "../server-store.ts";
import { StoreError } from "../store-error.ts";
import type { SqliteDriver, SqliteDriverStatement } from "./sqlite-driver.ts";
import { storedName, valueOf } from "./stored-value.ts";
import type { Appended } from "./unit-transaction.ts";

/** So many buckets are known at a time. Past it the one that was asked for first is dropped. */
const KNOWN_MAX = 10_000;
/** So many updates are read at once, so that a page of large ones is not read far past its end. */
const READ_AT_ONCE = 50;

interface Ends {
  head: number;
  oldest: number;
}

interface UpdateRow {
  readonly seq: number;
  readonly at: number;
  readonly data: string | null;
  readonly account: string | null;
  readonly key: string | null;
}

/** The oldest update of a bucket. */
export interface Oldest {
  readonly bucket: BucketKey;
  readonly seq: number;
  readonly at: number;
}

export class SqliteLog {
  readonly #insert: SqliteDriverStatement;
  readonly #select: SqliteDriverStatement;
  readonly #ends: SqliteDriverStatement;
  readonly #next: SqliteDriverStatement;
  readonly #firstSince: SqliteDriverStatement;
  readonly #delete: SqliteDriverStatement;
  readonly #setForgotten: SqliteDriverStatement;
  readonly #known = new Map<BucketKey, Ends>();

  constructor(db: SqliteDriver) {
    this.#insert = db.prepare("insert into holdfast_updates values (?, ?, ?, ?, ?, ?)");
    this.#select = db.prepare(
      `select seq, at, data, account, key from holdfast_updates
       where bucket = ? and seq > ? order by seq limit ?`,
    );
    this.#ends = db.prepare(
      `select (select max(seq) from holdfast_updates where bucket = ?) as newest,
              (select forgotten from holdfast_buckets where bucket = ?) as forgotten`,
    );
    this.#next = db.prepare(
      `select bucket, seq, at from holdfast_updates
       where bucket > ? order by bucket, seq limit 1`,
    );
    this.#firstSince = db.prepare(
      `select seq from (select seq, at from holdfast_updates
                        where bucket = ? and seq >= ? order by seq limit ?)
       where at >= ? order by seq limit 1`,
    );
    this.#delete = db.prepare("delete from holdfast_updates where bucket = ? and seq <= ?");
    this.#setForgotten = db.prepare(
      `insert into holdfast_buckets values (?, ?)
       on conflict (bucket) do update set forgotten = excluded.forgotten`,
    );
  }

  /** Where the bucket begins and ends. `oldest` is head + 1 when nothing is left of it. */
  ends(bucket: BucketKey): Readonly<Ends> {
    return this.#endsOf(bucket);
  }

  insert(appended: readonly Appended[]): void {
    for (const { bucket, update, json } of appended) {
      const { seq, at, account = null, key = null } = update;
      this.#insert.run(bucket, seq, at, json, account, key);
      this.#endsOf(bucket).head = seq;
    }
  }

  /** Those that follow `after`, as many as the limits allow and at least one. */
  read(bucket: BucketKey, after: number, limits: ReadLimits): LogUpdate[] {
    const updates: LogUpdate[] = [];
    let bytes = 0;
    for (let last = after; ;) {
      const wanted = Math.min(Math.max(limits.updates - updates.length, 1), READ_AT_ONCE);
      const rows = this.#select.all(bucket, last, wanted) as UpdateRow[];
      for (const row of rows) {
        if (row.seq !== ++last) throw new StoreError("corrupt", "an update is missing in the log");
        bytes += Buffer.byteLength(row.data ?? "");
        if (updates.length > 0 && bytes > limits.bytes) return updates;
        updates.push(updateOf(row));
      }
      if (rows.length < wanted || updates.length >= limits.updates) return updates;
    }
  }

  /** The first bucket after this one, by name, of which something is left. */
  oldestAfter(bucket: BucketKey): Oldest | undefined {
    return this.#next.get(bucket) as Oldest | undefined;
  }

  /** The first of `count` updates, beginning with `seq`, whose time is `since` or later. */
  firstSince(bucket: BucketKey, seq: number, count: number, since: number): number | undefined {
    const row = this.#firstSince.get(bucket, seq, count, since) as { seq: number } | undefined;
    return row?.seq;
  }

  /** Forgets all up to `seq`, which must not be past the head. */
  drop(bucket: BucketKey, seq: number): void {
    const ends = this.#endsOf(bucket);
    this.#delete.run(bucket, seq);
    this.#setForgotten.run(bucket, seq);
    ends.oldest = seq + 1;
  }

  /** What was known of where buckets begin and end may be wrong from here on. */
  forget(): void {
    this.#known.clear();
  }

  #endsOf(bucket: BucketKey): Ends {
    const known = this.#known.get(bucket);
    if (known) return known;
    const row = this.#ends.get(storedName(bucket, "a bucket"), bucket) as {
      readonly newest: number | null;
      readonly forgotten: number | null;
    };
    const forgotten = row.forgotten ?? 0;
    const ends = { head: row.newest ?? forgotten, oldest: forgotten + 1 };
    if (this.#known.size >= KNOWN_MAX) {
      for (const first of this.#known.keys()) {
        this.#known.delete(first);
        break;
      }
    }
    this.#known.set(bucket, ends);
    return ends;
  }
}

function updateOf({ seq, at, data, account, key }: UpdateRow): LogUpdate {
  return {
    seq,
    at,
    data: valueOf(data),
    ...(account !== null && { account }),
    ...(key !== null && { key }),
  };
}
