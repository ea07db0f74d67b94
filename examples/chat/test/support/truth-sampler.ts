/**
 * Asks page and server ten times a second, as long as the test runs, whether the page tells the
 * truth: who says `connected` has that very session at the server, or had it until a moment ago.
 */
import { setTimeout as sleep } from "node:timers/promises";

import type { Page } from "../../../../tools/cdp.ts";
import type { Chat } from "../../src/server.ts";

/** How long the page may be wrong, in milliseconds: what noticing a silent failure may take. */
const MAY_LAG_MS = 12_000;
const PERIOD_MS = 100;
/** The server is asked more often, so that no session is too short to be seen. */
const SERVER_PERIOD_MS = 10;

interface Shown {
  readonly account: string;
  readonly state: string;
  /** The number of the client's last dial, as its snapshot has it. */
  readonly session: string;
}

export class TruthSampler {
  readonly lies: string[] = [];
  samples = 0;
  /** The longest that a page was connected without its session, in milliseconds. */
  longestLagMs = 0;
  readonly #chat: Chat;
  readonly #page: Page;
  /** When the server last had a session, by account and by the session's number. */
  readonly #lastHadAt = new Map<string, Map<string, number>>();
  #isOn = true;
  readonly #done: Promise<unknown>;

  constructor(chat: Chat, page: Page) {
    this.#chat = chat;
    this.#page = page;
    this.#done = Promise.all([this.#askPage(), this.#askServer()]);
  }

  /** How many people have been seen with a session; before that, nothing is known of one. */
  get peopleSeen(): number {
    return [...this.#lastHadAt.values()].filter(({ size }) => size > 0).length;
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#done;
  }

  async #askPage(): Promise<void> {
    while (this.#isOn) {
      const shown = await this.#page.evaluate<readonly Shown[]>(
        `[...document.querySelectorAll(".panel")].map(({ dataset }) =>
          ({ account: dataset.account, state: dataset.state, session: dataset.session }))`,
      );
      for (const one of shown) this.#judge(one);
      this.samples++;
      await sleep(PERIOD_MS);
    }
  }

  async #askServer(): Promise<void> {
    while (this.#isOn) {
      for (const account of this.#lastHadAt.keys()) this.#note(account);
      await sleep(SERVER_PERIOD_MS);
    }
  }

  /** Notes which sessions the server has now; returns when it last had each. */
  #note(account: string): ReadonlyMap<string, number> {
    const seen = this.#lastHadAt.get(account) ?? new Map<string, number>();
    this.#lastHadAt.set(account, seen);
    for (const number of this.#chat.sessionNumbers(account)) seen.set(String(number), Date.now());
    return seen;
  }

  #judge({ account, state, session }: Shown): void {
    const hadAt = this.#note(account).get(session) ?? 0;
    if (state !== "connected") return;
    const lagMs = Date.now() - hadAt;
    this.longestLagMs = Math.max(this.longestLagMs, lagMs);
    if (lagMs > MAY_LAG_MS)
      this.lies.push(`${account} was connected in session ${session}, ${lagMs} ms after it`);
  }
}
