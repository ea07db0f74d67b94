/** The app that the durable benchmarks run: messages in rooms, as in a chat. */
import { Cell, type Source } from "@holdfast/client";
import { defineTransaction, type TransactionDefinition } from "@holdfast/client/durable";
import { bucket, call, defineContract } from "@holdfast/protocol";

/** About 190 bytes as JSON. */
export interface Message {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  readonly edited: boolean;
  readonly reactions: readonly string[];
  readonly replyTo: string | null;
}

export interface Sent {
  readonly room: string;
  readonly message: Message;
}

export const contract = defineContract({
  calls: {
    send: call<Sent, { seq: number }>(),
    /** User and system time of the server's process so far, in µs. */
    cpu: call<undefined, number>(),
  },
  buckets: { room: bucket<Message>() },
});

export const send: TransactionDefinition<Sent, { seq: number }> = defineTransaction(
  contract,
  "send",
);

export function messageOf(index: number): Message {
  return {
    id: `message-${index}`,
    author: "ada",
    text: "The quick brown fox jumps over the lazy dog, again and again and again, until it is tired.",
    edited: false,
    reactions: [],
    replyTo: null,
  };
}

export const ROOMS = 16;

export function sentOf(index: number): Sent {
  return { room: `room:${index % ROOMS}`, message: messageOf(index) };
}

/** Of the one user. */
export const credentials: {
  readonly identity: Source<string | null>;
  token(): Promise<string>;
} = { identity: new Cell<string | null>("ada"), token: async () => "token" };
