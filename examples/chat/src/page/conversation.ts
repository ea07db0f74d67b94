/**
 * What one client knows of the room: the messages, in the room's order, and its own drafts with
 * their fates. It knows no DOM and no connection.
 */
import { Cell, type Source } from "@holdfast/client";

import type { Draft, Message } from "../contract.ts";

/** What became of a draft that is no message yet. */
export type DraftFate =
  | { readonly type: "sending" }
  /** `why` is for people. `mayBeSent`: it may have arrived all the same. */
  | { readonly type: "failed"; readonly why: string; readonly mayBeSent: boolean };

export interface PendingDraft extends Draft {
  readonly fate: DraftFate;
}

/** What to show, oldest first. */
export interface ConversationView {
  readonly messages: readonly Message[];
  readonly drafts: readonly PendingDraft[];
}

/** How many messages are shown; older ones are forgotten. */
export const MESSAGES_SHOWN = 200;

export class Conversation {
  readonly #view = new Cell<ConversationView>({ messages: [], drafts: [] });
  #position = 0;

  get view(): Source<ConversationView> {
    return this.#view;
  }

  /** Everything up to this number is known: what to ask the history for begins here. */
  get position(): number {
    return this.#position;
  }

  /** A message came, live or as the answer to our own call. Twice is as good as once. */
  heard(message: Message): void {
    this.#merge([message]);
  }

  /** The history after `position` came, whole. */
  caughtUp(messages: readonly Message[]): void {
    this.#position = Math.max(this.#position, messages.at(-1)?.number ?? 0);
    this.#merge(messages);
  }

  /** A new draft, or one more try with an old one. */
  sending({ id, text }: Draft): void {
    this.#setDraft({ id, text, fate: { type: "sending" } });
  }

  /** The call for a draft failed. A message that came all the same has settled it already. */
  failed(id: string, why: string, mayBeSent: boolean): void {
    const draft = this.#view.current.drafts.find((known) => known.id === id);
    if (draft) this.#setDraft({ ...draft, fate: { type: "failed", why, mayBeSent } });
  }

  #merge(news: readonly Message[]): void {
    const { messages, drafts } = this.#view.current;
    const byNumber = new Map([...messages, ...news].map((message) => [message.number, message]));
    while (byNumber.has(this.#position + 1)) this.#position++;
    const arrived = new Set(news.map(({ id }) => id));
    this.#view.set({
      messages: [...byNumber.values()].sort((a, b) => a.number - b.number).slice(-MESSAGES_SHOWN),
      drafts: drafts.filter(({ id }) => !arrived.has(id)),
    });
  }

  #setDraft(draft: PendingDraft): void {
    const { messages, drafts } = this.#view.current;
    const isKnown = drafts.some(({ id }) => id === draft.id);
    const next = isKnown
      ? drafts.map((known) => (known.id === draft.id ? draft : known))
      : [...drafts, draft];
    this.#view.set({ messages, drafts: next });
  }
}
