/**
 * How clients of one SQLite file, in this process or another, learn of each other's changes: they
 * look. A number per account rises with what matters to other owners of transactions; the cursor of
 * a bucket speaks for its documents.
 */
import type { BucketKey } from "@holdfast/protocol";

import type { Cancel } from "../base/clock.ts";
import { guarded } from "../base/errors.ts";
import type { Cursor } from "../sync/apply-updates.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import { type Topic, Watchers } from "./watchers.ts";

const NUMBER = "select number as seen from holdfast_news where account = ?";
/** It begins anywhere: after an account was forgotten, no earlier number comes again. */
const RISE = `insert into holdfast_news values (?, random() & 1099511627775)
  on conflict (account) do update set number = number + 1 returning number as seen`;
const CURSOR = `select epoch || ' ' || seq as seen from holdfast_cursors
  where account = ? and bucket = ?`;

export class SqliteNews extends Watchers {
  readonly #connection: SqliteConnection;
  readonly #account: string;
  /** That of the connection when all topics were last looked at. */
  #version: string | undefined;
  /** What each topic looked like when its watchers last heard of it. */
  readonly #seen = new Map<Topic, unknown>();

  constructor(connection: SqliteConnection, account: string) {
    super();
    this.#connection = connection;
    this.#account = account;
  }

  override watch(topic: Topic, changed: () => void): Cancel {
    // If it cannot be read now, the first look that can tells once too often.
    const look = (): unknown => this.#seen.set(topic, this.#look(topic));
    if (!this.has(topic)) guarded(look, () => {});
    return super.watch(topic, changed);
  }

  /** Lets other owners know. In a transaction of the caller; nobody here is told. */
  rise(): void {
    const row = this.#connection.sql(RISE).get(this.#account) as Seen;
    // If it is undone, the next number is another's.
    this.#connection.whenCommitted(() => this.#seen.set(null, row.seen));
  }

  /** Tells who watches a bucket here that it is at this cursor. Reads nothing: it cannot fail. */
  committed(bucket: BucketKey, { epoch, seq }: Cursor): void {
    if (!this.has(bucket)) return;
    this.#seen.set(bucket, `${epoch} ${seq}`);
    this.tell(bucket);
  }

  /** Looks whether others changed something, and tells. */
  poll(): void {
    for (const topic of this.#seen.keys()) if (!this.has(topic)) this.#seen.delete(topic);
    const { topics } = this;
    if (topics.length === 0) return;
    const version = this.#connection.version();
    if (version === this.#version) return;
    let isWhole = true;
    for (const topic of topics) {
      const look = (): void => {
        const seen = this.#look(topic);
        if (seen === this.#seen.get(topic)) return;
        this.#seen.set(topic, seen);
        this.tell(topic);
      };
      guarded(look, () => (isWhole = false));
    }
    // A look that failed is made up for by the next, and keeps nothing from the other topics.
    if (isWhole) this.#version = version;
  }

  #look(topic: Topic): unknown {
    const connection = this.#connection;
    const row = connection.read(() =>
      topic === null
        ? connection.sql(NUMBER).get(this.#account)
        : connection.sql(CURSOR).get(this.#account, topic),
    );
    return (row as Seen | undefined)?.seen;
  }
}

interface Seen {
  readonly seen: unknown;
}
