/**
 * Reports of a client for as long as somebody looks. The client is only read, a few times a second,
 * so a page that nobody inspects pays nothing, and a client need not be made for being inspected.
 */
import { Cell, systemClock, type Cancel, type Clock, type Source } from "@holdfast/client";
import type { BucketDebt } from "@holdfast/client/durable";

import { clientReport, type Inspected, type ReportOptions } from "./client-report.ts";
import type { Report } from "./report.ts";

/** How often the client is looked at, in milliseconds. */
export const LOOK_MS = 100;
/** How often its store is asked for the debt of its buckets, in milliseconds. */
export const DEBTS_MS = 2_000;

/** What is shown of a client, and by which clock. */
export interface ClientFeedOptions extends ReportOptions {
  /** The clock of the client. Default: the platform's own. */
  readonly clock?: Clock;
}

/** Looks at one client until closed. */
export class ClientFeed {
  readonly #client: Inspected;
  readonly #options: ClientFeedOptions;
  readonly #clock: Clock;
  readonly #reports: Cell<Report>;
  #debts: readonly BucketDebt[] = [];
  #debtsAt: number;
  #seen: readonly unknown[] = [];
  #cancel: Cancel = () => {};
  #isClosed = false;

  constructor(client: Inspected, options: ClientFeedOptions = {}) {
    this.#client = client;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#debtsAt = this.#clock.now();
    this.#reports = new Cell(this.#report());
    this.#look();
  }

  /** A new one whenever something is different. */
  get reports(): Source<Report> {
    return this.#reports;
  }

  /** No timer stays. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  #look(): void {
    const now = this.#clock.now();
    if (now >= this.#debtsAt) this.#askForDebts(now);
    const signs = this.#signs();
    const isSame =
      signs.length === this.#seen.length && signs.every((sign, at) => sign === this.#seen[at]);
    if (!isSame) {
      this.#seen = signs;
      this.#reports.set(this.#report());
    }
    this.#cancel = this.#clock.at(now + LOOK_MS, () => this.#look());
  }

  /** Values that are others when there is something new: clients replace what they change. */
  #signs(): readonly unknown[] {
    const { recentEvents, pending, trouble } = this.#client;
    const states = this.#client.bucketStates?.() ?? new Map();
    return [
      recentEvents.at(-1),
      this.#options.frames?.count,
      pending?.current,
      trouble?.current,
      this.#debts,
      ...[...states].flat(),
    ];
  }

  #report(): Report {
    const made = { now: this.#clock.now(), wallNow: this.#clock.wallNow() };
    return clientReport(this.#client, this.#options, this.#debts, made);
  }

  /** What the store cannot tell just now is left out: the client itself says what fails. */
  #askForDebts(now: number): void {
    this.#debtsAt = now + DEBTS_MS;
    const store = this.#client.accountStore?.current;
    const take = (debts: readonly BucketDebt[]): void => {
      const isSame = JSON.stringify(debts) === JSON.stringify(this.#debts);
      if (!isSame && !this.#isClosed) this.#debts = debts;
    };
    if (!store) return take([]);
    store.sync.debts().then(take, () => take([]));
  }
}
