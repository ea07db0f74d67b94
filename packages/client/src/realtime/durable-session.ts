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
import { WAITING, type UpdateSubscriptions } from "./update-subscriptions.ts";

/** How a session may end that says that one of the two broke the protocol. */
const VIOLATIONS: readonly string[] = ["protocolViolated", "protocolViolation"];

export class DurableSession implements SessionData {
  readonly #parts: Pick<ClientParts, "calls" | "updates">;
  readonly #sync: Sync;
  readonly #transactions: Transactions;
  #link: SubscriptionLink | undefined;
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
    this.#link = link;
    const live = this.#parts.updates.attach(link);
    const kept = this.#sync.attach(logReader(link, this.#parts, () => this.#hasLog));
    return [...kept, ...live];
  }

  welcomed({ capabilities, keyRetentionMs }: Welcome): void {
    this.#hasLog = capabilities.includes("log");
    this.#parts.updates.welcomed();
    this.#transactions.sessionOpened({ keepsKeys: capabilities.includes("keys"), keyRetentionMs });
  }

  detach(cause: string): void {
    this.#transactions.sessionClosed({ isViolation: VIOLATIONS.includes(cause) });
    this.#sync.detach();
    this.#parts.updates.detach();
  }

  subscribed(head: BucketHead): void {
    this.#ownerOf(head)?.subscribed(head);
  }

  unsubscribed(answer: Unsubscribed): void {
    if (answer.code) return this.#ownerOf(answer)?.unsubscribed(answer);
    this.#parts.updates.unsubscribed(answer);
    this.#sync.unsubscribed(answer);
  }

  follows(run: UpdateRun): boolean {
    return this.#ownerOf(run)?.follows(run) ?? true;
  }

  updates(run: UpdateRun): void {
    this.#ownerOf(run)?.updates(run);
  }

  log(message: Page | TooFarBehind | Heads): void {
    if (message.type !== "heads" && !this.#ownerOf(message)) return;
    switch (message.type) {
      case "page":
        return this.#sync.page(message);
      case "tooFarBehind":
        return this.#sync.tooFarBehind(message);
      case "heads":
        for (const head of message.heads) this.#renew(head);
        return this.#sync.heads(message.heads);
    }
  }

  /**
   * Until somebody fetches, a bucket that fell behind is not pushed. Who hears it live does not
   * want what is behind: it is asked for anew, and `subscribed` tells where it goes on.
   */
  #renew(head: BucketHead): void {
    const { updates } = this.#parts;
    if (this.#ownerOf(head) !== updates) return;
    const { bucket } = head;
    updates.leave([bucket]);
    this.#link?.say({ type: "subscribe", buckets: [{ bucket }] });
    // Last, for a listener may leave when it hears of it.
    updates.become(bucket, WAITING);
  }

  /** Undefined: it is said of a subscription that is gone. */
  #ownerOf({ bucket }: { readonly bucket: string }): UpdateSubscriptions | Sync | undefined {
    const { updates } = this.#parts;
    if (updates.hasLeft(bucket)) return undefined;
    return updates.has(bucket) ? updates : this.#sync;
  }
}
