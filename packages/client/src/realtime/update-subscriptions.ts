/**
 * Live updates by bucket: who listens, what each session has to ask for, and how it stands. No
 * catch-up: that is sync's.
 */
import { DEFAULT_WIRE_LIMITS, isName } from "@holdfast/protocol";
import type { BucketHead, BucketKey, BucketPosition, Unsubscribed } from "@holdfast/protocol";
import type { UnsubscribedCode, Update, UpdateRun } from "@holdfast/protocol";
import type { Cancel } from "../base/clock.ts";
import { OptionsError, reportUncaught } from "../base/errors.ts";
import { Cell } from "../base/source.ts";
import type { SessionData, SubscriptionLink } from "../session/session-event.ts";

/**
 * How a subscription stands. `waiting`: no session has confirmed it yet, or it fell behind and is
 * asked for anew. `live`: every update after `head` is delivered, in order, until another state
 * follows. `ended`: the server said no; it is asked again with the next session.
 */
export type SubscriptionState =
  | { readonly phase: "waiting" }
  | { readonly phase: "live"; readonly epoch: string; readonly head: number }
  | { readonly phase: "ended"; readonly code: UnsubscribedCode };

/**
 * Hears updates in order. While a returned promise runs, it counts as unread: too many of those
 * pause the socket.
 */
export type UpdateListener<Data = unknown> = (
  update: Update & { readonly data: Data },
) => void | Promise<void>;

interface Subscription {
  /** Each in an object of its own: the same function may listen twice. */
  readonly listeners: Set<{ readonly listener: UpdateListener<never> }>;
  readonly state: Cell<SubscriptionState>;
  /** Up to where the listeners have been told of the bucket. */
  upTo: number;
}

/**
 * Updates whose listeners still work: above, reading pauses where the platform can; below half, it
 * goes on.
 */
export const UPDATES_UNREAD_MAX = 256;

export const WAITING: SubscriptionState = { phase: "waiting" };

export class UpdateSubscriptions implements SessionData {
  readonly #subscriptions = new Map<BucketKey, Subscription>();
  #link: SubscriptionLink | undefined;
  /** One for each `unsubscribe` of the session that has no answer yet. */
  #left: BucketKey[] = [];
  #unread = 0;
  #isPaused = false;

  add(
    bucket: BucketKey,
    listener: UpdateListener<never>,
    onState?: (state: SubscriptionState) => void,
  ): Cancel {
    let subscription = this.#subscriptions.get(bucket);
    if (!subscription) {
      // The server would end the session for it, each session anew.
      const isTooMany = this.#subscriptions.size >= DEFAULT_WIRE_LIMITS.subscriptions;
      if (isTooMany || !isName(bucket, DEFAULT_WIRE_LIMITS.nameLength))
        throw new OptionsError("bad bucket, or too many");
      subscription = { listeners: new Set(), state: new Cell(WAITING), upTo: 0 };
      this.#subscriptions.set(bucket, subscription);
      this.#link?.say({ type: "subscribe", buckets: [{ bucket }] });
    }
    const { listeners, state } = subscription;
    const entry = { listener };
    listeners.add(entry);
    // A stretch begins, for who comes later, where the others have got to.
    const cancel =
      onState &&
      state.subscribe((now) => onState("head" in now ? { ...now, head: subscription.upTo } : now));
    return () => {
      cancel?.();
      if (!listeners.delete(entry) || listeners.size > 0) return;
      this.#subscriptions.delete(bucket);
      this.leave([bucket]);
    };
  }

  /** Ends the session's subscriptions, also those of others: the answers do not say whose. */
  leave(buckets: readonly BucketKey[]): void {
    if (!this.#link) return;
    this.#left.push(...buckets);
    this.#link.say({ type: "unsubscribe", buckets });
  }

  /** Until our goodbye is answered, what comes belongs to a subscription that is gone. */
  hasLeft(bucket: BucketKey): boolean {
    return this.#left.includes(bucket);
  }

  /** Does anybody listen? */
  has(bucket: BucketKey): boolean {
    return this.#subscriptions.has(bucket);
  }

  attach(link: SubscriptionLink): readonly BucketPosition[] {
    this.#link = link;
    this.#left = [];
    return [...this.#subscriptions.keys()].map((bucket) => ({ bucket }));
  }

  /** Not before: who cannot read is never welcomed. */
  welcomed(): void {
    if (this.#isPaused) this.#link?.pauseReading();
  }

  detach(): void {
    this.#link = undefined;
    for (const bucket of this.#subscriptions.keys()) this.become(bucket, WAITING);
  }

  subscribed({ bucket, epoch, head }: BucketHead): void {
    const subscription = this.#subscriptions.get(bucket);
    if (this.hasLeft(bucket)) return;
    if (subscription) subscription.upTo = head;
    this.become(bucket, { phase: "live", epoch, head });
  }

  unsubscribed({ bucket, code }: Unsubscribed): void {
    // Without a code it answers our own word, and whoever has subscribed since waits for another.
    if (!code) this.#left.splice(this.#left.indexOf(bucket) >>> 0, 1);
    else if (!this.hasLeft(bucket)) this.become(bucket, { phase: "ended", code });
  }

  follows({ bucket, epoch, after }: UpdateRun): boolean {
    const { state, upTo } = this.#subscriptions.get(bucket) ?? {};
    const live = state?.current;
    return live?.phase !== "live" || (live.epoch === epoch && upTo === after);
  }

  /**
   * What was said between our `unsubscribe` and a new `subscribed` belongs to a subscription that
   * is gone: it is dropped.
   */
  updates({ bucket, upTo, updates }: UpdateRun): void {
    const subscription = this.#subscriptions.get(bucket);
    if (!subscription) return;
    for (const update of updates) {
      // A listener may have ended the session, or the client.
      if (subscription.state.current.phase !== "live") return;
      for (const { listener } of subscription.listeners) {
        try {
          const work = listener(update as never);
          if (work) void this.#await(work);
        } catch (error) {
          reportUncaught(error);
        }
      }
      subscription.upTo = update.seq;
    }
    subscription.upTo = upTo;
  }

  close(): void {
    this.#subscriptions.clear();
  }

  /** This is how the subscription stands, if there is one. */
  become(bucket: BucketKey, state: SubscriptionState): void {
    const cell = this.#subscriptions.get(bucket)?.state;
    if (cell && cell.current !== state) cell.set(state);
  }

  async #await(work: Promise<void>): Promise<void> {
    this.#count(1);
    try {
      await work;
    } catch (error) {
      reportUncaught(error);
    }
    this.#count(-1);
  }

  #count(change: number): void {
    this.#unread += change;
    const isPaused = this.#unread > UPDATES_UNREAD_MAX / (this.#isPaused ? 2 : 1);
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#link?.pauseReading();
    else this.#link?.resumeReading();
  }
}
