/** A `Source` of Holdfast in a component: `useSyncExternalStore` over it. */
import type { Source } from "@holdfast/client";
import { useCallback, useSyncExternalStore } from "react";

/**
 * The source's value, kept current. `atServer` is what stands in the page that a server renders,
 * and in the first moment of its hydration; default: the source's present value.
 */
export function useSource<T>(source: Source<T>, atServer: () => T = () => source.current): T {
  const subscribe = useCallback((changed: () => void) => source.subscribe(changed), [source]);
  return useSyncExternalStore(subscribe, () => source.current, atServer);
}
