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

/** The writer's end of a {@link Source}. */
export class Cell<T> implements Source<T> {
  #current: T;
  readonly #listeners = new Set<(value: T) => void>();
  /** What is told in this delivery: it stays here to the end, so whoever finds any comes within. */
  readonly #tellings: (() => void)[] = [];
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
    this.#deliver([...this.#listeners].map((tell) => () => tell(value)));
  }

  subscribe(listener: (value: T) => void): Cancel {
    // Of its own, because the same function may subscribe twice.
    const tell = (value: T): void => {
      if (this.#listeners.has(tell)) guarded(() => listener(value), this.#onError);
    };
    this.#listeners.add(tell);
    // Within a delivery a newcomer is greeted at once; the rest waits its turn.
    if (this.#tellings.length > 0) tell(this.#current);
    else this.#deliver([() => tell(this.#current)]);
    return () => void this.#listeners.delete(tell);
  }

  #deliver(tellings: readonly (() => void)[]): void {
    if (this.#tellings.push(...tellings) > tellings.length) return;
    for (const tell of this.#tellings) tell();
    this.#tellings.length = 0;
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
      if (wait.isClosed) return;
      try {
        if (predicate(value)) settle(() => resolve(value));
      } catch (error) {
        settle(() => reject(error));
      }
    };
    wait.defer(source.subscribe(hear));
  });
}
