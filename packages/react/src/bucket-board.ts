/**
 * The buckets that are on the page, for one client: opened while a component shows them, and read
 * once however many do. One that leaves and comes back within a turn (StrictMode, fast refresh, the
 * next screen) stays open.
 */
import { OptionsError, type Cancel } from "@holdfast/client";
import {
  bucketContents,
  type BucketContents,
  type BucketState,
  type DurableClient,
  type OpenBucket,
} from "@holdfast/client/durable";

/** What is known of a bucket on the page. */
export interface BucketOnPage {
  readonly contents: BucketContents;
  readonly state: BucketState;
  /** It could not be opened: a mistake of the app, for the error boundary. */
  readonly fault?: OptionsError;
}

/** A bucket that is not on the page: also what a server renders. */
export const NOT_ON_PAGE: BucketOnPage = {
  contents: { documents: undefined, pending: [] },
  state: { phase: "waiting", cursor: undefined, head: undefined },
};

interface Shared {
  holders: number;
  onPage: BucketOnPage;
  readonly listeners: Set<() => void>;
  readonly end: Cancel;
}

export class BucketBoard {
  readonly #client: DurableClient;
  readonly #shared = new Map<string, Shared>();

  constructor(client: DurableClient) {
    this.#client = client;
  }

  /** How many buckets are read now. Zero after everything has left. */
  get size(): number {
    return this.#shared.size;
  }

  /** The same object while nothing changes. */
  current(bucket: string): BucketOnPage {
    return this.#shared.get(bucket)?.onPage ?? NOT_ON_PAGE;
  }

  /** Opens the bucket and tells `changed` of its changes, until the result is called. */
  hold(bucket: string, priority: number, changed: () => void): Cancel {
    const opened = this.#open(bucket, priority);
    const fault = opened instanceof OptionsError ? opened : undefined;
    const shared = this.#shared.get(bucket) ?? this.#share(bucket, fault);
    shared.holders++;
    // Of its own, because the same function may hold twice.
    const tell = (): void => changed();
    shared.listeners.add(tell);
    return () => {
      shared.listeners.delete(tell);
      this.#client.clock.turn(() => {
        if (!(opened instanceof OptionsError)) opened.close();
        if (--shared.holders > 0) return;
        shared.end();
        this.#shared.delete(bucket);
      });
    };
  }

  /**
   * What cannot be opened is returned, to be thrown by the next rendering: errors of effects do not
   * reach the error boundary in every React.
   */
  #open(bucket: string, priority: number): OpenBucket | OptionsError {
    try {
      return this.#client.bucket(bucket).open({ priority });
    } catch (error) {
      if (error instanceof OptionsError) return error;
      throw error;
    }
  }

  #share(bucket: string, fault: OptionsError | undefined): Shared {
    const cancels: Cancel[] = [];
    const shared: Shared = {
      holders: 0,
      onPage: fault ? { ...NOT_ON_PAGE, fault } : NOT_ON_PAGE,
      listeners: new Set(),
      end: () => {
        for (const cancel of cancels) cancel();
      },
    };
    const update = (news: Partial<BucketOnPage>): void => {
      shared.onPage = { ...shared.onPage, ...news };
      for (const tell of shared.listeners) tell();
    };
    this.#shared.set(bucket, shared);
    if (fault) return shared;
    const { state } = this.#client.bucket(bucket);
    const contents = bucketContents(this.#client, bucket);
    cancels.push(contents.subscribe((now) => update({ contents: now })));
    cancels.push(state.subscribe((now) => update({ state: now })));
    return shared;
  }
}
