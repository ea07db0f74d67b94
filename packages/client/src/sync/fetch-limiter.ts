/**
 * At most so many fetches at once, over all buckets: the most urgent first, then who came first.
 */
import type { SyncPolicy } from "./sync-policy.ts";

export interface Fetcher {
  /** More is more urgent; may change at any time. {@link BACKGROUND}: nobody looks at it. */
  readonly priority: number;
  /** It has its turn, until it leaves. */
  grant(): void;
}

/** The priority of what nobody has open. */
export const BACKGROUND: number = -Infinity;

export class FetchLimiter {
  readonly #policy: Pick<SyncPolicy, "fetchesMax">;
  readonly #active = new Set<Fetcher>();
  /** In order of arrival. */
  readonly #waiting = new Set<Fetcher>();

  constructor(policy: Pick<SyncPolicy, "fetchesMax">) {
    this.#policy = policy;
  }

  /**
   * Asks for a turn, which comes by `grant`, perhaps within this call. Who has one gives it up: so
   * it goes to the most urgent, which may be the same again.
   */
  enter(fetcher: Fetcher): void {
    this.#active.delete(fetcher);
    this.#waiting.add(fetcher);
    this.admit();
  }

  /** Gives up the turn, or the place in the queue. */
  leave(fetcher: Fetcher): void {
    this.#waiting.delete(fetcher);
    if (this.#active.delete(fetcher)) this.admit();
  }

  /**
   * Gives out the turns that are free. To be called when a waiting fetcher's priority has changed.
   */
  admit(): void {
    for (let next = this.#next(); next; next = this.#next()) {
      this.#waiting.delete(next);
      this.#active.add(next);
      next.grant();
    }
  }

  /**
   * Slow buckets that nobody looks at must not keep the one on the screen waiting: one turn is kept
   * free.
   */
  #next(): Fetcher | undefined {
    let best: Fetcher | undefined;
    for (const fetcher of this.#waiting) {
      if (!best || fetcher.priority > best.priority) best = fetcher;
    }
    const { fetchesMax } = this.#policy;
    const free =
      (best?.priority === BACKGROUND ? Math.max(fetchesMax - 1, 1) : fetchesMax) -
      this.#active.size;
    return free > 0 ? best : undefined;
  }
}
