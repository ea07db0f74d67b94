/** One who publishes and many who hear: how fast it goes through, and how late it comes. */
import { TEXT } from "../peers/peer.ts";
import type { PeerClient, Update } from "../peers/peer.ts";

export interface FloodInput {
  readonly seconds: number;
  /** How many publishes may be under way: heard by some, and not yet by all. */
  readonly outstanding: number;
}

export interface PacedInput {
  readonly count: number;
  readonly everyMs: number;
}

export interface FloodMeasured {
  readonly deliveries: number;
  readonly deliveriesPerSecond: number;
}

export interface PacedMeasured {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A publish under way. */
interface Publish {
  heard: number;
  readonly at: number;
  readonly done: () => void;
}

export class Feed {
  readonly #publisher: PeerClient;
  readonly #subscribers: number;
  readonly #underWay = new Map<number, Publish>();
  #lastN = 0;
  #deliveries = 0;
  #latencies: number[] | undefined;

  constructor(publisher: PeerClient, subscribers: number) {
    this.#publisher = publisher;
    this.#subscribers = subscribers;
  }

  /** One subscriber hears one update. */
  readonly hear = ({ n }: Update): void => {
    const publish = this.#underWay.get(n);
    if (!publish) return;
    this.#deliveries++;
    this.#latencies?.push(performance.now() - publish.at);
    if (++publish.heard < this.#subscribers) return;
    this.#underWay.delete(n);
    publish.done();
  };

  /** As fast as it goes. */
  async flood({ seconds, outstanding }: FloodInput): Promise<FloodMeasured> {
    this.#deliveries = 0;
    const begun = performance.now();
    const end = begun + seconds * 1_000;
    const lane = async (): Promise<void> => {
      while (performance.now() < end) await this.#publish();
    };
    await Promise.all(Array.from({ length: outstanding }, lane));
    const elapsedMs = performance.now() - begun;
    const deliveries = this.#deliveries;
    return { deliveries, deliveriesPerSecond: (deliveries / elapsedMs) * 1_000 };
  }

  /** One at a time, so rarely that none waits for another. */
  async paced({ count, everyMs }: PacedInput): Promise<PacedMeasured> {
    const latencies: number[] = (this.#latencies = []);
    for (let index = 0; index < count; index++) {
      const pause = new Promise((resolve) => setTimeout(resolve, everyMs));
      await this.#publish();
      await pause;
    }
    this.#latencies = undefined;
    latencies.sort((a, b) => a - b);
    const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
    return { p50Ms: at(0.5), p99Ms: at(0.99) };
  }

  /** Resolves when everybody has heard it. */
  #publish(): Promise<void> {
    const n = ++this.#lastN;
    return new Promise((resolve, reject) => {
      this.#underWay.set(n, { heard: 0, at: performance.now(), done: resolve });
      this.#publisher.call("publish", { n, text: TEXT }).catch(reject);
    });
  }
}
