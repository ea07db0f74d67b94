/** Live updates by bucket: who listens, what each session has to ask for, and how it stands. No catch-up: that is sync's. */
import type { BucketHead, BucketKey, BucketPosition, Unsubscribed, UnsubscribedCode, Update, UpdateRun } from "@holdfast/protocol";
import type { Cancel } from "../base/clock.ts";
import { guarded, reportUncaught } from "../base/errors.ts";

/**
 * How a subscription stands. `waiting`: no session has confirmed it yet. `live`: every update after `head` is delivered, in
 * order, until the session ends. `ended`: the server said no; it is asked again with the next session.
 */
export type SubscriptionState =
  | { readonly phase: "waiting" }
  | { readonly phase: "live"; readonly epoch: string; readonly head: number }
  | { readonly phase: "ended"; readonly code: UnsubscribedCode };

/** Hears updates in order. While a returned promise runs, it counts as unread: too many of those pause the socket. */
export type UpdateListener<Data = unknown> = (update: Update & { readonly data: Data }) => void | Promise<void>;

/** What subscriptions need of the live session. */
export interface SubscriptionLink {
  subscribe(buckets: readonly BucketPosition[]): void;
  unsubscribe(buckets: readonly BucketKey[]): void;
  pauseReading(): void;
  resumeReading(): void;
}

interface Listening {
  readonly listener: UpdateListener;
  readonly onState: ((state: SubscriptionState) => void) | undefined;
}

interface Subscription {
  readonly listenings: Set<Listening>;
  state: SubscriptionState;
}

/** Updates whose listeners still work: above, reading pauses where the platform can; below half, it goes on. */
export const UPDATES_UNREAD_MAX = 256;

const WAITING: SubscriptionState = { phase: "waiting" };

export class UpdateSubscriptions {
  readonly #subscriptions = new Map<BucketKey, Subscription>();
  #link: SubscriptionLink | undefined;
  #unread = 0;
  #isPaused = false;

  /** What the next hello asks for. */
  positions(): readonly BucketPosition[] {
    return [...this.#subscriptions.keys()].map((bucket) => ({ bucket }));
  }

  add(bucket: BucketKey, listener: UpdateListener, onState?: (state: SubscriptionState) => void): Cancel {
    const listening = { listener, onState };
    const known = this.#subscriptions.get(bucket);
    const subscription = known ?? { listenings: new Set(), state: WAITING };
    subscription.listenings.add(listening);
    if (!known) {
      this.#subscriptions.set(bucket, subscription);
      this.#link?.subscribe([{ bucket }]);
    }
    guarded(() => onState?.(subscription.state));
    return () => this.#remove(bucket, subscription, listening);
  }

  /** A session says hello with `positions()`; from here on changes go to it. */
  attach(link: SubscriptionLink): void {
    this.#link = link;
    if (this.#isPaused) link.pauseReading();
  }

  detach(): void {
    this.#link = undefined;
    for (const subscription of this.#subscriptions.values()) this.#become(subscription, WAITING);
  }

  subscribed({ bucket, epoch, head }: BucketHead): void {
    const subscription = this.#subscriptions.get(bucket);
    if (subscription) this.#become(subscription, { phase: "live", epoch, head });
  }

  unsubscribed({ bucket, code }: Unsubscribed): void {
    const subscription = this.#subscriptions.get(bucket);
    if (subscription && code) this.#become(subscription, { phase: "ended", code });
  }

  deliver({ bucket, updates }: UpdateRun): void {
    const subscription = this.#subscriptions.get(bucket);
    if (!subscription) return;
    for (const update of updates) {
      for (const { listener } of subscription.listenings) guarded(() => this.#hear(listener(update)));
    }
  }

  close(): void {
    this.#subscriptions.clear();
    this.#link = undefined;
  }

  #remove(bucket: BucketKey, subscription: Subscription, listening: Listening): void {
    if (!subscription.listenings.delete(listening) || subscription.listenings.size > 0) return;
    if (this.#subscriptions.get(bucket) !== subscription) return;
    this.#subscriptions.delete(bucket);
    this.#link?.unsubscribe([bucket]);
  }

  #become(subscription: Subscription, state: SubscriptionState): void {
    if (subscription.state === state) return;
    subscription.state = state;
    for (const { onState } of subscription.listenings) guarded(() => onState?.(state));
  }

  #hear(work: void | Promise<void>): void {
    if (!work || typeof work.then !== "function") return;
    this.#count(1);
    work.then(undefined, reportUncaught).then(() => this.#count(-1), reportUncaught);
  }

  #count(change: number): void {
    this.#unread += change;
    if (!this.#isPaused && this.#unread > UPDATES_UNREAD_MAX) {
      this.#isPaused = true;
      this.#link?.pauseReading();
    } else if (this.#isPaused && this.#unread <= UPDATES_UNREAD_MAX / 2) {
      this.#isPaused = false;
      this.#link?.resumeReading();
    }
  }
}
