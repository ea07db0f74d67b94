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
  #toldAt = -Infinity;
  #cancel: Cancel | undefined;
  #isClosed = false;

  constructor(client: Inspected, options: ShareOptions, line: ChannelLike) {
    this.#client = client;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#line = line;
    line.addEventListener("message", ({ data }) => {
      if (channelWord(data)?.holdfast === "look") this.#show();
    });
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#rest();
    this.#say({ holdfast: "gone", id: this.#id });
    this.#line.close();
  }

  /**
   * Somebody looks: that one is told, also when nothing is new, or would take us for gone. At once
   * if it may be, and not by the timer: those of a hidden page hardly run.
   */
  #show(): void {
    const now = this.#clock.now();
    this.#lookedAt = now;
    this.#feed ??= new ClientFeed(this.#client, this.#options);
    this.#told = undefined;
    if (!this.#cancel || now - this.#toldAt >= TELL_MS) this.#tell();
  }

  /** Tells what is new, and looks again a little later. */
  #tell(): void {
    this.#cancel?.();
    const report = this.#feed?.reports.current;
    const now = this.#clock.now();
    if (!report || now - this.#lookedAt > LOOKED_AT_MS) return this.#rest();
    if (report !== this.#told) {
      this.#told = report;
      this.#toldAt = now;
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
