/**
 * The buckets of one session: rights asked for, the feeds of those it is subscribed to, and the
 * pages that it fetches.
 */
import type {
  BucketKey,
  BucketPosition,
  Failure,
  Fetch,
  Page,
  TooFarBehind,
  UnsubscribedCode,
} from "@holdfast/protocol";

import { BucketFeed } from "./bucket-feed.ts";
import type { BucketGate } from "./bucket-gate.ts";
import { isTooFar, pageFor, tooFarBehind } from "./bucket-page.ts";
import type { Viewer } from "./call-context.ts";
import { ownFailure } from "./call-failure.ts";
import type { FeedSession } from "./feed-session.ts";
import { PageBudget } from "./page-budget.ts";
import type { BucketVerdict } from "./server-session-event.ts";
import type { LogPage } from "./server-store.ts";

/** `mayRead`: nothing has happened since it was asked that may have taken the right away. */
interface FetchUnderWay {
  readonly bucket: BucketKey;
  mayRead: boolean;
}

/** What became of a fetch. */
export type Fetched = Page | TooFarBehind | Failure;

export class SessionBuckets {
  readonly #gate: BucketGate;
  readonly #session: FeedSession;
  /** The viewer of the moment: a renewed credential may change what is known of the account. */
  readonly #viewer: () => Viewer;
  readonly #judged: (askId: number, verdicts: readonly BucketVerdict[]) => void;
  readonly #feeds = new Map<BucketKey, BucketFeed>();
  readonly #fetches = new Set<FetchUnderWay>();
  #budget: PageBudget = new PageBudget();
  /** By the number of the `authorize` that they answer. */
  readonly #late = new Map<number, BucketVerdict[]>();

  constructor(
    gate: BucketGate,
    session: FeedSession,
    viewer: () => Viewer,
    judged: (askId: number, verdicts: readonly BucketVerdict[]) => void,
  ) {
    this.#gate = gate;
    this.#session = session;
    this.#viewer = viewer;
    this.#judged = judged;
  }

  /** Asks for each; verdicts that come together are told together. */
  authorize(askId: number, buckets: readonly BucketKey[]): void {
    this.#budget = new PageBudget();
    const verdicts: BucketVerdict[] = [];
    for (const bucket of buckets) {
      const verdict = this.#ask(bucket);
      if (verdict instanceof Promise) void verdict.then((late) => this.#tellSoon(askId, late));
      else verdicts.push(verdict);
    }
    if (verdicts.length > 0) this.#judged(askId, verdicts);
  }

  /** Subscribes, or says again where a bucket stands that is subscribed. */
  join(bucket: BucketKey, position: BucketPosition | undefined): void {
    const standing = this.#feeds.get(bucket);
    if (standing) return standing.announce();
    const feed = new BucketFeed(bucket, this.#session, this.#gate.sight(bucket, this.#viewer));
    this.#feeds.set(bucket, feed);
    feed.open(position, this.#budget);
  }

  /** The right to read it may be gone, also for the fetches that are under way. */
  leave(bucket: BucketKey): void {
    this.#feeds.get(bucket)?.close();
    this.#feeds.delete(bucket);
    for (const fetch of this.#fetches) if (fetch.bucket === bucket) fetch.mayRead = false;
  }

  leaveAll(): void {
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
  }

  /** A page was said: the bucket's pushes may follow it. */
  paged(page: Page): void {
    this.#feeds.get(page.bucket)?.paged(page);
  }

  /**
   * `settle` hears the answer once, perhaps before this returns. A bucket that is subscribed may be
   * read.
   */
  fetch(fetch: Fetch, settle: (answer: Fetched) => void): void {
    const { id, bucket } = fetch;
    const underWay: FetchUnderWay = { bucket, mayRead: true };
    this.#fetches.add(underWay);
    const end = (answer: Fetched): void => {
      this.#fetches.delete(underWay);
      const isGone = !underWay.mayRead && !this.#feeds.has(bucket);
      settle(isGone ? notReadable(id, "denied") : answer);
    };
    const feed = this.#feeds.get(bucket);
    if (feed) return this.#read(fetch, feed, end);
    const judged = ({ code }: BucketVerdict): void => {
      if (code === undefined) this.#read(fetch, undefined, end);
      else end(notReadable(id, code));
    };
    const verdict = this.#ask(fetch.bucket);
    if (verdict instanceof Promise) void verdict.then(judged);
    else judged(verdict);
  }

  #read(fetch: Fetch, feed: BucketFeed | undefined, settle: (answer: Fetched) => void): void {
    feed?.fetching();
    this.#session.reader.page(fetch.bucket, fetch.after, (page) => {
      settle(this.#answer(fetch, page));
      feed?.fetched();
    });
  }

  #answer(fetch: Fetch, page: LogPage | undefined): Fetched {
    const { id, bucket, epoch, after, limit } = fetch;
    if (!page) return ownFailure(id, "internal", "the log could not be read");
    if (isTooFar(page, epoch, after)) return tooFarBehind(page, id);
    const sees = this.#gate.sight(bucket, this.#viewer);
    return pageFor(page, { author: this.#session.author, sees }, id, limit);
  }

  /** What is filtered cannot be said to who knows no skips. */
  #ask(bucket: BucketKey): BucketVerdict | Promise<BucketVerdict> {
    const isFiltered = this.#gate.sight(bucket, this.#viewer) !== undefined;
    if (isFiltered && !this.#session.speaksLog) return { bucket, code: "denied" };
    return this.#gate.ask(this.#viewer(), bucket);
  }

  #tellSoon(askId: number, verdict: BucketVerdict): void {
    const late = this.#late.get(askId);
    if (late) return void late.push(verdict);
    const verdicts = [verdict];
    this.#late.set(askId, verdicts);
    queueMicrotask(() => {
      this.#late.delete(askId);
      this.#judged(askId, verdicts);
    });
  }
}

/** Nothing was read, so the failure says `refused`, whatever the application's word. */
function notReadable(id: number, code: UnsubscribedCode): Failure {
  return { type: "failure", id, code, message: "this bucket may not be read", refused: true };
}
