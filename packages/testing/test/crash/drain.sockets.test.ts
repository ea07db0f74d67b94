/**
 * A server that is asked to end while its clients are at work, and another that takes over on the
 * same file: the clients leave one by one over the window, and every increment is applied once.
 */
import { DurableClient } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";
import { nodePlatform } from "@holdfast/client/node";
import { sqliteStore } from "@holdfast/server/sqlite";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";

import { FakeCredentials } from "../../src/fake-adapters.ts";
import { cleanUp, deferred, pause, until } from "../sockets/socket-world.ts";
import { Chaos } from "./chaos.ts";
import { builtProgram, ChildProgram, temporaryFile } from "./child-program.ts";
import type { Said } from "./child-program.ts";
import { contract, increment, logOf, nameOf } from "./counter-app.ts";
import type { Counter } from "./counter-app.ts";
import type { ServerProgramArgument } from "./server-program.ts";

afterEach(cleanUp);

const CLIENTS = 60;
const WINDOW_MS = 3_000;
const counters = ["a", "b", "c"].map((name): Counter => `counter:${name}`);

/** A server in a process of its own. */
class OwnServer {
  port = 0;
  readonly faults: Said[] = [];
  readonly child: ChildProgram;

  constructor(program: string, argument: ServerProgramArgument, chaos: Chaos) {
    this.child = new ChildProgram(program, argument, chaos, (said) => {
      const [what, port] = said;
      if (what === "listening") this.port = Number(port);
      if (what === "fault") this.faults.push(said);
    });
  }

  async listening(): Promise<this> {
    await until(() => this.port > 0, 20_000);
    return this;
  }
}

/** One of the clients, at work from its making on. */
class Worker {
  readonly asked: string[] = [];
  readonly results = new Map<string, number>();
  readonly failures: string[] = [];
  readonly client: DurableClient<typeof contract>;
  readonly counter: Counter;
  /** When its sessions ended, by the clock of this process. */
  readonly left: number[] = [];
  readonly #name: string;

  constructor(index: number, url: () => string) {
    this.#name = `worker-${index}`;
    this.counter = counters[index % counters.length] ?? "counter:a";
    this.client = new DurableClient({
      url,
      credentials: new FakeCredentials(this.#name),
      platform: nodePlatform({ WebSocket }),
      store: memoryStore(),
      contract,
      transactions: [increment],
      buckets: { counter: { apply: () => {} } },
    });
    let wasOpen = false;
    this.client.connection.subscribe(({ state }) => {
      if (wasOpen && state !== "open") this.left.push(performance.now());
      wasOpen = state === "open";
    });
    this.client.start();
    this.client.bucket(this.counter).open();
  }

  get isOpen(): boolean {
    return this.client.connection.current.state === "open";
  }

  make(): void {
    const wish = { counter: this.counter, maker: this.#name, n: this.asked.length + 1 };
    const name = nameOf(wish);
    this.asked.push(name);
    void this.client.transact(increment, wish).result.then(
      (seq) => this.results.set(name, seq),
      (error: unknown) => this.failures.push(`${name}: ${String(error)}`),
    );
  }

  async close(): Promise<void> {
    this.client.close();
    await this.client.closed;
  }
}

test("a drain spreads its clients over the window and loses nothing that was under way (L12, L62)", async () => {
  const chaos = new Chaos();
  await chaos.run("drain", async () => {
    const path = temporaryFile("server.sqlite");
    const program = await builtProgram("server-program");
    const closing = { windowMs: WINDOW_MS };
    const old = await new OwnServer(program, { path, port: 0, closing }, chaos).listening();
    const next = await new OwnServer(program, { path, port: 0 }, chaos).listening();
    let { port } = old;
    const url = (): string => `ws://127.0.0.1:${port}/realtime`;
    const workers = Array.from({ length: CLIENTS }, (_, index) => new Worker(index, url));
    deferred(() => Promise.all(workers.map(async (worker) => await worker.close())));
    await until(() => workers.every(({ isOpen }) => isOpen), 20_000);

    const isOver = new AbortController();
    const work = (async (): Promise<void> => {
      while (!isOver.signal.aborted) {
        for (const worker of workers) if (chaos.between(1, 4) === 1) worker.make();
        await pause(50);
      }
    })();
    await pause(500);
    // New dials reach the next server, as behind a balancer.
    ({ port } = next);
    const askedAt = performance.now();
    old.child.process.kill("SIGTERM");
    expect(await old.child.ended).toBe(0);
    const tookMs = performance.now() - askedAt;
    await until(() => workers.every(({ isOpen }) => isOpen), 20_000);
    isOver.abort();
    await work;
    await until(() => workers.every(({ results, asked }) => results.size === asked.length), 30_000);

    expect(workers.flatMap(({ failures }) => failures)).toEqual([]);
    // Each left once, at a moment of its own, and nobody had to be made to.
    expect(workers.map(({ left }) => left.length)).toEqual(workers.map(() => 1));
    const departures = workers.flatMap(({ left }) => left);
    // From the first on: until then the signal was under way.
    const first = Math.min(...departures);
    const inThird = [0, 1, 2].map(
      (third) =>
        departures.filter((at) => Math.floor((3 * (at - first)) / WINDOW_MS) === third).length,
    );
    for (const count of inThird) expect(count).toBeGreaterThanOrEqual(3);
    expect(tookMs).toBeLessThan(WINDOW_MS + 5_000);

    next.child.process.kill("SIGTERM");
    expect(await next.child.ended).toBe(0);
    expect([...old.faults, ...next.faults]).toEqual([]);
    const store = sqliteStore({ path });
    deferred(() => store.close());
    const applied = (
      await Promise.all(counters.map(async (counter) => await logOf(store, counter)))
    ).flat();
    const asked = workers.flatMap((worker) => worker.asked);
    expect(applied.map(({ data }) => nameOf(data)).sort()).toEqual(asked.toSorted());
    const results = new Map(workers.flatMap((worker) => [...worker.results]));
    expect(applied.filter(({ seq, data }) => results.get(nameOf(data)) !== seq)).toEqual([]);
    console.log(
      `drain: ${CLIENTS} clients left in thirds of the window ${inThird.join(" ")}, ${applied.length} applied`,
    );
  });
});
