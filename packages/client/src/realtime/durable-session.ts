/**
 * Hands what sessions bring to whom it concerns: buckets that are kept to sync, all others to the
 * live subscriptions; and tells transactions when a session begins and ends.
 */
import { ALL_CAPABILITIES, jsonDurableClientCodec } from "@holdfast/protocol";
import type { BucketHead, BucketPosition, Heads, Page } from "@holdfast/protocol";
import type { TooFarBehind, Unsubscribed, UpdateRun, Welcome } from "@holdfast/protocol";
import type { SessionData, SubscriptionLink } from "../session/session-event.ts";
import type { Sync } from "../sync/sync.ts";
import type { Transactions } from "../transactions/transactions.ts";
import { logReader } from "./log-reader.ts";
import type { ClientParts, SessionSpeech } from "./session-speech.ts";

/** How a session may end that says that one of the two broke the protocol. */
const VIOLATIONS: readonly string[] = ["protocolViolated", "protocolViolation"];

export class DurableSession implements SessionData {
  readonly #parts: Pick<ClientParts, "calls" | "updates">;
  readonly #sync: Sync;
  readonly #transactions: Transactions;
  #hasLog = false;

  constructor(
    parts: Pick<ClientParts, "calls" | "updates">,
    sync: Sync,
    transactions: Transactions,
  ) {
    this.#parts = parts;
    this.#sync = sync;
    this.#transactions = transactions;
  }

  /** For the client that this is made for. */
  get speech(): SessionSpeech {
    return { capabilities: ALL_CAPABILITIES, codec: jsonDurableClientCodec, data: this };
  }

  attach(link: SubscriptionLink): readonly BucketPosition[] {
    const { calls, updates } = this.#parts;
    const kept = this.#sync.attach(logReader(link, calls, () => this.#hasLog));
    return [...kept, ...updates.attach(link)];
  }

  welcomed({ capabilities, keyRetentionMs }: Welcome): void {
    this.#hasLog = capabilities.includes("log");
    this.#transactions.sessionOpened({ keepsKeys: capabilities.includes("keys"), keyRetentionMs });
  }

  detach(cause: string): void {
    this.#transactions.sessionClosed({ isViolation: VIOLATIONS.includes(cause) });
    this.#sync.detach();
    this.#parts.updates.detach();
  }

  subscribed(head: BucketHead): void {
    if (this.#isLive(head)) this.#parts.updates.subscribed(head);
    else this.#sync.subscribed(head);
  }

  unsubscribed(answer: Unsubscribed): void {
    // Without a code it may answer what sync said before the bucket was subscribed to.
    if (answer.code && this.#isLive(answer)) this.#parts.updates.unsubscribed(answer);
    else this.#sync.unsubscribed(answer);
  }

  follows(run: UpdateRun): boolean {
    return this.#isLive(run) ? this.#parts.updates.follows(run) : this.#sync.follows(run);
  }

  updates(run: UpdateRun): void {
    if (this.#isLive(run)) this.#parts.updates.updates(run);
    else this.#sync.updates(run);
  }

  log(message: Page | TooFarBehind | Heads): void {
    switch (message.type) {
      case "page":
        return this.#sync.page(message);
      case "tooFarBehind":
        return this.#sync.tooFarBehind(message);
      case "heads":
        return this.#sync.heads(message.heads);
    }
  }

  #isLive({ bucket }: { readonly bucket: string }): boolean {
    return this.#parts.updates.has(bucket);
  }
}
