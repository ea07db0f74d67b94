/**
 * What is true in a run, by the servers' own logs: every update of every bucket and epoch. Checks
 * each commit as it happens, and whatever clients store against it.
 */
import type { BucketKey } from "@holdfast/protocol";
import type { StoreNotice } from "@holdfast/server";

import { isVisible } from "./app-contract.ts";
import type { Note } from "./app-contract.ts";
import type { Journal } from "./journal.ts";
import { isAbandoned, isRuledOut } from "./wish.ts";
import type { Wish } from "./wish.ts";

/** One update as the server has it. */
export interface LedgerEntry {
  readonly seq: number;
  readonly wish: number;
}

interface Place {
  readonly epoch: string;
  readonly seq: number;
}

export class Ledger {
  readonly wishes: Wish[] = [];
  readonly #journal: Journal;
  readonly #logs = new Map<string, LedgerEntry[]>();
  /** The wishes of each lane, in the order of their making. */
  readonly #lanes = new Map<string, Wish[]>();
  /** How many updates there are, in all logs and epochs. */
  committed = 0;
  /** Of the server's store of the moment. */
  epoch = "";

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  made(wish: Wish): void {
    this.wishes.push(wish);
    if (wish.lane === undefined) return;
    const lane = this.#lanes.get(wish.lane) ?? [];
    this.#lanes.set(wish.lane, lane);
    lane.push(wish);
  }

  /** Hears each commit of a server's store. */
  heed(notice: StoreNotice): void {
    if (notice.type !== "committed") return;
    const { bucket, epoch, after, updates } = notice;
    const log = this.log(epoch, bucket);
    if (after !== log.length) {
      this.#journal.broke("a log is gapless", `${bucket} goes on at ${after}, not ${log.length}`);
    }
    for (const { seq, data } of updates) {
      const { wish } = data as Note;
      this.#journal.note("log", `${bucket} ${seq} = wish ${wish}`);
      log.push({ seq, wish });
      this.committed++;
      const found = this.wishes[wish];
      if (found) this.#committed(found, bucket, epoch, log);
    }
  }

  /** Everything of a bucket in an epoch, from its first update on. */
  log(epoch: string, bucket: BucketKey): LedgerEntry[] {
    const name = `${epoch} ${bucket}`;
    const log = this.#logs.get(name) ?? [];
    this.#logs.set(name, log);
    return log;
  }

  /** What a reader must have of a bucket, from after one place up to another. */
  expected(bucket: BucketKey, epoch: string, after: number, upTo: number): readonly LedgerEntry[] {
    return this.log(epoch, bucket)
      .slice(after, upTo)
      .filter((entry) => isVisible(bucket, entry));
  }

  /** A client is about to store this, and the cursor with it. */
  stores(
    who: string,
    bucket: BucketKey,
    from: Place | undefined,
    to: Place,
    entries: readonly LedgerEntry[],
  ): void {
    const after = from?.seq ?? 0;
    const shown = (list: readonly LedgerEntry[]): string =>
      list.map(({ seq, wish }) => `${seq}=${wish}`).join(" ");
    this.#journal.note(who, `stores ${bucket} ${after}..${to.seq}: ${shown(entries)}`);
    const head = this.log(to.epoch, bucket).length;
    const expected = shown(this.expected(bucket, to.epoch, after, to.seq));
    if (from && from.epoch !== to.epoch) {
      this.#journal.broke("a new epoch needs a snapshot", `${who} ${bucket}`);
    } else if (to.seq > head || shown(entries) !== expected) {
      const seen = `${after}..${to.seq} of ${head} with ${shown(entries)}, not ${expected}`;
      this.#journal.broke(
        "what is stored is what the log has, gapless",
        `${who} ${bucket} ${seen}`,
      );
    }
  }

  #committed(wish: Wish, bucket: string, epoch: string, log: readonly LedgerEntry[]): void {
    const { n, blockers, lane } = wish;
    const broke = (property: string): void =>
      this.#journal.broke(property, `wish ${n} in ${bucket}`);
    if (log.filter((entry) => entry.wish === n).length > 1) broke("nothing is done twice");
    if (isRuledOut(wish)) broke("what was said to have no effect has none");
    if (wish.fate === "denied") broke("what is denied has no effect");
    if (!bucket.startsWith("list:")) return;
    wish.epochs.add(epoch);
    if (blockers.some(({ epochs }) => epochs.size === 0)) broke("blockers come first");
    // What was confirmed before a server lost its store comes again when it comes.
    if (lane === undefined || wish.end?.type === "done" || isAbandoned(wish)) return;
    const later = this.#lanes.get(lane) ?? [];
    if (later.some((other) => other.n > n && other.epochs.has(epoch))) {
      broke("a lane keeps its order");
    }
  }
}
