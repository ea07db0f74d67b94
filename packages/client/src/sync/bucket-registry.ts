/**
 * The buckets of one client: who has which open, which are in debt and caught up although nobody
 * has them open, and which the server named by itself.
 */
import { bucketKind, DEFAULT_WIRE_LIMITS } from "@holdfast/protocol";
import type { BucketKey } from "@holdfast/protocol";
import { OptionsError } from "../base/errors.ts";
import type { BucketHooks } from "./apply-updates.ts";
import { BucketEntry } from "./bucket-entry.ts";
import { BucketExecutor } from "./bucket-executor.ts";
import type { ExecutorHost } from "./bucket-executor.ts";
import type { OpenBucket, OpenBucketOptions } from "./bucket-handle.ts";
import { isOwing } from "./bucket-model.ts";
import { DebtBook } from "./debt-book.ts";
import { FetchLimiter } from "./fetch-limiter.ts";
import { ActivityMeter, activityOf } from "./sync-activity.ts";
import type { SyncLink } from "./sync-link.ts";
import type { SyncOptions } from "./sync-options.ts";
import type { SyncPolicy } from "./sync-policy.ts";
import type { SyncStore } from "./sync-store.ts";

const OPEN_MAX = DEFAULT_WIRE_LIMITS.subscriptions;
/** Buckets that are caught up although nobody has them open, at a time. */
const BACKGROUND_MAX = OPEN_MAX / 2;

export class BucketRegistry implements ExecutorHost {
  readonly options: SyncOptions;
  readonly policy: SyncPolicy;
  readonly limiter: FetchLimiter;
  readonly link: SyncLink;
  readonly meter: ActivityMeter = new ActivityMeter();
  readonly #hooks: ReadonlyMap<string, BucketHooks>;
  readonly #entries = new Map<BucketKey, BucketEntry>();
  /** Debt that cannot be paid in this session. */
  readonly #unpayable = new Set<BucketKey>();
  #book: DebtBook | undefined;
  /** Nobody is signed in. */
  #isLeft = false;
  #isClosed = false;

  constructor(options: SyncOptions, policy: SyncPolicy, link: SyncLink) {
    this.options = options;
    this.policy = policy;
    this.link = link;
    this.limiter = new FetchLimiter(policy);
    this.#hooks = new Map(Object.entries(options.hooks));
    this.account(undefined);
  }

  /** All that are known at the moment. */
  get entries(): Iterable<BucketEntry> {
    return this.#entries.values();
  }

  find(bucket: BucketKey): BucketEntry | undefined {
    return this.#entries.get(bucket);
  }

  /** The bucket's entry, made if need be. Whoever does not use it forgets it. */
  enter(bucket: BucketKey): BucketEntry {
    let entry = this.#entries.get(bucket);
    if (!entry) {
      entry = new BucketEntry(bucket, new BucketExecutor(bucket, this), this.options.onFault);
      this.#entries.set(bucket, entry);
    }
    return entry;
  }

  forgetUnused(entry: BucketEntry): void {
    if (entry.isUnused && this.find(entry.bucket) === entry) this.#entries.delete(entry.bucket);
  }

  /** Everything begins anew, from the cursors that the hooks know for this account. */
  account(store: SyncStore | undefined): void {
    this.#isLeft = false;
    this.#restart(store);
  }

  /** Nothing runs until there is an account again. */
  leave(): void {
    this.#isLeft = true;
    this.#restart(undefined);
  }

  #restart(store: SyncStore | undefined): void {
    this.#book?.close();
    this.#unpayable.clear();
    const entries = [...this.#entries.values()];
    for (const entry of entries) entry.executor.close();
    const loaded = (): void => {
      for (const { executor } of this.#entries.values()) this.changed(executor);
      this.#tend();
    };
    this.#book = new DebtBook(this.options, this.policy, store, loaded);
    for (const entry of entries) {
      const { hooks } = entry.executor;
      entry.isBackground = false;
      // The server may have named it while the account's store was being opened.
      if (this.#isLeft || entry.namedBy !== this.link.remote) entry.namedBy = undefined;
      entry.executor = new BucketExecutor(entry.bucket, this);
      entry.prioritise();
      if (hooks && entry.isWanted) this.#start(entry, hooks);
      this.changed(entry.executor);
    }
  }

  open(bucket: BucketKey, { priority = 0, ...own }: OpenBucketOptions): OpenBucket {
    if (!this.#entries.has(bucket) && this.#entries.size >= OPEN_MAX) {
      throw new OptionsError("too many buckets");
    }
    const ofKind = this.#hooks.get(bucketKind(bucket));
    const names = Object.keys(own) as (keyof typeof own)[];
    const hooks = names.length > 0 ? { ...ofKind, ...own } : ofKind;
    if (!isWhole(hooks)) throw new OptionsError("no apply hook");
    const entry = this.enter(bucket);
    const present = entry.executor.hooks;
    if (entry.isOpen && names.some((name) => own[name] !== present?.[name])) {
      throw new OptionsError("open with other hooks");
    }
    const isRunning = entry.executor.model.traits !== undefined;
    const goesOn = entry.isOpen || (isRunning && names.length === 0);
    const opening = { priority };
    entry.openings.add(opening);
    this.#prioritise(entry);
    if (!goesOn) this.#start(entry, hooks);
    return {
      close: () => {
        if (entry.openings.delete(opening)) this.#release(entry);
      },
      setPriority: (next) => {
        opening.priority = next;
        this.#prioritise(entry);
      },
    };
  }

  /** The server subscribes us to it by itself. */
  adopt(bucket: BucketKey): void {
    const hooks = this.#hooks.get(bucketKind(bucket));
    const link = this.find(bucket)?.executor.model.link;
    const isAnswer = link === "asked" || link === "joined";
    if (!hooks || isAnswer || this.#entries.size >= OPEN_MAX) return;
    const entry = this.enter(bucket);
    const { isWanted, executor } = entry;
    entry.namedBy = this.link.remote;
    // Nothing can be kept yet. Once it can, it is asked for, from where it stands then.
    if (this.#isLeft) this.link.unsubscribe(bucket);
    if (isWanted) return;
    executor.hooks = hooks;
    if (!this.#isLeft) executor.open(hooks);
  }

  giveUp(bucket: BucketKey): void {
    const entry = this.#entries.get(bucket);
    if (entry) entry.namedBy = undefined;
    if (!entry || entry.isOpen) return;
    entry.isBackground = false;
    entry.executor.close();
  }

  attach(): void {
    this.#unpayable.clear();
    const executors = Array.from(this.#entries.values(), ({ executor }) => executor);
    executors.sort((a, b) => b.priority - a.priority || 0);
    for (const executor of executors) executor.dispatch({ type: "attached" });
    this.#tend();
  }

  detach(): void {
    for (const { executor } of this.#entries.values()) executor.dispatch({ type: "detached" });
  }

  close(): void {
    this.#isClosed = true;
    this.#book?.close();
    for (const { executor } of this.#entries.values()) executor.close();
    this.#entries.clear();
  }

  changed(executor: BucketExecutor): void {
    const { bucket, model } = executor;
    const entry = this.#entries.get(bucket);
    if (entry?.executor !== executor) return;
    const activity = activityOf(model);
    this.meter.change(entry.activity, activity);
    entry.activity = activity;
    const { server, isRead, traits } = model;
    if (traits?.isStored && server && isRead) {
      const isGone = model.error?.code === "gone";
      const debt = { bucket, epoch: server.epoch, head: server.seq };
      this.#book?.note(bucket, isOwing(model) && !isGone ? debt : undefined);
    }
    entry.publish();
    this.#endBackground(entry);
    this.forgetUnused(entry);
  }

  /** A debt that is paid, or cannot be paid now, needs its bucket no longer. */
  #endBackground(entry: BucketEntry): void {
    const { phase, error } = entry.state.current;
    const isStuck = error?.kind === "unsubscribed" || error?.kind === "tooFarBehind";
    if (!entry.isBackground || !(phase === "live" || isStuck)) return;
    if (isStuck) this.#unpayable.add(entry.bucket);
    entry.isBackground = false;
    if (!entry.isWanted) entry.executor.close();
    this.#tend();
  }

  /** Sees to it that every debt that can be paid is being paid. */
  #tend(): void {
    if (!this.link.remote || this.#isClosed) return;
    for (const bucket of this.#book?.owed.keys() ?? []) {
      if (this.#entries.size >= BACKGROUND_MAX) return;
      const hooks = this.#hooks.get(bucketKind(bucket));
      const isTaken = this.options.isHeardLive?.(bucket) || this.#entries.get(bucket)?.isWanted;
      if (!hooks?.cursor || isTaken || this.#unpayable.has(bucket)) continue;
      const entry = this.enter(bucket);
      entry.isBackground = true;
      this.#start(entry, hooks);
    }
  }

  #start({ executor }: BucketEntry, hooks: BucketHooks): void {
    if (this.#isClosed) return;
    executor.close();
    executor.hooks = hooks;
    if (this.#isLeft) return;
    executor.open(hooks);
    if (this.link.remote) executor.dispatch({ type: "attached" });
  }

  #prioritise(entry: BucketEntry): void {
    entry.prioritise();
    this.limiter.admit();
  }

  #release(entry: BucketEntry): void {
    this.#prioritise(entry);
    if (entry.isOpen) return;
    entry.isBackground = false;
    entry.executor.close();
    const hooks = this.#hooks.get(bucketKind(entry.bucket));
    if (entry.namedBy && hooks) this.#start(entry, hooks);
    else this.#tend();
  }
}

function isWhole(hooks: Partial<BucketHooks> | undefined): hooks is BucketHooks {
  return hooks !== undefined && "apply" in hooks;
}
