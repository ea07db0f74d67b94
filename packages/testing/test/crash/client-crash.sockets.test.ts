/**
 * A client that is killed again and again while it makes transactions: what it was told is stored
 * arrives once and in the order of its lane, and its copy of the log has no gap.
 */
import { createServer } from "node:http";

import { sqliteStore } from "@holdfast/client/sqlite";
import { memoryStore, RealtimeServer } from "@holdfast/server";
import { attach } from "@holdfast/server/use/ws";
import { afterEach, expect, test } from "vitest";

import { accountOfToken } from "../../src/fake-adapters.ts";
import { FaultLink } from "../../src/fault-link.ts";
import { cleanUp, deferred, pause } from "../sockets/socket-world.ts";
import { Chaos, isDeep } from "./chaos.ts";
import { builtProgram, ChildProgram, elapsed, quietPort, temporaryFile } from "./child-program.ts";
import type { Said } from "./child-program.ts";
import type { ClientProgramArgument } from "./client-program.ts";
import { contract, counterOf, laneFaults, logOf, nameOf } from "./counter-app.ts";
import type { Increment } from "./counter-app.ts";

afterEach(cleanUp);

const KILLS = isDeep ? 400 : 36;
/** `""`: no lane, and so no order. */
const lanes = ["x", "y", "z", ""];
const counters = lanes.map(counterOf);

/** What the client has said, in all its lives. */
class Testimony {
  readonly asked = new Set<string>();
  readonly queued = new Set<string>();
  readonly results = new Map<string, number>();
  readonly failures: string[] = [];
  readonly documents = new Map<string, readonly Increment[]>();
  isClosed = false;
  readonly #next = new Map(lanes.map((lane) => [lane, 1]));

  /** The number that each lane goes on with. */
  get next(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#next);
  }

  hear([what, about, ...rest]: Said): void {
    if (what === "documents") this.documents.set(String(about), rest[0] as readonly Increment[]);
    if (what === "closed") this.isClosed = true;
    const [n, told] = rest;
    const lane = String(about);
    const name = `ada/${lane}/${String(n)}`;
    if (what === "asked") {
      this.asked.add(name);
      this.#next.set(lane, Number(n) + 1);
    }
    if (what === "queued") this.queued.add(name);
    if (what === "done") this.results.set(name, Number(told));
    if (what === "failed") this.failures.push(`${name}: ${String(told)}`);
  }
}

/** A server that stays, whose buckets somebody else writes to as well. */
async function serve(
  chaos: Chaos,
): Promise<{ port: number; store: ReturnType<typeof memoryStore> }> {
  const store = memoryStore();
  const server = new RealtimeServer({
    contract,
    store,
    authenticate: ({ token = "" }) => ({ account: accountOfToken(token) }),
    handlers: {
      increment: async (input, { commit }) => {
        // What is asked for at the same time is done in any order.
        await pause(Math.random() * 5);
        return commit((tx) => tx.append(input.counter, input).seq);
      },
    },
    buckets: { counter: { authorize: () => true } },
  });
  const http = createServer();
  attach(http, server);
  const port = await quietPort(chaos);
  await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
  let n = 0;
  const others = setInterval(() => {
    const counter = counters[chaos.between(0, counters.length - 1)] ?? "counter:x";
    void server.publish(counter, { counter, maker: "bob", n: ++n });
  }, 10);
  deferred(() => http.close());
  deferred(() => server.close({ windowMs: 0, graceMs: 0 }));
  deferred(() => clearInterval(others));
  return { port, store };
}

test(`a client that is killed ${KILLS} times loses nothing it was told is stored, and doubles nothing (L39, L55)`, async () => {
  const chaos = new Chaos();
  await chaos.run("client crash", async () => {
    const program = await builtProgram("client-program");
    const { port, store } = await serve(chaos);
    const link = await FaultLink.open({ target: { port }, seed: chaos.seed });
    deferred(() => link.close());
    link.set({ latencyMs: 1, jitterMs: 3 });
    link.resetEvery(300, 900);
    const database = temporaryFile("client.sqlite");
    const testimony = new Testimony();
    const start = (isLast: boolean, onSaid: (said: Said) => void): ChildProgram => {
      const seed = chaos.between(1, 1e9);
      const { next } = testimony;
      const argument = { url: link.url("/realtime"), database, counters, next, seed, isLast };
      return new ChildProgram(program, argument satisfies ClientProgramArgument, chaos, (said) => {
        testimony.hear(said);
        onSaid(said);
      });
    };

    for (let kills = 1; kills <= KILLS; kills++) {
      const heard: Record<string, number> = { started: 0, asked: 0, queued: 0, done: 0 };
      // At the start, in the midst of what it asks, stores or hears, or whenever.
      const at = chaos.pick(["started", "asked", "queued", "queued", "done", "whenever"]);
      const count = at === "started" ? 1 : chaos.between(1, 60);
      let isTime = false;
      const child = start(false, ([what]) => {
        heard[what] = (heard[what] ?? 0) + 1;
        isTime ||= what === at && heard[what] === count;
        // In this very moment: what it has just said must be true already.
        if (isTime) child.process.kill("SIGKILL");
      });
      const hasFailed = (): boolean => child.process.exitCode !== null;
      await elapsed(20_000, () => (heard["started"] ?? 0) > 0 || hasFailed());
      await elapsed(chaos.between(at === "whenever" ? 0 : 800, 1_000), () => isTime);
      chaos.note(`kill ${kills} at ${at} ${count}: ${JSON.stringify(heard)}`);
      expect(hasFailed()).toBe(false);
      await child.kill();
    }
    link.clear();
    chaos.note("the last life");
    const last = start(true, ([what]) => chaos.note(what));
    const code = await Promise.race([last.ended, pause(90_000)]);
    expect(testimony.failures).toEqual([]);
    expect({ code, isClosed: testimony.isClosed }).toEqual({ code: 0, isClosed: true });

    const logs = await Promise.all(counters.map((counter) => logOf(store, counter)));
    const own = logs.flat().filter(({ data }) => data.maker === "ada");
    const applied = own.map(({ data }) => nameOf(data));
    const { asked, queued, results } = testimony;
    expect(new Set(applied).size).toBe(applied.length);
    expect(applied.filter((name) => !asked.has(name))).toEqual([]);
    expect([...queued].filter((name) => !applied.includes(name))).toEqual([]);
    expect(laneFaults(logs)).toEqual([]);
    const wrong = own.filter(({ seq, data }) => (results.get(nameOf(data)) ?? seq) !== seq);
    expect(wrong).toEqual([]);
    for (const [index, counter] of counters.entries()) {
      const log = (logs[index] ?? []).map(({ data }) => data);
      // Somebody else may have written after the client took its leave.
      const documents = testimony.documents.get(counter) ?? [];
      expect(documents).toEqual(log.slice(0, documents.length));
      expect(documents.filter(({ maker }) => maker === "ada")).toEqual(
        log.filter(({ maker }) => maker === "ada"),
      );
    }
    const left = await sqliteStore({ database }).open("ada");
    deferred(() => left.close());
    expect(await left.transactions.claim("test")).toEqual({
      records: [],
      setAside: [],
      adopted: [],
    });

    console.log(
      `client crash: ${KILLS} kills, ${asked.size} asked, ${queued.size} known as stored, ${applied.length} applied, ${logs.flat().length} updates`,
    );
  });
});
