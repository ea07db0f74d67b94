/** The clients that apps in other tabs share, as an inspector hears of them. None is believed. */
import { Cell, systemClock, type Cancel, type Clock, type Source } from "@holdfast/client";

import { InspectorError } from "../inspector-error.ts";
import {
  CHANNEL,
  channelWord,
  LOOKING_MS,
  type ChannelLike,
  type ChannelWord,
} from "./channel-words.ts";
import { readReport } from "./read-report.ts";
import type { Report } from "./report.ts";

/** So many clients of other tabs are shown; who comes later is not. */
export const SHARED_MAX = 20;
/** Who has not answered so many looks is gone: a page that reloads or crashes says no goodbye. */
export const UNANSWERED_MAX = 5;

export class ChannelFeed {
  readonly #line: ChannelLike;
  readonly #clock: Clock;
  readonly #reports = new Cell<ReadonlyMap<string, Report>>(new Map());
  readonly #onFault: (fault: InspectorError) => void;
  /** How many looks each of those that are shown has left unanswered. */
  readonly #unanswered = new Map<string, number>();
  #cancel: Cancel = () => {};

  /** `onFault` hears of reports that cannot be shown. */
  constructor(
    onFault: (fault: InspectorError) => void,
    channel: string | ChannelLike = CHANNEL,
    clock: Clock = systemClock,
  ) {
    this.#onFault = onFault;
    this.#clock = clock;
    this.#line = typeof channel === "string" ? new BroadcastChannel(channel) : channel;
    this.#line.addEventListener("message", ({ data }) => this.#hear(channelWord(data)));
    this.#ask();
  }

  /** The latest of each client, by the id of its sharing. */
  get reports(): Source<ReadonlyMap<string, Report>> {
    return this.#reports;
  }

  close(): void {
    this.#cancel();
    this.#line.close();
  }

  #ask(): void {
    this.#forgetSilent();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A channel has none.
    this.#line.postMessage({ holdfast: "look" } satisfies ChannelWord);
    this.#cancel = this.#clock.at(this.#clock.now() + LOOKING_MS, () => this.#ask());
  }

  /** Counted in looks and not in time: timers of a hidden inspector hardly run. */
  #forgetSilent(): void {
    for (const [id, count] of this.#unanswered) {
      if (count >= UNANSWERED_MAX) this.#forget(id);
      else this.#unanswered.set(id, count + 1);
    }
  }

  #forget(id: string): void {
    this.#unanswered.delete(id);
    const reports = new Map(this.#reports.current);
    if (reports.delete(id)) this.#reports.set(reports);
  }

  #hear(word: ChannelWord | undefined): void {
    if (word?.holdfast === "gone") this.#forget(word.id);
    if (word?.holdfast !== "report") return;
    const reports = new Map(this.#reports.current);
    if (!reports.has(word.id) && reports.size >= SHARED_MAX) return;
    try {
      reports.set(word.id, readReport(word.text));
      this.#unanswered.set(word.id, 0);
      this.#reports.set(reports);
    } catch (error) {
      if (!(error instanceof InspectorError)) throw error;
      this.#onFault(error);
    }
  }
}
