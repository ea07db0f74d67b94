/** Pages with less in them: what fits the store may be too much for a reader's codec. */
import type { Page, Update } from "@holdfast/protocol";

/** The first half of its numbers. The client asks for the rest, as behind every page. */
export function firstHalf(page: Page): Page {
  const upTo = page.after + Math.floor((page.upTo - page.after) / 2);
  return pageWith(
    { ...page, upTo },
    page.updates.filter(({ seq }) => seq <= upTo),
  );
}

/** The page with no other updates than these of its own: every other number is skipped. */
export function pageWith(page: Page, updates: readonly Update[]): Page {
  const { id, bucket, epoch, after, upTo, head } = page;
  const skipped: [number, number][] = [];
  let next = after + 1;
  for (const { seq } of [...updates, { seq: upTo + 1 }]) {
    if (seq > next) skipped.push([next, seq - 1]);
    next = seq + 1;
  }
  const run = { bucket, epoch, after, upTo, updates, ...(skipped.length > 0 && { skipped }) };
  return { type: "page", ...(id !== undefined && { id }), ...run, head };
}
