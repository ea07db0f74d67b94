/**
 * What one client knows of the room: the messages that are stored here, its own that are on their
 * way, and those that did not go. It knows no DOM and no connection.
 */
import { Cell, type Source } from "@holdfast/client";
import {
  defineTransaction,
  documentHooks,
  StoreError,
  withPending,
  type DocumentChange,
  type DocumentHooks,
  type DocumentStore,
  type PendingTransaction,
  type TransactionDefinition,
  type TransactionError,
  type TransactionPhase,
} from "@holdfast/client/durable";
import type { Update } from "@holdfast/protocol";

import { contract, ROOM, type Draft, type Message } from "../contract.ts";
import { failureWords } from "./words.ts";

/** A message as it is stored here. */
export interface StoredMessage extends Message {
  /** Its place in the room: from 1, without gaps. */
  readonly seq: number;
  /** Epoch milliseconds, by the server's clock. */
  readonly at: number;
  /** The id of the transaction that sent it, where that was our own account's. */
  readonly key?: string;
}

/** Something said that is no message yet, or never will be. */
export interface Unsent {
  /** Of its transaction. */
  readonly id: string;
  readonly text: string;
  readonly createdAt: number;
  readonly phase: TransactionPhase;
  /** For people: why it did not go. */
  readonly why?: string;
}

/** What to show, oldest first. */
export interface ConversationView {
  readonly messages: readonly StoredMessage[];
  readonly unsent: readonly Unsent[];
}

/** How many messages a device keeps; older ones are forgotten there. */
export const MESSAGES_KEPT = 200;

/** How many that did not go are shown. */
const FAILED_MAX = 20;

/** What a message of the room changes in what is stored of it: documents stand in their order. */
function changesBy(update: Update & { readonly data: Message }): readonly DocumentChange[] {
  const { seq, at, key, data } = update;
  const { author, name, text } = data;
  const document: StoredMessage = {
    seq,
    at,
    author,
    name,
    text,
    ...(key !== undefined && { key }),
  };
  return [
    { type: "put", id: idOf(seq), document },
    { type: "delete", id: idOf(seq - MESSAGES_KEPT) },
  ];
}

export class Conversation {
  /** How to send: in the order of speaking, shown at once. */
  readonly sendMessage: TransactionDefinition<Draft, { readonly seq: number }, ConversationView>;
  /** How the room is kept. */
  readonly hooks: DocumentHooks<Message>;
  readonly #view = new Cell<ConversationView>({ messages: [], unsent: [] });
  #messages: readonly StoredMessage[] = [];
  #pending: readonly PendingTransaction[] = [];
  #failed: readonly Unsent[] = [];
  #documents: DocumentStore | undefined;
  #unwatch: (() => void) | undefined;
  /** How many readings have begun, and which of them is shown. */
  #readings = 0;
  #shownReading = 0;

  /** `epochOfRoom` asks the server. */
  constructor(epochOfRoom: (signal: AbortSignal) => Promise<string>) {
    const ofDocuments = documentHooks<Message>({
      change: changesBy,
      from: "start",
      // The server began anew, without its log, and so do we: all there is will come as updates.
      snapshot: async ({ signal }) => ({
        cursor: { epoch: await epochOfRoom(signal), seq: 0 },
        documents: [],
      }),
    });
    this.hooks = (documents) => {
      const hooks = ofDocuments(documents);
      return {
        ...hooks,
        apply: async (batch) => {
          const outcome = await hooks.apply(batch);
          // What is applied is not pending any more: by then it must stand among the messages.
          await this.read();
          return outcome;
        },
      };
    };
    this.sendMessage = defineTransaction(contract, "message.send", {
      lane: () => ROOM,
      effect: withUnsent,
      onFailure: (error, transaction) => this.#fail(error, transaction),
    });
  }

  get view(): Source<ConversationView> {
    return this.#view;
  }

  /** Shows what is stored there from now on; undefined: nobody is signed in. */
  follow(documents: DocumentStore | undefined): void {
    this.#unwatch?.();
    this.#documents = documents;
    this.#messages = [];
    this.#show();
    if (!documents) return;
    const read = (): void => void this.read();
    // Other tabs store messages too.
    this.#unwatch = documents.watch(ROOM, read);
    read();
  }

  /** Resolves when what is stored now is shown. */
  async read(): Promise<void> {
    const documents = this.#documents;
    const reading = ++this.#readings;
    try {
      const found = await documents?.documents(ROOM);
      if (!found || documents !== this.#documents || reading < this.#shownReading) return;
      this.#shownReading = reading;
      // They are what `changesBy` made of them.
      this.#messages = found.map(({ document }) => document as StoredMessage);
      this.#show();
    } catch (error) {
      // The store tells of its own trouble, and the next change is read again.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  /** These are on their way. */
  showPending(pending: readonly PendingTransaction[]): void {
    this.#pending = pending;
    this.#show();
  }

  /** Forgets one that did not go; returns it. */
  dismiss(id: string): Unsent | undefined {
    const dismissed = this.#failed.find((unsent) => unsent.id === id);
    this.#failed = this.#failed.filter((unsent) => unsent !== dismissed);
    this.#show();
    return dismissed;
  }

  #fail(error: TransactionError, { id, input, createdAt, phase }: PendingTransaction<Draft>): void {
    const failed = { id, text: input.text, createdAt, phase, why: failureWords(error) };
    this.#failed = [...this.#failed, failed].slice(-FAILED_MAX);
    this.#show();
  }

  #show(): void {
    const confirmed = { messages: this.#messages, unsent: this.#failed };
    const { messages, unsent } = withPending(confirmed, this.#pending, [this.sendMessage]);
    this.#view.set({ messages, unsent: [...unsent].sort((a, b) => a.createdAt - b.createdAt) });
  }
}

/** The effect of sending: there already once the message is, which carries the transaction's id. */
function withUnsent(
  view: ConversationView,
  { id, input, createdAt, phase }: PendingTransaction<Draft>,
): ConversationView {
  if (view.messages.some(({ key }) => key === id)) return view;
  return { ...view, unsent: [...view.unsent, { id, text: input.text, createdAt, phase }] };
}

/** So that the order of ids is the order of numbers. */
function idOf(seq: number): string {
  return String(seq).padStart(16, "0");
}
