/**
 * Values that change, with any number of listeners: the only place of the house where one fact
 * reaches many. Listeners are called synchronously, in the order in which they subscribed.
 */
import type { Cancel } from "./clock.ts";
import { guarded, reportUncaught } from "./errors.ts";
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

type Listener<T> = (value: T) => void;

/** The writer's end of a {@link Source}. */
export class Cell<T> implements Source<T> {
  #current: T;
  #isDelivering = false;
  readonly #listeners = new Set<Listener<T>>();
  readonly #undelivered: (readonly [Listener<T>, T])[] = [];
  readonly #onError: (error: unknown) => void;

  /** `onError` hears what a listener throws; by default it becomes an uncaught error. */
  constructor(initial: T, onError: (error: unknown) => void = reportUncaught) {
    this.#current = initial;
    this.#onError = onError;
  }

  get current(): T {
    return this.#current;
  }

  /** How many listen. Zero after everything is closed. */
  get subscriberCount(): number {
    return this.#listeners.size;
  }

  /**
   * Changes the value and tells everyone. Called by a listener, it tells after the value in
   * delivery.
   */
  set(value: T): void {
    this.#current = value;
    // To those of now: whoever comes later begins with this value, or a later one.
    for (const listener of this.#listeners) this.#undelivered.push([listener, value]);
    this.#deliver();
  }

  subscribe(listener: (value: T) => void): Cancel {
    const own: Listener<T> = (value) => listener(value); // The same one may subscribe twice.
    this.#listeners.add(own);
    this.#deliver(own);
    return () => void this.#listeners.delete(own);
  }

  /** Within a delivery only a newcomer's greeting comes at once; the rest waits its turn. */
  #deliver(newcomer?: Listener<T>): void {
    const isOutermost = !this.#isDelivering;
    this.#isDelivering = true;
    if (newcomer) this.#tell(newcomer, this.#current);
    if (!isOutermost) return;
    for (let next = this.#undelivered.shift(); next; next = this.#undelivered.shift()) {
      this.#tell(...next);
    }
    this.#isDelivering = false;
  }

  #tell(listener: Listener<T>, value: T): void {
    if (this.#listeners.has(listener)) guarded(() => listener(value), this.#onError);
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
