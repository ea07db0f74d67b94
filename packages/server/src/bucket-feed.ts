/**
 * One bucket in one session: from the subscription, over the first page, to the live updates.
 *
 * Theory of operation. The feed joins the pump first and reads the log then; what is pushed
 * meanwhile is held, so that what was read and what was held overlap or touch. `live` means that
 * everything up to `position` was said and the next push follows it. `behind` means that the client
 * must fetch: nothing is pushed until a page that was said has reached the head, and while a fetch
 * is under way pushes are held for that moment. Whatever does not follow makes a `live` feed
 * `behind` again, and so does a client that takes less than it is pushed. That is for who keeps the
 * bucket: it named a position, or has fetched. Others may only listen, and never fetch: they hear
 * `subscribed` anew once they take again what they are pushed. Who cannot fetch is pushed to
 * however slow it is.
 */
import type { BucketKey, BucketPosition, Page } from "@holdfast/protocol";

import type { Cancel } from "./base/clock.ts";
import type { PumpedFeed } from "./pumped-bucket.ts";
import type { BucketRun, RunReader } from "./bucket-run.ts";
import type { FeedSession } from "./feed-session.ts";
import { sayFirstPage, sayHeads } from "./first-page.ts";
import type { PageBudget } from "./page-budget.ts";
import type { LogPage, LogRange } from "./server-store.ts";

/** So many pushes are held while a read is under way; what is lost of them is read again. */
const HELD_MAX = 1_000;

type FeedState = "opening" | "live" | "behind" | "closed";

export class BucketFeed implements PumpedFeed {
  readonly #bucket: BucketKey;
  readonly #session: FeedSession;
  readonly #sees: RunReader["sees"];
  #state: FeedState = "opening";
  /** Everything up to here was said, or is the client's to fetch. */
  #position = 0;
  #epoch = "";
  #wanted: BucketPosition | undefined;
  /** The client named a position, or has fetched: it will fetch what it is told of. */
  #isKept = false;
  #budget: PageBudget | undefined;
  /** Present while a read is under way that may make the feed live. */
  #held: BucketRun[] | undefined;
  #fetches = 0;
  #cancelRetry: Cancel | undefined;

  constructor(bucket: BucketKey, session: FeedSession, sees: RunReader["sees"]) {
    this.#bucket = bucket;
    this.#session = session;
    this.#sees = sees;
  }

  /** Joins, and answers with `subscribed` and what goes with a position, when the log was read. */
  open(wanted: BucketPosition | undefined, budget: PageBudget): void {
    this.#wanted = wanted;
    this.#isKept = wanted !== undefined;
    this.#budget = budget;
    this.#session.pump.join(this.#bucket, this);
    this.#read();
  }

  /** Says again where the bucket stands. One that is about to be opened answers anyway. */
  announce(): void {
    if (this.#state !== "opening") this.#subscribed(this.#known());
  }

  close(): void {
    this.#become("closed");
    this.#held = undefined;
    this.#cancelRetry?.();
    this.#session.pump.leave(this.#bucket, this);
  }

  push(run: BucketRun): void {
    if (this.#held) {
      this.#held.push(run);
      // The oldest, so that what is missing shows as a gap.
      if (this.#held.length > HELD_MAX) this.#held.shift();
    } else if (this.#state === "live") {
      this.#pass(run);
    }
  }

  lose(): void {
    if (this.#isLive()) this.#fallBehind();
  }

  renumber(): void {
    if (this.#isLive() || this.#state === "behind") this.#reopen();
  }

  /** A fetch of this bucket is under way. */
  fetching(): void {
    this.#fetches++;
    this.#isKept = true;
    if (this.#state === "behind") this.#held ??= [];
  }

  /** It has ended. */
  fetched(): void {
    this.#fetches--;
    if (this.#fetches === 0 && this.#state === "behind") this.#held = undefined;
  }

  /** A page was said: if it reached the head, pushes go on behind it. */
  paged(page: Page): void {
    const { epoch, upTo, head } = page;
    if (this.#state !== "behind" || upTo < head || epoch !== this.#epoch) return;
    this.#position = head;
    // Nothing was held if the feed fell behind after the fetch had begun.
    const held = this.#held;
    if (held && this.#session.pump.follows(page, held)) this.#goLive();
    else this.#fallBehind();
  }

  #read(isSecond = false): void {
    const held: BucketRun[] = [];
    this.#held = held;
    const answered = (range: LogRange | undefined, page?: LogPage): void => {
      if (this.#held !== held || this.#state !== "opening") return;
      if (this.#isWaitedFor()) this.#readLater();
      else if (range && this.#session.pump.follows(range, held)) this.#opened(range, page);
      // What was pushed while it was read is held. A log that ends before that still is behind the
      // notices: it needs time, not questions.
      else if (range && !isSecond) this.#read(true);
      else this.#readLater();
    };
    const { reader } = this.#session;
    const after = this.#wanted?.after;
    if (after !== undefined && this.#budget?.takeBucket()) {
      reader.page(this.#bucket, after, (page) => answered(page, page));
    } else {
      reader.range(this.#bucket, answered);
    }
  }

  #readLater(): void {
    // What is pushed meanwhile will be in the log.
    this.#held = undefined;
    this.#cancelRetry = this.#session.pump.later(() => this.#read());
  }

  /** It lost updates by being slow, and still is: it goes on when it takes what it is pushed. */
  #isWaitedFor(): boolean {
    const { speaksLog, isSlow } = this.#session;
    const wasOpened = this.#epoch !== "";
    return wasOpened && speaksLog && !this.#isKept && isSlow();
  }

  #opened(range: LogRange, page: LogPage | undefined): void {
    this.#epoch = range.epoch;
    this.#position = range.head;
    this.#subscribed(range.head);
    const joining = { session: this.#session, sees: this.#sees, budget: this.#budget };
    if (!this.#wanted || sayFirstPage(joining, this.#wanted, range, page)) return this.#goLive();
    this.#become("behind");
    this.#held = undefined;
  }

  #goLive(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#become("live");
    for (const run of held) if (this.#isLive()) this.#pass(run);
  }

  #isLive(): boolean {
    return this.#state === "live";
  }

  #pass(run: BucketRun): void {
    if (run.epoch !== this.#epoch) return this.#reopen();
    if (run.upTo <= this.#position) return;
    if (run.after > this.#position) return this.#fallBehind();
    const { author, speaksLog, isSlow } = this.#session;
    if (speaksLog && isSlow()) return this.#fallBehind();
    const rest = run.beyond(this.#position);
    if (!this.#session.push(rest.messageFor({ author, sees: this.#sees }))) {
      return this.#passInParts(rest);
    }
    this.#position = run.upTo;
  }

  /** What cannot be said at once, update by update; what cannot be said at all is passed over. */
  #passInParts(run: BucketRun): void {
    const { singles, upTo } = run;
    if (singles.length > 1) {
      for (const single of singles) if (this.#isLive()) this.#pass(single);
      return;
    }
    this.#session.leftOut(run.bucket, run.epoch, upTo);
    // Who knows no skips hears a head that is further.
    if (!this.#session.speaksLog) return this.#reopen();
    this.#session.push(run.gap);
    this.#position = upTo;
  }

  #fallBehind(): void {
    if (!this.#session.speaksLog || !this.#isKept) return this.#reopen();
    this.#become("behind");
    sayHeads(this.#session, { bucket: this.#bucket, epoch: this.#epoch, head: this.#known() });
  }

  /** Begins anew, without a position: `subscribed` tells the client what it has missed. */
  #reopen(): void {
    this.#become("opening");
    this.#wanted = undefined;
    this.#read();
  }

  #become(state: FeedState): void {
    const { counts } = this.#session;
    if (this.#state === "behind") counts.feedsBehind--;
    if (state === "behind") counts.feedsBehind++;
    this.#state = state;
  }

  #known(): number {
    const { pump } = this.#session;
    return this.#isLive() ? this.#position : Math.max(this.#position, pump.sentOf(this.#bucket));
  }

  #subscribed(head: number): void {
    this.#session.say({ type: "subscribed", bucket: this.#bucket, epoch: this.#epoch, head });
  }
}
