/**
 * All that the page knows of Holdfast: its client, its hooks, how a room is kept, and how to speak
 * in it. Components import from here.
 */
import { Cell } from "@holdfast/client";
import {
  defineTransaction,
  documentHooks,
  DurableClient,
  type DocumentChange,
  type StoredDocument,
  type TransactionPhase,
} from "@holdfast/client/durable";
import { indexedDbStore } from "@holdfast/client/indexed-db";
import { createHooks, defineBucketView } from "@holdfast/react";

import { contract, ROOMS, type KeptMessage, type RoomsContract } from "../contract.ts";
import { nameIn } from "./name.ts";

export const {
  HoldfastProvider,
  useBucket,
  useCall,
  useClient,
  useConnection,
  useConnectionBanner,
  useTransaction,
} = createHooks<RoomsContract>();

/** A line of a room. */
export interface Line {
  /** The transaction's id while it is pending, and after: so React keeps the line. */
  readonly id: string;
  readonly from: string;
  readonly text: string;
  /** Present while it is pending. */
  readonly phase?: TransactionPhase;
}

/** Who looks at the page. */
export const NAME: string = nameIn(location.search);

/** To say something: in the order of speaking, shown at once. */
export const say = defineTransaction(contract, "room.say", {
  lane: ({ room }) => room,
  // Harmless over a view that has it already, as every effect must be.
  effect: (lines: readonly Line[], { id, input, phase }) =>
    lines.some((line) => line.id === id)
      ? lines
      : [...lines, { id, from: NAME, text: input.text, phase }],
});

/** What `useBucket` shows of a room. */
export const roomView = defineBucketView({
  view: (documents: readonly StoredDocument[]): readonly Line[] =>
    documents.map(({ document }) => lineOf(document as KeptMessage)),
  effects: [say],
  concerns: ({ input }, bucket) => bucket === `room:${input.room}`,
});

const lines = new WeakMap<KeptMessage, Line>();

/** The same line for the same message, so that React leaves alone what did not change. */
function lineOf(message: KeptMessage): Line {
  const { seq, key, from, text } = message;
  const line = lines.get(message) ?? { id: key ?? String(seq), from, text };
  lines.set(message, line);
  return line;
}

function put(message: KeptMessage): Extract<DocumentChange, { readonly type: "put" }> {
  // So that the order of ids is the order of numbers.
  return { type: "put", id: String(message.seq).padStart(12, "0"), document: message };
}

/** The provider calls it, and starts and closes what it makes. */
export function createClient(): DurableClient<RoomsContract> {
  const client: DurableClient<RoomsContract> = new DurableClient({
    contract,
    url: () => `${location.protocol.replace("http", "ws")}//${location.host}/realtime`,
    credentials: {
      identity: new Cell<string | null>(NAME),
      token: async ({ signal }) => {
        const answer = await fetch(`/token?as=${NAME}`, { method: "POST", signal });
        if (!answer.ok) throw new Error("no token");
        return await answer.text();
      },
    },
    store: indexedDbStore({ name: "react-example" }),
    transactions: [say],
    buckets: {
      room: documentHooks({
        change: ({ seq, at, key, data }) => [
          put({ seq, at, ...data, ...(key !== undefined && { key }) }),
        ],
        snapshot: async ({ bucket, signal }) => {
          const room = ROOMS.find((name) => bucket === `room:${name}`) ?? "lobby";
          const { epoch, seq, messages } = await client.call("room.snapshot", room, { signal });
          return { cursor: { epoch, seq }, documents: messages.map(put) };
        },
      }),
    },
  });
  return client;
}
