/** Delta debugging: the shortest part of a list, as far as can be told, that still fails. */

/**
 * Leaves out what is not needed. `fails`: does it still fail with only these? `triesMax`: after so
 * many tries what is left is good enough.
 */
export async function shrink<T>(
  list: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
  triesMax: number,
): Promise<readonly T[]> {
  let kept = list;
  let pieces = 2;
  let tries = 0;
  while (kept.length > 0 && tries < triesMax) {
    const size = Math.ceil(kept.length / pieces);
    let isShorter = false;
    for (let from = 0; from < kept.length && tries < triesMax;) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      tries++;
      // What follows has moved to the place of what was left out.
      if (await fails(rest)) {
        kept = rest;
        isShorter = true;
      } else from += size;
    }
    if (size <= 1 && !isShorter) break;
    pieces = Math.min(isShorter ? pieces : pieces * 2, Math.max(kept.length, 1));
  }
  return kept;
}
