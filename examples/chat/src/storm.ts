/**
 * The storm: hundreds of clients, in a thread of their own, while the server restarts. It keeps the
 * curve of how many of them are connected, which is what a herd of clients does to a server.
 */
import { randomBytes } from "node:crypto";
import { Worker } from "node:worker_threads";

import type { StormOrder, StormSample } from "./storm-clients.ts";

/** How many clients a storm has. */
export const STORM_CLIENTS = 500;
/** How long the clients may take to gather, and the storm to pass, in milliseconds. */
const GATHER_MS = 20_000;
const PASS_MS = 25_000;

/** A thread runs what was built, also where this runs from its source. */
const CLIENTS = new URL("../dist/storm-clients.js", import.meta.url);

/** Where a storm is, for the page. */
export interface StormReport {
  readonly phase: "none" | "gathering" | "passing" | "over" | "failed";
  readonly clients: number;
  /** When the server was back, in milliseconds after it was told to leave. */
  readonly backAtMs?: number;
  /** Milliseconds after the server was told to leave, and how many clients were connected. */
  readonly points: readonly (readonly [atMs: number, connected: number])[];
}

/** What a storm needs of the chat. */
export interface StormGround {
  /** Where clients dial. */
  url(): string;
  token(account: string, name: string): string;
  /** Resolves when the server, told to leave, is back. */
  restarted(): Promise<void>;
}

export class Storm {
  readonly #ground: StormGround;
  #report: StormReport = { phase: "none", clients: STORM_CLIENTS, points: [] };
  #points: (readonly [number, number])[] = [];
  #startedAt = 0;
  #leftAt = 0;
  #worker: Worker | undefined;

  constructor(ground: StormGround) {
    this.#ground = ground;
  }

  get report(): StormReport {
    return { ...this.#report, points: this.#points };
  }

  /** Begins one; while one is under way nothing happens. */
  start(): void {
    if (this.#worker) return;
    this.#points = [];
    this.#report = { phase: "gathering", clients: STORM_CLIENTS, points: [] };
    this.#startedAt = Date.now();
    const names = Array.from(
      { length: STORM_CLIENTS },
      () => `storm-${randomBytes(4).toString("hex")}`,
    );
    const workerData: StormOrder = {
      url: this.#ground.url(),
      clients: names.map((account) => ({ account, token: this.#ground.token(account, "Storm") })),
    };
    const worker = new Worker(CLIENTS, { workerData });
    this.#worker = worker;
    worker.on("message", (sample: StormSample) => this.#take(sample));
    worker.on("error", () => this.#end("failed"));
  }

  /** Ends the clients' thread. Resolves when it is gone. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #take({ at, connected }: StormSample): void {
    const { phase, clients, backAtMs } = this.#report;
    if (phase === "gathering") {
      if (connected === clients) this.#strike(at);
      else if (at - this.#startedAt > GATHER_MS) this.#end("failed");
    } else if (phase === "passing") {
      const sinceMs = at - this.#leftAt;
      if (sinceMs >= 0) this.#points.push([sinceMs, connected]);
      const isOver = backAtMs !== undefined && sinceMs > backAtMs && connected === clients;
      if (isOver || sinceMs > PASS_MS) this.#end("over");
    }
  }

  /** All are there: now the server leaves. */
  #strike(at: number): void {
    this.#report = { ...this.#report, phase: "passing" };
    this.#leftAt = at;
    this.#points.push([0, this.#report.clients]);
    this.#ground.restarted().then(
      () => (this.#report = { ...this.#report, backAtMs: Date.now() - at }),
      () => this.#end("failed"),
    );
  }

  #end(phase: "over" | "failed"): void {
    this.#report = { ...this.#report, phase };
    // What ends it has nothing more to say.
    this.close().catch(() => undefined);
  }
}
