/** Sources seen through pure functions. They hold nothing, so there is nothing to close. */
import type { Cancel } from "../base/clock.ts";
import type { Source } from "../base/source.ts";

/** Tells listeners only of changes, and each of the value at its beginning. */
export function derived<T, U>(source: Source<T>, view: (value: T) => U): Source<U> {
  return new Derived(source, view);
}

// A class: V8 makes a hidden class of its own for each object literal with a getter.
class Derived<T, U> implements Source<U> {
  readonly #source: Source<T>;
  readonly #view: (value: T) => U;

  constructor(source: Source<T>, view: (value: T) => U) {
    this.#source = source;
    this.#view = view;
  }

  get current(): U {
    return this.#view(this.#source.current);
  }

  subscribe(listener: (value: U) => void): Cancel {
    let last: { readonly value: U } | undefined;
    return this.#source.subscribe((value) => {
      const next = this.#view(value);
      if (last && last.value === next) return;
      last = { value: next };
      listener(next);
    });
  }
}

/** Two sources seen as one. Tells listeners only of changes. */
export function combined<A, B, U>(a: Source<A>, b: Source<B>, view: (a: A, b: B) => U): Source<U> {
  return {
    get current() {
      return view(a.current, b.current);
    },
    subscribe(listener) {
      let last: { readonly value: U } | undefined;
      const tell = (): void => {
        const next = view(a.current, b.current);
        if (last && last.value === next) return;
        last = { value: next };
        listener(next);
      };
      const cancels = [a.subscribe(tell), b.subscribe(tell)];
      return () => {
        for (const cancel of cancels) cancel();
      };
    },
  };
}
