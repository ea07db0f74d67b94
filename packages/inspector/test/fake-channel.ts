/** A BroadcastChannel without a browser: what one end says, the others hear at once. */
import type { ChannelLike } from "../src/report/channel-words.ts";

export class FakeChannel {
  readonly #ends = new Set<FakeEnd>();
  /** Everything that was said, oldest first. */
  readonly said: unknown[] = [];

  get openEnds(): number {
    return this.#ends.size;
  }

  end(): ChannelLike {
    const end = new FakeEnd(this);
    this.#ends.add(end);
    return end;
  }

  say(message: unknown, from?: FakeEnd): void {
    this.said.push(message);
    for (const end of this.#ends) if (end !== from) end.hear(message);
  }

  leave(end: FakeEnd): void {
    this.#ends.delete(end);
  }
}

class FakeEnd implements ChannelLike {
  #listener: (event: MessageEvent) => void = () => {};
  readonly #channel: FakeChannel;

  constructor(channel: FakeChannel) {
    this.#channel = channel;
  }

  addEventListener(_: "message", listener: (event: MessageEvent) => void): void {
    this.#listener = listener;
  }

  hear(message: unknown): void {
    this.#listener({ data: structuredClone(message) } as MessageEvent);
  }

  postMessage(message: unknown): void {
    this.#channel.say(message, this);
  }

  close(): void {
    this.#channel.leave(this);
  }
}
