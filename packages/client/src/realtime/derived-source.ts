/** A source seen through a pure function. It holds nothing, so there is nothing to close. */
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
