/** How much a session is sent unasked. */
import type { Page } from "@holdfast/protocol";

/** Says a page if it has no more bytes than these; returns how many it has, 0: not said. */
type SayWithin = (page: Page, bytesMax: number) => number;

/** 64 pages and 1 MiB in answer to one `hello` or `subscribe`; the client fetches the rest. */
export class PageBudget {
  #buckets = 64;
  #bytes = 1_048_576;

  /** May one more page be read? */
  takeBucket(): boolean {
    return this.#bytes > 0 && this.#buckets-- > 0;
  }

  /** Says the page if it fits in what is left; false: nothing more does. */
  say(page: Page, sayWithin: SayWithin): boolean {
    const bytes = sayWithin(page, this.#bytes);
    this.#bytes = bytes > 0 ? this.#bytes - bytes : 0;
    return bytes > 0;
  }
}
