/**
 * The conversation, kept in memory. It belongs to the process, so it outlives the server's
 * restarts.
 */
import type { Draft, Message } from "./contract.ts";

/** How many messages are kept; older ones are forgotten. */
export const MESSAGES_KEPT = 500;

/** Who says something. */
export interface Author {
  readonly account: string;
  readonly name: string;
}

/** What saying something came to. */
export interface Posted {
  readonly message: Message;
  /** False when it had been said before: nobody needs to hear it again. */
  readonly isNew: boolean;
}

export class ChatRoom {
  #messages: readonly Message[] = [];
  #count = 0;

  /** Adds a message, once: trying again after an unknown outcome cannot double it. */
  post({ account, name }: Author, { id, text }: Draft, at: number): Posted {
    const known = this.#messages.find((message) => message.id === id && message.author === account);
    if (known) return { message: known, isNew: false };
    const message = { number: ++this.#count, id, author: account, name, text: text.trim(), at };
    this.#messages = [...this.#messages, message].slice(-MESSAGES_KEPT);
    return { message, isNew: true };
  }

  /** The messages after a number, oldest first. */
  after(number: number): readonly Message[] {
    return this.#messages.filter((message) => message.number > number);
  }
}
