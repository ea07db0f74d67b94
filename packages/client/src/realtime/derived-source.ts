/** Sources seen through pure functions. They hold nothing, so there is nothing to close. */
import type { Source } from "../base/source.ts";

/** Tells listeners only of changes, and each of the value at its beginning. */
export function derived<T, U>(source: Source<T>, view: (value: T) => U): Source<U> {
  return {
    get current() {
      return view(source.current);
    },
    subscribe(listener) {
      let last: { readonly value: U } | undefined;
      return source.subscribe((value) => {
        const next = view(value);
        if (last && last.value === next) return;
        last = { value: next };
        listener(next);
      });
    },
  };
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
