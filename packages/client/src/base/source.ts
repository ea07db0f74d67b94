/**
 * Values that change, with any number of listeners: the only place of the house where one fact
 * reaches many. Listeners are called synchronously, in the order in which they subscribed.
 */
import type { Cancel } from "./clock.ts";
import { reportUncaught } from "./errors.ts";
import { Scope } from "./scope.ts";

/** A value that changes, for reading. */
export interface Source<T> {
  readonly current: T;
  /**
   * Calls `listener` with the current value, within this call, and then with every later one, in
   * order, until cancelled. No listener can keep a value from another.
   */
  subscribe(listener: (value: T) => void): Cancel;
}

interface Subscriber<T> {
  readonly listener: (value: T) => void;
  /** The number of the value that it was greeted with; only later ones are news to it. */
  readonly heard: number;
}

/** The writer's end of a {@link Source}. */
export class Cell<T> implements Source<T> {
  #current: T;
  #number = 0;
  #isDelivering = false;
  readonly #undelivered: { readonly number: number; readonly value: T }[] = [];
  readonly #subscribers = new Set<Subscriber<T>>();
  readonly #onError: (error: unknown) => void;

  /** `onError` hears what a listener throws; by default it becomes an uncaught error. */
  constructor(initial: T, onError: (error: unknown) => void = reportUncaught) {
    this.#current = initial;
    this.#onError = onError;
  }

  get current(): T {
    return this.#current;
  }

  /**
   * Changes the value and tells everyone. Called by a listener, it tells after the value in
   * delivery.
   */
  set(value: T): void {
    this.#current = value;
    this.#undelivered.push({ number: ++this.#number, value });
    if (!this.#isDelivering) this.#deliver();
  }

  subscribe(listener: (value: T) => void): Cancel {
    const subscriber = { listener, heard: this.#number };
    this.#subscribers.add(subscriber);
    this.#deliver(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** How many listen. Zero after everything is closed. */
  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  #deliver(newcomer?: Subscriber<T>): void {
    const isOutermost = !this.#isDelivering;
    this.#isDelivering = true;
    if (newcomer) this.#tell(newcomer, this.#current);
    if (!isOutermost) return;
    for (let next = this.#undelivered.shift(); next; next = this.#undelivered.shift()) {
      for (const subscriber of this.#subscribers) {
        if (next.number > subscriber.heard) this.#tell(subscriber, next.value);
      }
    }
    this.#isDelivering = false;
  }

  #tell(subscriber: Subscriber<T>, value: T): void {
    try {
      subscriber.listener(value);
    } catch (error) {
      this.#onError(error);
    }
  }
}

/**
 * The first value, from the current one on, that satisfies `predicate`. Rejects with the signal's
 * reason when aborted first, and with whatever `predicate` throws.
 */
export function waitFor<T>(
  source: Source<T>,
  predicate: (value: T) => boolean,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<T> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const wait = new Scope();
    const settle = (act: () => void): void => {
      wait.close();
      act();
    };
    const abort = (): void => settle(() => reject(signal?.reason));
    signal?.addEventListener("abort", abort);
    wait.defer(() => signal?.removeEventListener("abort", abort));
    const hear = (value: T): void => {
      if (wait.signal.aborted) return;
      try {
        if (predicate(value)) settle(() => resolve(value));
      } catch (error) {
        settle(() => reject(error));
      }
    };
    wait.defer(source.subscribe(hear));
  });
}
