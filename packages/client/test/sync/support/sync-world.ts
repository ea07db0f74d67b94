/**
 * A world in which anything happens to sync, one act at a time, and the promises that it must keep
 * all the while: what is stored is always what the server has, without a gap, and once the world
 * heals everything arrives.
 */
import { ManualClock } from "@holdfast/testing";

import type { OpenBucket } from "../../../src/sync/bucket-handle.ts";
import type { UpdateBatch } from "../../../src/sync/apply-updates.ts";
import type { Sync } from "../../../src/sync/sync.ts";
import { SyncRig } from "./sync-rig.ts";

/** The first cannot be helped by a snapshot; the last keeps its cursor in memory. */
export const BUCKETS = ["log:1", "room:1", "room:2", "view:1"] as const;
const VIEW = "view:1";

const FETCHES_MAX = 2;

/** After this long without any trouble everything has arrived. */
const HEALED_WITHIN_MS = 100_000;

export class SyncWorld {
  rig: SyncRig;
  readonly #make: typeof Sync;
  #openings = new Map<string, OpenBucket>();
  #shown: Shown | undefined;
  /** Its rows went behind our back, so that what sync takes for stored is not. */
  readonly #wiped = new Set<string>();
  #isForged = false;
  #isRevoked = false;

  constructor(make: typeof Sync) {
    this.#make = make;
    this.rig = this.#newRig();
  }

  open(bucket: string, priority: number): void {
    if (this.#openings.has(bucket)) return;
    this.#openings.set(bucket, this.rig.sync.bucket(bucket).open({ priority }));
  }

  setPriority(bucket: string, priority: number): void {
    this.#openings.get(bucket)?.setPriority(priority);
  }

  close(bucket: string): void {
    this.#openings.get(bucket)?.close();
    if (this.#openings.delete(bucket) && bucket === VIEW) this.#shown = undefined;
  }

  /** The process ends in the middle of whatever it does. What is stored stays. */
  crash(): void {
    const { session, store } = this.rig;
    // Nobody tells a dead process anything.
    store.waiting.length = 0;
    store.forsake();
    session?.abandon();
    this.#openings.clear();
    this.#shown = undefined;
    this.#wiped.clear();
    this.rig = this.#newRig();
  }

  /** Another account's turn, which happens to be the same. */
  changeAccount(): void {
    this.#shown = undefined;
    this.rig.store.forsake();
    this.rig.sync.account(this.rig.debts);
  }

  /** Something deletes what the app had stored. */
  wipe(bucket: string): void {
    if (this.rig.store.stored.delete(bucket)) this.#wiped.add(bucket);
  }

  revoke(bucket: string): void {
    this.#isRevoked = true;
    this.rig.session?.end(bucket, "revoked");
  }

  /** A push that a server would not send: of the past, or ahead. */
  forge(bucket: string, after: number, upTo: number): void {
    const { server, sync, session } = this.rig;
    const head = server.head(bucket);
    if (!session || upTo > head || after > upTo) return;
    this.#isForged = true;
    sync.updates(server.run(bucket, after, upTo));
  }

  /** The server begins the bucket anew. */
  renew(bucket: string, count: number): void {
    this.rig.drop();
    this.rig.server.renew(bucket, count);
  }

  /** What must hold at any time. Returns what does not. */
  fault(fetchesBefore: number): string | undefined {
    const { server, store, sync, session } = this.rig;
    for (const bucket of BUCKETS) {
      const stored = store.stored.get(bucket);
      if (stored) {
        const { epoch, seq } = stored.cursor;
        const truth = server.visibleIn(epoch, seq);
        if (!isEqual(stored.rows, truth)) return `${bucket}: stored ${stored.rows.join()}`;
      }
      const reached = sync.reached(bucket);
      if (!reached || bucket === VIEW || this.#wiped.has(bucket)) continue;
      if (!stored) return `${bucket}: reached without data`;
      const isAhead = reached.epoch === stored.cursor.epoch && reached.seq > stored.cursor.seq;
      if (isAhead) return `${bucket}: reached ${reached.seq}, stored ${stored.cursor.seq}`;
    }
    if (
      this.#shown &&
      !isEqual(this.#shown.rows, server.visibleIn(this.#shown.epoch, this.#shown.seq))
    ) {
      return `${VIEW}: shows ${this.#shown.rows.join()}`;
    }
    if (store.wasPestered) return "a store that fails is asked without end";
    if (store.wasDoubled) return "two at once store one bucket";
    if (session && session.inFlightMost > FETCHES_MAX) return "too many fetches at once";
    if (session && session.violations.length > 0) {
      if (!this.#isForged) return `does not follow: ${session.violations.join()}`;
      this.rig.drop();
    }
    const bound = BUCKETS.reduce((sum, bucket) => sum + 4 + server.head(bucket), 0);
    const spent = server.fetches - fetchesBefore;
    return spent > bound ? `${spent} fetches at one instant` : undefined;
  }

  /** Nothing goes wrong any more. Returns what does not come right. */
  async heal(isReopened: boolean): Promise<string | undefined> {
    const { rig } = this;
    const { server, store, debts, clock } = rig;
    store.failures = store.snapshotFailures = debts.failures = 0;
    store.isSlow = false;
    while (store.letThrough());
    server.firstPagesMax = Infinity;
    server.emptyPages = 0;
    if (isReopened) for (const bucket of BUCKETS) this.open(bucket, 0);
    // A session that is open has to come right by itself.
    if (!rig.session || this.#isRevoked || this.#isForged) rig.connect();
    if (rig.session) rig.session.isPressed = false;
    await rig.run(1_000);
    // So that who lost what it had stored notices.
    for (const bucket of BUCKETS) server.append(bucket);
    await rig.run(HEALED_WITHIN_MS);
    const soon = this.#unhealed(true);
    if (soon) return `${soon}, in the same session`;
    // Who is stopped notices with the next session that another tab has got further.
    rig.connect();
    await rig.run(1_000);
    const { fetches } = server;
    const fault = this.fault(fetches) ?? this.#unhealed(false);
    if (fault) return fault;
    await rig.run(HEALED_WITHIN_MS);
    if (server.fetches > fetches) return "fetches go on although nothing is missing";
    if (rig.sync.isUpdating.current) return "still updating";
    const { queued, fetching, applying } = rig.sync.activity.current;
    if (queued + fetching + applying > 0) return "still active";
    rig.sync.close();
    rig.drop();
    await rig.flow();
    if (clock.pending > 0) return "something is left on the clock";
    return undefined;
  }

  #unhealed(mayBeStopped: boolean): string | undefined {
    return BUCKETS.map((bucket) => this.#unhealedIn(bucket, mayBeStopped)).find(Boolean);
  }

  #unhealedIn(bucket: string, mayBeStopped: boolean): string | undefined {
    const { server, store, sync, debts } = this.rig;
    const { phase, cursor, error } = sync.bucket(bucket).state.current;
    const isOpen = this.#openings.has(bucket);
    const head = server.head(bucket);
    const { epoch, oldest } = server.log(bucket);
    const stored = bucket === VIEW ? cursor : store.cursor(bucket);
    const isLost = stored ? stored.epoch !== epoch || stored.seq + 1 < oldest : oldest > 1;
    const canSnapshot = bucket.startsWith("room");
    if ((isLost || (mayBeStopped && error?.kind === "tooFarBehind")) && !canSnapshot) {
      if (!isOpen) return undefined;
      return error?.kind === "tooFarBehind" ? undefined : `${bucket}: too far behind, and ${phase}`;
    }
    if (debts.stored.has(bucket) && !(mayBeStopped && !canSnapshot))
      return `${bucket}: still in debt`;
    if (!isOpen) return undefined;
    return phase === "live" && stored?.seq === head
      ? undefined
      : `${bucket}: ${phase} at ${stored?.seq}`;
  }

  #newRig(): SyncRig {
    const old = this.rig as SyncRig | undefined;
    const clock = new ManualClock(old ? old.clock.now() : 0);
    const options = old && { server: old.server, store: old.store, debts: old.debts };
    const rig = new SyncRig(
      { clock, policy: { fetchesMax: FETCHES_MAX }, ...options },
      this.#make,
      {
        view: {
          apply: (batch) => {
            const shown = (this.#shown ??= { rows: [], epoch: batch.to.epoch, seq: 0 });
            return this.rig.store.slowly(VIEW, () => show(shown, batch));
          },
        },
      },
    );
    rig.connect();
    return rig;
  }
}

/** What an open view shows, and of which epoch. */
interface Shown {
  readonly rows: unknown[];
  readonly epoch: string;
  seq: number;
}

function show(shown: Shown, { from, to, updates }: UpdateBatch): void {
  const isNext = from ? from.epoch === shown.epoch && from.seq === shown.seq : shown.seq === 0;
  shown.rows.push(...updates.map(({ data }) => data));
  shown.seq = isNext ? to.seq : NaN;
}

function isEqual(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}
