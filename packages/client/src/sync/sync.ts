/**
 * Keeps buckets up to date: the front of sync, towards the app and towards the session. What one
 * bucket does is decided in `bucket.ts`, which buckets there are in `bucket-registry.ts`.
 */
import { DEFAULT_WIRE_LIMITS, isName } from "@holdfast/protocol";
import type { BucketHead, BucketKey, BucketPosition, Page } from "@holdfast/protocol";
import type { TooFarBehind, Unsubscribed, UpdateRun } from "@holdfast/protocol";
import { OptionsError } from "../base/errors.ts";
import { policyOf } from "../base/policy.ts";
import type { Source } from "../base/source.ts";
import type { Cursor } from "./apply-updates.ts";
import type { BucketEvent } from "./bucket-event.ts";
import type { BucketHandle } from "./bucket-handle.ts";
import { BucketRegistry } from "./bucket-registry.ts";
import { CLOSED_BUCKET } from "./bucket-state.ts";
import type { BucketState } from "./bucket-state.ts";
import type { SyncActivity } from "./sync-activity.ts";
import { SyncError } from "./sync-error.ts";
import { SyncLink } from "./sync-link.ts";
import type { SyncOptions } from "./sync-options.ts";
import { DEFAULT_SYNC_POLICY } from "./sync-policy.ts";
import type { SyncListener, SyncRemote } from "./sync-remote.ts";
import type { SyncStore } from "./sync-store.ts";

export class Sync implements SyncListener {
  readonly #link = new SyncLink();
  readonly #buckets: BucketRegistry;

  /** Throws an `OptionsError` for a policy that cannot be kept. */
  constructor(options: SyncOptions) {
    const policy = policyOf(DEFAULT_SYNC_POLICY, options.policy, "fetchMs");
    this.#buckets = new BucketRegistry(options, policy, this.#link);
  }

  /** True exactly while something is missing in a bucket and is being brought. */
  get isUpdating(): Source<boolean> {
    return this.#buckets.meter.isUpdating;
  }

  get activity(): Source<SyncActivity> {
    return this.#buckets.meter.activity;
  }

  /**
   * Begins anew for another account, whose debts are in `store`; without one, debts are not kept.
   * Buckets that are open stay open, from the cursors that their hooks tell from now on. Nothing
   * that still ends for the account before changes anything.
   */
  account(store: SyncStore | undefined): void {
    this.#buckets.account(store);
  }

  /**
   * Nobody is signed in: what still ends changes nothing, no hook is called, and buckets that are
   * open wait for the next account.
   */
  leave(): void {
    this.#buckets.leave();
  }

  /** How every bucket stands that is open, in debt or looked at. */
  states(): ReadonlyMap<BucketKey, BucketState> {
    return new Map([...this.#buckets.entries].map((entry) => [entry.bucket, entry.state.current]));
  }

  /** Does anybody have it open? */
  isOpen(bucket: BucketKey): boolean {
    return !!this.#buckets.find(bucket)?.isOpen;
  }

  /** The server has not named it. A bucket that is not open is kept no longer in this session. */
  giveUp(bucket: BucketKey): void {
    this.#buckets.giveUp(bucket);
  }

  /** Throws an `OptionsError` for a key that the wire does not carry. */
  bucket(key: BucketKey): BucketHandle {
    if (!isName(key, DEFAULT_WIRE_LIMITS.nameLength)) throw new OptionsError("bad bucket key");
    const buckets = this.#buckets;
    const state: Source<BucketState> = {
      get current() {
        return buckets.find(key)?.state.current ?? CLOSED_BUCKET;
      },
      subscribe(listener) {
        const entry = buckets.enter(key);
        const cancel = entry.state.subscribe(listener);
        return () => {
          cancel();
          buckets.forgetUnused(entry);
        };
      },
    };
    return { key, state, open: (options = {}) => buckets.open(key, options) };
  }

  /** Up to where a bucket that is open is stored. Undefined: it is not open, or nothing is. */
  reached(bucket: BucketKey): Cursor | undefined {
    const entry = this.#buckets.find(bucket);
    return entry?.isOpen ? entry.executor.model.cursor : undefined;
  }

  /** Nothing of it runs any more, and nothing that still ends changes anything. */
  close(): void {
    this.#link.become(undefined, () => this.#buckets.close());
  }

  attach(remote: SyncRemote): readonly BucketPosition[] {
    return this.#link.become(remote, () => this.#buckets.attach());
  }

  detach(): void {
    this.#link.become(undefined, () => this.#buckets.detach());
  }

  subscribed(head: BucketHead): void {
    const { bucket } = head;
    if (!this.#link.isLeaving(bucket)) this.#buckets.adopt(bucket);
    this.#tell(bucket, { type: "subscribed", head });
  }

  unsubscribed({ bucket, code }: Unsubscribed): void {
    if (code !== undefined) {
      const error = new SyncError("unsubscribed", { code });
      return this.#tell(bucket, { type: "unsubscribed", error });
    }
    // Without a code it answers our own word,
    if (this.#link.isLeaving(bucket)) return this.#link.left(bucket);
    // or that of who heard it live: what was said since was said to them, and is over.
    this.#tell(bucket, { type: "detached" });
    this.#buckets.giveUp(bucket);
    this.#tell(bucket, { type: "attached" });
  }

  page(page: Page): void {
    this.#tell(page.bucket, { type: "paged", page });
  }

  tooFarBehind(answer: TooFarBehind): void {
    this.#tell(answer.bucket, { type: "fellBehind", answer });
  }

  heads(heads: readonly BucketHead[]): void {
    for (const head of heads) this.#tell(head.bucket, { type: "hinted", head });
  }

  follows({ bucket, epoch, after }: UpdateRun): boolean {
    const to = this.#buckets.find(bucket)?.executor.model.pushedTo;
    return !to || this.#link.isLeaving(bucket) || (to.epoch === epoch && to.seq === after);
  }

  updates(run: UpdateRun): void {
    this.#tell(run.bucket, { type: "pushed", run });
  }

  #tell(bucket: BucketKey, event: BucketEvent): void {
    if (!this.#link.isLeaving(bucket)) this.#buckets.find(bucket)?.executor.dispatch(event);
  }
}
