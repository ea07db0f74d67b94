/**
 * Asks page and server ten times a second, as long as the test runs, whether the page tells the
 * truth: who says `connected` has a session at the server now, or had one until a moment ago.
 */
import { setTimeout as sleep } from "node:timers/promises";

import type { Page } from "../../../../tools/cdp.ts";
import type { Chat } from "../../src/server.ts";

/** How long the page may be wrong, in milliseconds: what noticing a silent failure may take. */
const MAY_LAG_MS = 12_000;
const PERIOD_MS = 100;

interface Shown {
  readonly client: string;
  readonly state: string;
}

export class TruthSampler {
  readonly lies: string[] = [];
  samples = 0;
  /** The longest that a page was connected without a session, in milliseconds. */
  longestLagMs = 0;
  readonly #chat: Chat;
  readonly #page: Page;
  readonly #lastHadAt = new Map<string, number>();
  #isOn = true;
  readonly #done: Promise<void>;

  constructor(chat: Chat, page: Page) {
    this.#chat = chat;
    this.#page = page;
    this.#done = this.#run();
  }

  /** How many clients have been seen with a session; before that, nothing is known of one. */
  get clientsSeen(): number {
    return this.#lastHadAt.size;
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (this.#isOn) {
      const shown = await this.#page.evaluate<readonly Shown[]>(
        `[...document.querySelectorAll(".panel")].map(({ dataset }) =>
          ({ client: dataset.client, state: dataset.state }))`,
      );
      for (const one of shown) this.#judge(one);
      this.samples++;
      await sleep(PERIOD_MS);
    }
  }

  #judge({ client, state }: Shown): void {
    const now = Date.now();
    if (this.#chat.hasSession(client)) this.#lastHadAt.set(client, now);
    if (state !== "connected") return;
    const lagMs = now - (this.#lastHadAt.get(client) ?? 0);
    this.longestLagMs = Math.max(this.longestLagMs, lagMs);
    if (lagMs > MAY_LAG_MS)
      this.lies.push(`${client} was connected, ${lagMs} ms after its session`);
  }
}
