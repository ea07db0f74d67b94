/** A page cut in two, where it is larger in the codec of its reader than in the store. */
import type { Page } from "@holdfast/protocol";

/** The first half of its numbers. The client asks for the rest, as behind every page. */
export function firstHalf({ skipped = [], ...page }: Page): Page {
  const upTo = page.after + Math.floor((page.upTo - page.after) / 2);
  const left = skipped
    .filter(([from]) => from <= upTo)
    .map(([from, to]): [number, number] => [from, Math.min(to, upTo)]);
  const updates = page.updates.filter(({ seq }) => seq <= upTo);
  return { ...page, upTo, updates, ...(left.length > 0 && { skipped: left }) };
}
