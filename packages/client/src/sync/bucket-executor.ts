/**
 * The driver of one bucket: a mailbox, one alarm, and the hands of the machine in `bucket.ts`. It
 * decides nothing. One executor is one bucket's in one account; once it is closed, nothing that
 * still comes to an end changes anything.
 */
import { DEFAULT_WIRE_LIMITS, isName } from "@holdfast/protocol";
import type { BucketKey, Page, TooFarBehind } from "@holdfast/protocol";
import type { Cancel, Millis } from "../base/clock.ts";
import { CallError, guarded } from "../base/errors.ts";
import type { ApplyOutcome, BucketHooks, Cursor, Snapshot, UpdateBatch } from "./apply-updates.ts";
import type { BucketEffect, BucketEvent, WorkEvent } from "./bucket-event.ts";
import { closedModel, nextDeadline } from "./bucket-model.ts";
import type { BucketModel } from "./bucket-model.ts";
import { step } from "./bucket.ts";
import { BACKGROUND } from "./fetch-limiter.ts";
import type { Fetcher, FetchLimiter } from "./fetch-limiter.ts";
import { SyncError } from "./sync-error.ts";
import type { SyncErrorKind } from "./sync-error.ts";
import type { SyncLink } from "./sync-link.ts";
import type { SyncOptions } from "./sync-options.ts";
import type { SyncPolicy } from "./sync-policy.ts";

/** What an executor shares with the others. */
export interface ExecutorHost {
  readonly options: SyncOptions;
  readonly policy: SyncPolicy;
  readonly limiter: FetchLimiter;
  readonly link: SyncLink;
  /** The executor has done what there was to do for now. */
  changed(executor: BucketExecutor): void;
}

type Performed<Type> = Extract<BucketEffect, { readonly type: Type }>;

const NO_KEYS: readonly string[] = [];
const NO_CURSOR: Cursor = { epoch: "", seq: 0 };

export class BucketExecutor implements Fetcher {
  readonly bucket: BucketKey;
  /** The bucket's, while it is open. */
  hooks: BucketHooks | undefined;
  priority: number = BACKGROUND;
  readonly #host: ExecutorHost;
  readonly #mailbox: BucketEvent[] = [];
  #model: BucketModel;
  #isDraining = false;
  #alarmAt: Millis | undefined;
  #cancelAlarm: Cancel | undefined;
  #abort: AbortController | undefined;

  constructor(bucket: BucketKey, host: ExecutorHost) {
    this.bucket = bucket;
    this.#host = host;
    this.#model = closedModel(bucket);
  }

  get model(): BucketModel {
    return this.#model;
  }

  open(hooks: BucketHooks): void {
    this.hooks = hooks;
    const canSnapshot = hooks.snapshot !== undefined;
    const from = hooks.from ?? (canSnapshot ? "snapshot" : "start");
    const isStored = hooks.cursor !== undefined;
    this.dispatch({ type: "opened", traits: { from, canSnapshot, isStored } });
  }

  close(): void {
    this.dispatch({ type: "closed" });
  }

  grant(): void {
    this.dispatch({ type: "granted" });
  }

  dispatch(event: BucketEvent): void {
    this.#mailbox.push(event);
    if (this.#isDraining) return;
    this.#isDraining = true;
    for (let next = this.#mailbox.shift(); next; next = this.#mailbox.shift()) this.#handle(next);
    this.#isDraining = false;
    this.#rearm();
    this.#host.changed(this);
  }

  #handle(event: BucketEvent): void {
    const { options, policy } = this.#host;
    const { clock, random } = options;
    const stamp = { now: clock.now(), random: random() };
    try {
      const { model, effects } = step(this.#model, event, stamp, policy);
      this.#model = model;
      for (const effect of effects) this.#perform(effect);
    } catch (error) {
      options.onFault(error);
      // What this should have begun or ended has no other end.
      if (event.type !== "failed") this.#end(this.#model.workId, failed("fetchFailed", error));
    }
  }

  #rearm(): void {
    const deadline = nextDeadline(this.#model);
    if (deadline === this.#alarmAt) return;
    this.#cancelAlarm?.();
    this.#alarmAt = deadline;
    this.#cancelAlarm =
      deadline === undefined
        ? undefined
        : this.#host.options.clock.at(deadline, () => {
            this.#alarmAt = undefined;
            this.dispatch({ type: "alarm" });
          });
  }

  #perform(effect: BucketEffect): void {
    const { link, limiter } = this.#host;
    switch (effect.type) {
      case "read":
        return this.#work("applyFailed", () => this.hooks?.cursor?.(this.bucket), READ);
      case "apply":
        return this.#work("applyFailed", () => this.hooks?.apply(effect.batch), STORED);
      case "commit":
        return this.#work("applyFailed", () => effect.snapshot.commit(effect.from), STORED);
      case "snapshot":
        return this.#snapshot(effect);
      case "fetch":
        return this.#fetch(effect);
      case "abort":
        return this.#abort?.abort();
      case "subscribe":
        return link.subscribe(this.bucket, effect.position);
      case "unsubscribe":
        return link.unsubscribe(this.bucket);
      case "queue":
        return limiter.enter(this);
      case "release":
        return limiter.leave(this);
      case "tell":
        return this.#tell(effect);
    }
  }

  #snapshot({ reason }: Performed<"snapshot">): void {
    const { signal } = (this.#abort = new AbortController());
    const context = { bucket: this.bucket, reason, signal };
    const make = () => this.hooks?.snapshot?.(context);
    this.#work("fetchFailed", make, TAKEN);
  }

  #fetch({ from: { epoch, seq } }: Performed<"fetch">): void {
    const { link, policy } = this.#host;
    const { signal } = (this.#abort = new AbortController());
    const request = { bucket: this.bucket, epoch, after: seq, limit: policy.pageUpdates };
    const { workId } = this.#model;
    const succeed = (answer: Page | TooFarBehind): void =>
      this.#end(workId, { type: "fetched", answer });
    const fail = (error?: unknown): void => this.#end(workId, failed("fetchFailed", error));
    if (link.remote) link.remote.fetch(request, policy.fetchMs, signal, succeed, fail);
    else fail();
  }

  #tell({ cursor, batch }: Performed<"tell">): void {
    const { onApplied, onFault } = this.#host.options;
    guarded(() => onApplied(this.bucket, cursor, keysOf(cursor, batch)), onFault);
  }

  /** Does it, and tells the machine of its end: at once, if it ends at once. */
  #work<T>(kind: SyncErrorKind, act: () => T | Promise<T>, end: (result: T) => WorkEvent): void {
    const { workId } = this.#model;
    const done = (result: T): void => this.#end(workId, end(result));
    const fail = (error: unknown): void => {
      if (kind === "applyFailed") this.#host.options.report(error);
      this.#end(workId, failed(kind, error));
    };
    let result: T | Promise<T>;
    try {
      result = act();
    } catch (error) {
      return fail(error);
    }
    if (isPending(result)) Promise.resolve(result).then(done, fail);
    else done(result);
  }

  #end(workId: number, event: WorkEvent): void {
    this.dispatch(Object.assign(event, { workId }));
  }
}

/** Databases answer with promises of their own making, too. */
function isPending<T>(result: T | PromiseLike<T>): result is PromiseLike<T> {
  return typeof (result as { readonly then?: unknown } | undefined)?.then === "function";
}

const READ = (cursor: Cursor | undefined): WorkEvent =>
  told(cursor, { type: "cursorRead", cursor: cursor ?? undefined });

const TAKEN = (snapshot: Snapshot | undefined): WorkEvent =>
  told(snapshot?.cursor ?? NO_CURSOR, { type: "snapshotTaken", snapshot: snapshot as Snapshot });

/** What says nothing of the cursor, such as a count of rows, says that all is stored. */
const STORED = (answer: ApplyOutcome): WorkEvent => {
  const outcome = answer && "moved" in Object(answer) ? answer : undefined;
  return told(outcome?.moved, { type: "committed", outcome });
};

/** Databases know numbers that no message may carry. The server would refuse us for them. */
function told(cursor: Cursor | undefined, event: WorkEvent): WorkEvent {
  const isGood =
    !cursor ||
    (isName(cursor.epoch, DEFAULT_WIRE_LIMITS.nameLength) &&
      Number.isSafeInteger(cursor.seq) &&
      cursor.seq >= 0);
  return isGood ? event : failed("applyFailed", new TypeError("bad cursor"));
}

function failed(kind: SyncErrorKind, cause?: unknown): WorkEvent {
  const error = new SyncError(kind, { cause });
  const retryAfterMs = cause instanceof CallError ? cause.retryAfterMs : undefined;
  return retryAfterMs === undefined
    ? { type: "failed", error }
    : { type: "failed", error, retryAfterMs };
}

/** Of the updates that are stored now. */
function keysOf({ epoch, seq }: Cursor, batch?: UpdateBatch): readonly string[] {
  if (batch?.to.epoch !== epoch) return NO_KEYS;
  let keys = NO_KEYS;
  for (const update of batch.updates) {
    if (update.key !== undefined && update.seq <= seq) keys = [...keys, update.key];
  }
  return keys;
}
