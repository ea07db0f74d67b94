/** A small chat, client and server linked in memory, for the stories. */
import { bucket, call, defineContract } from "@holdfast/protocol";
import type { CloseOptions } from "@holdfast/server";
import { CallFailure } from "@holdfast/server";

import { linkedPair } from "../../src/linked-pair.ts";
import type { LinkedPairOptions } from "../../src/linked-client.ts";
import type { LinkedPair } from "../../src/linked-pair.ts";

export const chatContract = defineContract({
  calls: {
    /** May run twice without harm. */
    read: call<string, string>({ repeatable: true }),
    /** Must not. */
    add: call<number, number>(),
    send: call<string, { seq: number }>(),
    /** Answers when the test says so. */
    wait: call<string, string>(),
    waitRead: call<string, string>({ repeatable: true }),
    who: call<void, string>(),
    fail: call<string>(),
  },
  buckets: { room: bucket<string>(), secret: bucket<string>() },
});

type Chat = typeof chatContract;
export type ChatOptions = Omit<LinkedPairOptions<Chat>, "contract" | "handlers" | "buckets">;

export class ChatWorld {
  readonly pair: LinkedPair<Chat>;
  /** What ran at the server, in order. */
  readonly ran: string[] = [];
  sum = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: ChatOptions = {}) {
    this.pair = linkedPair({
      ...options,
      contract: chatContract,
      handlers: {
        read: (what) => {
          this.ran.push(`read ${what}`);
          return `${what}!`;
        },
        add: (amount) => {
          this.ran.push(`add ${amount}`);
          return (this.sum += amount);
        },
        send: async (text, { publish }) => {
          this.ran.push(`send ${text}`);
          return { seq: (await publish("room:1", text)).seq };
        },
        wait: (what) => this.#wait(what),
        waitRead: (what) => this.#wait(what),
        who: (_, { account }) => {
          this.ran.push(`who ${account}`);
          return account;
        },
        fail: (code) => {
          throw new CallFailure(code, "as you wished");
        },
      },
      buckets: { room: { authorize: () => true } },
    });
  }

  /** Answers every call that waits. */
  answer(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async close(options?: CloseOptions): Promise<void> {
    this.answer();
    if (options) await this.pair.clock.finish(this.pair.server.close(options));
    await this.pair.close();
  }

  #wait(what: string): Promise<string> {
    this.ran.push(`wait ${what}`);
    return new Promise((resolve) => this.#waiting.push(() => resolve(`${what}!`)));
  }
}

/** An open chat. */
export async function openChat(options: ChatOptions = {}): Promise<ChatWorld> {
  const world = new ChatWorld(options);
  await world.pair.open();
  return world;
}

/** The fate of a promise, as plain data; `pending` while it has none. */
export class Fate<T> {
  state: "pending" | "resolved" | "rejected" = "pending";
  value: T | undefined;
  error: unknown;

  constructor(promise: Promise<T>) {
    promise.then(
      (value) => Object.assign(this, { state: "resolved", value }),
      (error: unknown) => Object.assign(this, { state: "rejected", error }),
    );
  }
}
