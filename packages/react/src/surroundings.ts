/** What a provider puts around its components: one client, and what all of them share of it. */
import { OptionsError, type RealtimeClient } from "@holdfast/client";
import type { DisplayPolicy } from "@holdfast/client/display";
import type { DurableClient } from "@holdfast/client/durable";

import { BucketBoard } from "./bucket-board.ts";
import { ConnectionBanner } from "./connection-banner.ts";

export class Surroundings {
  readonly client: RealtimeClient;
  readonly banner: ConnectionBanner;
  #board: BucketBoard | undefined;

  constructor(client: RealtimeClient, display: DisplayPolicy) {
    this.client = client;
    this.banner = new ConnectionBanner(client, display);
  }

  /** Throws an `OptionsError` where the client keeps nothing. */
  get durable(): DurableClient {
    // By its shape: apps with a plain client must not pay for the class of the durable one.
    if ("transact" in this.client) return this.client as DurableClient;
    throw new OptionsError("Transactions and buckets need a DurableClient.");
  }

  get board(): BucketBoard {
    return (this.#board ??= new BucketBoard(this.durable));
  }
}
