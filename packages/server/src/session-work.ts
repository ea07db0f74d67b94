/**
 * What is under way for one session: its calls, its buckets, its fetches. Each thing that ends is
 * told to the session as an event.
 */
import type { BucketKey, Call, Capability, Fetch, Page } from "@holdfast/protocol";

import type { Viewer } from "./call-context.ts";
import type { FeedSession } from "./feed-session.ts";
import { RunningCalls } from "./running-calls.ts";
import type { Answer, ServerSessionEvent, SettledCall } from "./server-session-event.ts";
import { SessionBuckets } from "./session-buckets.ts";
import type { SessionHost } from "./session-host.ts";
import type { SessionWriter } from "./session-writer.ts";
import { nameOf } from "./wire-value.ts";

/** What the work needs of its session, which is open. */
export interface WorkOwner {
  /** As the account is known now: a renewed credential may change it. */
  readonly viewer: Viewer;
  readonly capabilities: readonly Capability[];
  dispatch(event: ServerSessionEvent): void;
  settled(call: SettledCall): void;
  report(error: unknown, place: "authorize"): void;
}

export class SessionWork {
  readonly #host: SessionHost;
  readonly #writer: SessionWriter;
  readonly #owner: WorkOwner;
  readonly #calls: RunningCalls;
  #buckets: SessionBuckets | undefined;

  constructor(host: SessionHost, writer: SessionWriter, owner: WorkOwner) {
    this.#host = host;
    this.#writer = writer;
    this.#owner = owner;
    this.#calls = new RunningCalls(host.calls);
  }

  /** Nothing is lost with it. */
  get isIdle(): boolean {
    return this.#calls.size === 0 && !this.#buckets;
  }

  /** Made when first needed: many a session only makes calls. */
  get buckets(): SessionBuckets {
    return (this.#buckets ??= this.#newBuckets());
  }

  /** A page was said: a bucket that is read may go on behind it. */
  paged(page: Page): void {
    this.#host.counts.pagesSaid++;
    this.#buckets?.paged(page);
  }

  leave(bucket: BucketKey): void {
    this.#buckets?.leave(bucket);
  }

  #newBuckets(): SessionBuckets {
    const [host, writer, owner] = [this.#host, this.#writer, this.#owner];
    const { viewer, capabilities } = owner;
    const session: FeedSession = {
      pump: host.pump,
      reader: host.reader,
      speaksLog: capabilities.includes("log"),
      author: capabilities.includes("keys") ? viewer.account : undefined,
      say: (message) => void writer.send(message),
      sayWithin: (message, bytesMax) => writer.sendWithin(message, bytesMax),
      push: (message) => writer.push(message),
      leftOut: host.leftOut,
      isSlow: () => writer.isSlow,
      counts: host.counts,
    };
    return new SessionBuckets(
      host.gate,
      session,
      () => owner.viewer,
      (askId, verdicts) => owner.dispatch({ type: "authorized", askId, verdicts }),
    );
  }

  run(call: Call): void {
    this.#host.counts.callsStarted++;
    this.#calls.run(call, this.#owner.viewer, this.#settle(call.id));
  }

  abort(id: number, code: "cancelled" | "timedOut"): void {
    this.#calls.abort(id, code);
  }

  fetch(fetch: Fetch): void {
    this.buckets.fetch(fetch, this.#settle(fetch.id));
  }

  cancelKey(id: number, key: string): void {
    const { account } = this.#owner.viewer;
    this.#host.calls.keyed.cancel(id, { account, key }, this.#settle(id));
  }

  /** Asks the application which buckets the account shall hear of. */
  nameBuckets(accountBuckets: NonNullable<SessionHost["accountBuckets"]>): void {
    // What it throws and what it rejects with are the same fault.
    Promise.resolve(this.#owner.viewer)
      .then(accountBuckets)
      // One that is no name would spoil the reading for everybody who reads at the same time.
      .then((named) => named.map((bucket) => nameOf(bucket, "A bucket")))
      .then((buckets) => this.#owner.dispatch({ type: "named", buckets }))
      .catch((error: unknown) => this.#owner.report(error, "authorize"));
  }

  /** The session is over. */
  end(): void {
    this.#calls.end(this.#owner);
    this.#buckets?.leaveAll();
  }

  #settle(id: number): (answer: Answer) => void {
    return (answer) => this.#owner.settled({ id, answer });
  }
}
