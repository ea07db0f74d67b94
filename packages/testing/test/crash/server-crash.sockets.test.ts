/**
 * A server that is killed again and again, under a link that resets: every increment that anybody
 * asked for is applied once, in the order of its lane, and everybody sees the same log.
 */
import { DurableClient } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";
import { nodePlatform } from "@holdfast/client/node";
import { sqliteStore } from "@holdfast/server/sqlite";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";

import { FakeCredentials } from "../../src/fake-adapters.ts";
import { FaultLink } from "../../src/fault-link.ts";
import { cleanUp, deferred, pause, until } from "../sockets/socket-world.ts";
import { Chaos, isDeep } from "./chaos.ts";
import { builtProgram, ChildProgram, elapsed, quietPort, temporaryFile } from "./child-program.ts";
import type { Said } from "./child-program.ts";
import { contract, increment, laneFaults, logOf, nameOf, policy } from "./counter-app.ts";
import type { Counter, Increment } from "./counter-app.ts";
import type { ServerProgramArgument } from "./server-program.ts";

afterEach(cleanUp);

const KILLS = isDeep ? 300 : 32;
const CLIENTS = 20;
const INCREMENTS = isDeep ? 40_000 : 10_000;
const counters = ["a", "b", "c", "d", "e"].map((name): Counter => `counter:${name}`);
/** Undefined: no lane, and so no order. */
const lanes = ["x", "y", "z", undefined] as const;

/** The server's program, killed and started anew at the same port, over the same file. */
class MortalServer {
  /** Calls that handlers have heard, in all its lives, as far as it came to tell. */
  calls = 0;
  readonly faults: Said[] = [];
  readonly #program: string;
  readonly #argument: ServerProgramArgument;
  readonly #chaos: Chaos;
  #child: ChildProgram | undefined;
  #isListening = false;
  #callsOfThisLife = 0;

  constructor(program: string, argument: ServerProgramArgument, chaos: Chaos) {
    this.#program = program;
    this.#argument = argument;
    this.#chaos = chaos;
  }

  async start(): Promise<void> {
    this.#isListening = false;
    const child = new ChildProgram(this.#program, this.#argument, this.#chaos, (said) =>
      this.#heard(said),
    );
    this.#child = child;
    await until(() => this.#isListening || child.process.exitCode !== null, 20_000);
    expect(child.process.exitCode).toBeNull();
  }

  /** In this very moment. */
  strike(): void {
    this.#child?.process.kill("SIGKILL");
  }

  async kill(): Promise<void> {
    await this.#child?.kill();
    this.calls += this.#callsOfThisLife;
    this.#callsOfThisLife = 0;
  }

  /** Asks it to end, and resolves with its exit code. */
  async stop(): Promise<number | null | undefined> {
    this.#child?.process.kill("SIGTERM");
    const code = await this.#child?.ended;
    this.calls += this.#callsOfThisLife;
    return code;
  }

  #heard(said: Said): void {
    const [what, count] = said;
    if (what === "listening") this.#isListening = true;
    if (what === "calls") this.#callsOfThisLife = Number(count);
    if (what === "fault") this.faults.push(said);
  }
}

/** One of the clients, what it asked for, and what it heard. */
class Maker {
  readonly asked: string[] = [];
  /** Where each increment stands, as its result says. */
  readonly results = new Map<string, number>();
  readonly failures: string[] = [];
  /** What was applied, in order. */
  readonly seen: ReadonlyMap<string, Increment[]> = new Map(
    counters.map((counter) => [counter, []]),
  );
  readonly client: DurableClient<typeof contract>;
  readonly #name: string;
  readonly #index: number;
  readonly #onSettled: () => void;

  constructor(index: number, url: string, onSettled: () => void) {
    this.#index = index;
    this.#onSettled = onSettled;
    this.#name = `maker-${index}`;
    this.client = new DurableClient({
      url,
      credentials: new FakeCredentials(this.#name),
      platform: nodePlatform({ WebSocket }),
      store: memoryStore(),
      contract,
      transactions: [increment],
      buckets: { counter: { apply: ({ bucket, updates }) => this.#apply(bucket, updates) } },
      policy,
    });
    this.client.start();
    for (const counter of counters) this.client.bucket(counter).open();
  }

  make(laneIndex: number): void {
    const lane = lanes[laneIndex % lanes.length];
    const place = this.#index + lanes.indexOf(lane);
    const counter = counters[place % counters.length] ?? "counter:a";
    const wish: Increment = {
      counter,
      maker: this.#name,
      n: this.asked.length + 1,
      ...(lane !== undefined && { lane }),
    };
    const name = nameOf(wish);
    this.asked.push(name);
    void this.client
      .transact(increment, wish)
      .result.then(
        (seq) => this.results.set(name, seq),
        (error: unknown) => this.failures.push(`${name}: ${String(error)}`),
      )
      .then(this.#onSettled);
  }

  /** A number that was there already, or one too far, would show: it is no idempotent effect. */
  #apply(bucket: string, updates: readonly { seq: number; data: Increment }[]): void {
    const seen = this.seen.get(bucket) ?? [];
    for (const { seq, data } of updates) {
      if (seq !== seen.length + 1) this.failures.push(`${bucket}: ${seq} after ${seen.length}`);
      seen.push(data);
    }
  }
}

/** Makes increments without a pause, but no more than `allowed` says. */
async function keepMaking(
  makers: readonly Maker[],
  chaos: Chaos,
  allowed: () => number,
): Promise<void> {
  let made = 0;
  while (made < INCREMENTS) {
    const maker = makers[chaos.between(0, CLIENTS - 1)];
    const count = Math.min(chaos.between(1, 12), allowed() - made);
    for (let index = 0; index < count; index++) maker?.make(chaos.between(0, lanes.length - 1));
    made += Math.max(count, 0);
    await pause(chaos.between(1, 10));
  }
}

function closed(client: DurableClient<typeof contract>): Promise<void> {
  client.close();
  return client.closed;
}

test(`${INCREMENTS} increments reach a server that is killed ${KILLS} times, each once and in order`, async () => {
  const chaos = new Chaos();
  await chaos.run("server crash", async () => {
    const path = temporaryFile("server.sqlite");
    const port = await quietPort(chaos);
    const server = new MortalServer(await builtProgram("server-program"), { path, port }, chaos);
    await server.start();
    const link = await FaultLink.open({ target: { port }, seed: chaos.seed });
    deferred(() => link.close());
    let settled = 0;
    let deadlyCount = Infinity;
    const onSettled = (): void => {
      // In this very moment: what was answered must be durable already.
      if (++settled === deadlyCount) server.strike();
    };
    const makers = Array.from(
      { length: CLIENTS },
      (_, index) => new Maker(index, link.url("/realtime"), onSettled),
    );
    deferred(() => Promise.all(makers.map(({ client }) => closed(client))));

    link.set({ latencyMs: 1, jitterMs: 3 });
    link.resetEvery(200, 500);
    let kills = 0;
    const allowed = (): number => Math.floor((INCREMENTS * Math.min(kills + 1, KILLS)) / KILLS);
    const making = keepMaking(makers, chaos, allowed);
    for (; kills < KILLS; kills++) {
      // In the midst of the answers, or whenever it happens to be.
      const before = settled;
      deadlyCount = before + chaos.pick([Infinity, chaos.between(1, 400)]);
      await elapsed(chaos.between(0, 1_200), () => settled >= deadlyCount);
      deadlyCount = Infinity;
      chaos.note(`kill ${kills + 1}, ${settled - before} results after the start`);
      await server.kill();
      await pause(chaos.between(0, 100));
      await server.start();
    }
    await making;
    link.clear();
    chaos.note(`healed, ${settled} of ${INCREMENTS} settled`);
    await elapsed(60_000, () => settled === INCREMENTS);

    const asked = makers.flatMap((maker) => maker.asked);
    expect(makers.flatMap(({ failures }) => failures)).toEqual([]);
    expect(settled).toBe(INCREMENTS);
    const seenAll = (maker: Maker): boolean =>
      [...maker.seen.values()].reduce((sum, { length }) => sum + length, 0) >= INCREMENTS;
    await elapsed(30_000, () => makers.every(seenAll));
    await elapsed(10_000, () => makers.every(({ client }) => client.pending.current.length === 0));
    expect(makers.flatMap(({ client }) => client.pending.current)).toEqual([]);
    await Promise.all(makers.map(({ client }) => closed(client)));
    expect(await server.stop()).toBe(0);
    expect(server.faults).toEqual([]);

    const store = sqliteStore({ path });
    deferred(() => store.close());
    const logs = await Promise.all(counters.map((counter) => logOf(store, counter)));
    const applied = logs.flat();
    expect(applied.map(({ data }) => nameOf(data)).sort()).toEqual(asked.toSorted());
    expect(laneFaults(logs)).toEqual([]);
    const results = new Map(makers.flatMap(({ results }) => [...results]));
    expect(applied.filter(({ seq, data }) => results.get(nameOf(data)) !== seq)).toEqual([]);
    for (const [index, counter] of counters.entries()) {
      const texts = (logs[index] ?? []).map(({ data }) => nameOf(data));
      for (const { seen } of makers) expect(seen.get(counter)?.map(nameOf)).toEqual(texts);
    }
    const tally = await store.commit({
      run: ({ db }) => db.prepare("select count from tally order by counter").all(),
    });
    const counts = logs.map(({ length }) => ({ count: length }));
    expect(tally).toMatchObject({ type: "committed", output: counts });

    const { reset } = link.stats.faults;
    console.log(
      `server crash: ${kills} kills, ${reset} connections reset, at least ${server.calls} calls heard, ${applied.length} applied`,
    );
  });
});
