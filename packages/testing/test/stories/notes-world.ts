/** A small app with durable clients and a server that keeps everything, linked in memory. */
import { bucket, call, defineContract } from "@holdfast/protocol";
import { CallFailure, memoryStore as memoryServerStore } from "@holdfast/server";
import { defineTransaction, documentHooks } from "@holdfast/client/durable";
import type { ClientStore } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";

import { linkedPair } from "../../src/linked-pair.ts";
import type {
  LinkedDurableClient,
  LinkedDurableOptions,
  LinkedPairOptions,
} from "../../src/linked-client.ts";
import type { LinkedPair } from "../../src/linked-pair.ts";

export interface Note {
  readonly list: string;
  readonly text: string;
}

export const notesContract = defineContract({
  calls: { "note.add": call<Note, number>() },
  buckets: { list: bucket<string>() },
});
type Notes = typeof notesContract;

/** What shows of a list: texts in order. */
export const addNote = defineTransaction(notesContract, "note.add", {
  lane: ({ list }) => list,
  effect: (texts: readonly string[], { input }) =>
    texts.includes(input.text) ? texts : [...texts, input.text],
});

export class NotesWorld {
  readonly pair: LinkedPair<Notes>;
  /** What was committed, in order. */
  readonly ran: string[] = [];
  readonly stores = new Map<string, ClientStore>();

  constructor(options: LinkedPairOptions<Notes>["server"] = {}) {
    const store = memoryServerStore();
    this.pair = linkedPair({
      contract: notesContract,
      server: { store, ...options },
      handlers: {
        "note.add": async ({ list, text }, { commit }) => {
          if (text === "forbidden") throw new CallFailure("denied", "Not that.");
          const seq = await commit((tx) => tx.append(`list:${list}`, text).seq);
          this.ran.push(text);
          return seq;
        },
      },
      buckets: { list: { authorize: () => true } },
    });
  }

  /** A client on the device of that name: what it stored last time is there again. */
  client(device: string, options: LinkedDurableOptions<Notes> = {}): NotesClient {
    let store = this.stores.get(device);
    if (!store) this.stores.set(device, (store = memoryStore()));
    return new NotesClient(this.pair, { store, ...options });
  }

  close(): Promise<void> {
    return this.pair.close();
  }
}

export class NotesClient {
  readonly linked: LinkedDurableClient<Notes>;
  readonly #pair: LinkedPair<Notes>;

  constructor(pair: LinkedPair<Notes>, options: LinkedDurableOptions<Notes>) {
    this.#pair = pair;
    this.linked = pair.addDurableClient({
      transactions: [addNote],
      buckets: {
        list: documentHooks({
          change: ({ seq, data }) => [
            { type: "put", id: String(seq).padStart(6, "0"), document: data },
          ],
        }),
      },
      ...options,
    });
    this.linked.client.start();
  }

  add(text: string, list = "a"): ReturnType<typeof this.linked.client.transact<Note, number>> {
    return this.linked.client.transact(addNote, { list, text });
  }

  /** The app is closed. */
  close(): Promise<void> {
    this.linked.client.close();
    return this.#pair.clock.finish(this.linked.client.closed);
  }

  /** No network, until `online`. */
  offline(): void {
    this.linked.link.refuseDials();
    this.linked.link.drop();
  }

  online(): void {
    this.linked.link.acceptDials();
  }

  /** What is stored of a list. */
  async stored(list = "a"): Promise<readonly unknown[]> {
    const documents = await this.#pair.clock.finish(this.linked.client.documents());
    const found = await this.#pair.clock.finish(documents.documents(`list:${list}`));
    return found.map(({ document }) => document);
  }

  get pending(): readonly unknown[] {
    return this.linked.client.pending.current.map(({ input }) => (input as Note).text);
  }
}
