/** What a session hears when it joins a bucket with a position: what follows it, or to fetch it. */
import type { BucketPosition } from "@holdfast/protocol";

import { isTooFar, pageFor, tooFarBehind } from "./bucket-page.ts";
import type { RunReader } from "./bucket-run.ts";
import type { FeedSession } from "./feed-session.ts";
import type { PageBudget } from "./page-budget.ts";
import type { LogPage, LogRange } from "./server-store.ts";

/** The reader of a bucket, and how much may be said unasked. */
export interface Joining {
  readonly session: FeedSession;
  readonly sees: RunReader["sees"];
  readonly budget: PageBudget | undefined;
}

/** Says what follows the position that the client named. True: up to the head. */
export function sayFirstPage(
  { session, sees, budget }: Joining,
  { epoch, after = 0 }: BucketPosition,
  range: LogRange,
  page: LogPage | undefined,
): boolean {
  const { author, counts, say, sayWithin } = session;
  if (isTooFar(range, epoch, after)) {
    say(tooFarBehind(range));
    return true;
  }
  const reader = { author, sees };
  if (after === range.head) {
    counts.pagesSaid++;
    say(pageFor({ ...range, after, upTo: after, updates: [] }, reader, undefined, 0));
    return true;
  }
  const first = page && pageFor(page, reader, undefined, page.updates.length);
  if (!first || !budget?.say(first, sayWithin)) {
    sayHeads(session, range);
    return false;
  }
  counts.pagesSaid++;
  return first.upTo === first.head;
}

/** Says that there is more, and that it must be fetched. */
export function sayHeads(
  session: FeedSession,
  { bucket, epoch, head }: Omit<LogRange, "oldest">,
): void {
  session.counts.headsSaid++;
  session.say({ type: "heads", heads: [{ bucket, epoch, head }] });
}
