/** An effect that comes before those of the components below: for what they build upon. */
import { useEffect, useLayoutEffect } from "react";

/**
 * Undo nothing in it: React undoes layout while it suspends. A server renders no layout, and React
 * 18 says so aloud.
 */
export const useEarlyEffect: typeof useLayoutEffect =
  typeof window === "undefined" ? useEffect : useLayoutEffect;
