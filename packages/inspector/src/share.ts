/**
 * Shows a client to an inspector in another tab. Small, and without a page of its own: it does
 * nothing until an inspector asks, and stops when none has asked for a while.
 */
import { randomHex, systemClock, type Cancel, type Clock } from "@holdfast/client";

import {
  CHANNEL,
  channelWord,
  LOOKED_AT_MS,
  type ChannelLike,
  type ChannelWord,
} from "./report/channel-words.ts";
import { ClientFeed, type ClientFeedOptions } from "./report/client-feed.ts";
import type { Inspected } from "./report/client-report.ts";
import type { Report } from "./report/report.ts";

export type { Inspected, ReportOptions } from "./report/client-report.ts";
export type { ChannelLike } from "./report/channel-words.ts";
export type { ClientFeedOptions } from "./report/client-feed.ts";

/** The least time between two reports, in milliseconds. */
const TELL_MS = 250;

/** How a client is shown to other tabs. */
export interface ShareOptions extends ClientFeedOptions {
  /**
   * The channel's name, or a channel: it is closed with the sharing. Default
   * `"holdfast-inspector"`. Only pages of the same origin hear it.
   */
  readonly channel?: string | ChannelLike;
}

/** Shows the client to inspectors of the same origin until the result is called. */
export function shareClient(client: Inspected, options: ShareOptions = {}): Cancel {
  const { channel = CHANNEL } = options;
  const line = typeof channel === "string" ? new BroadcastChannel(channel) : channel;
  const sharing = new Sharing(client, options, line);
  return () => sharing.close();
}

class Sharing {
  readonly #client: Inspected;
  readonly #options: ShareOptions;
  readonly #line: ChannelLike;
  readonly #clock: Clock;
  readonly #id = randomHex(8);
  #feed: ClientFeed | undefined;
  #lookedAt = -Infinity;
  /** What was told last; undefined: tell, whatever it is. */
  #told: Report | undefined;
  #cancel: Cancel | undefined;

  constructor(client: Inspected, options: ShareOptions, line: ChannelLike) {
    this.#client = client;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#line = line;
    line.addEventListener("message", ({ data }) => {
      if (channelWord(data)?.holdfast === "look") this.#show();
    });
  }

  close(): void {
    this.#rest();
    this.#say({ holdfast: "gone", id: this.#id });
    this.#line.close();
  }

  /** Somebody looks: whoever is new is told at once. */
  #show(): void {
    this.#lookedAt = this.#clock.now();
    this.#feed ??= new ClientFeed(this.#client, this.#options);
    if (!this.#cancel) this.#tell();
    else this.#told = undefined;
  }

  /** Tells what is new, and looks again a little later. */
  #tell(): void {
    const report = this.#feed?.reports.current;
    const now = this.#clock.now();
    if (!report || now - this.#lookedAt > LOOKED_AT_MS) return this.#rest();
    if (report !== this.#told) {
      this.#told = report;
      this.#say({ holdfast: "report", id: this.#id, text: JSON.stringify(report) });
    }
    this.#cancel = this.#clock.at(now + TELL_MS, () => this.#tell());
  }

  #rest(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#feed?.close();
    this.#feed = undefined;
    this.#told = undefined;
  }

  #say(word: ChannelWord): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A channel has none.
    this.#line.postMessage(word);
  }
}
