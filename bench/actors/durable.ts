/**
 * One process of a durable measurement: `durable.js bare FOLDER SECONDS`, `server FOLDER`,
 * `ask URL SECONDS` or `transact URL SECONDS`.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { RealtimeClient, waitFor } from "@holdfast/client";
import { DurableClient } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";
import { nodePlatform } from "@holdfast/client/node";
import { ALL_CAPABILITIES, jsonDurableClientCodec } from "@holdfast/protocol";
import { RealtimeServer } from "@holdfast/server";
import { sqliteStore } from "@holdfast/server/sqlite";
import { attach } from "@holdfast/server/use/ws";
import { WebSocket } from "ws";

import type { Calls } from "../../packages/client/src/session/calls.ts";
import { openSqlite } from "../../packages/server/src/stores/sqlite-driver.ts";
import { contract, credentials, ROOMS, send, sentOf } from "./durable-app.ts";

const IN_FLIGHT = 64;

/** What a client, or the bare loop, measured. */
export interface DurableMeasured {
  readonly callsPerSecond: number;
  /** User and system time of this process per call. */
  readonly cpuUs: number;
  /** The same of the server's. */
  readonly serverCpuUs: number;
}

/** A client that is connected. */
interface Caller {
  readonly once: () => Promise<unknown>;
  readonly serverCpu: () => Promise<number>;
}

const [role, target = "", seconds = "1"] = process.argv.slice(2);
const forMs = Number(seconds) * 1_000;

if (role === "server") await serve(join(target, "server.db"));
else if (role === "bare") await measureBare(join(target, "bare.db"));
else await measureCaller(role === "ask" ? await asker(target) : await transactor(target));

async function measureBare(path: string): Promise<void> {
  const group = await bareGroups(path);
  const loop = async (until: number): Promise<number> => {
    let count = 0;
    for (; performance.now() < until; count += IN_FLIGHT) group();
    return count;
  };
  await measure(loop, async () => 0);
}

async function measureCaller({ once, serverCpu }: Caller): Promise<void> {
  const loop = async (until: number): Promise<number> => {
    let count = 0;
    const lane = async (): Promise<void> => {
      for (; performance.now() < until; count++) await once();
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    return count;
  };
  await measure(loop, serverCpu);
}

/** After a third of the time to warm up. Says what it measured, and ends. */
async function measure(
  loop: (until: number) => Promise<number>,
  serverCpu: () => Promise<number>,
): Promise<void> {
  await loop(performance.now() + forMs / 3);
  const serverBefore = await serverCpu();
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const count = await loop(begun + forMs);
  const elapsed = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  const measured: DurableMeasured = {
    callsPerSecond: (count / elapsed) * 1_000,
    cpuUs: (user + system) / count,
    serverCpuUs: ((await serverCpu()) - serverBefore) / count,
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`, () => process.exit(0));
}

async function serve(path: string): Promise<void> {
  const server = new RealtimeServer({
    contract,
    store: sqliteStore({ path }),
    authenticate: () => ({ account: "ada" }),
    handlers: {
      send: ({ room, message }, { commit }) =>
        commit((tx) => ({ seq: tx.append(room as "room:0", message).seq })),
      cpu() {
        const { user, system } = process.cpuUsage();
        return user + system;
      },
    },
    buckets: { room: { authorize: () => true } },
  });
  // So that `--cpu-prof` writes what it saw.
  process.once("SIGTERM", () => process.exit(0));
  const http = createServer();
  attach(http, server, { path: "/" });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  process.stdout.write(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/\n`);
}

/** The rows that such a call leaves, 64 to a transaction that is synced to the disk. */
async function bareGroups(path: string): Promise<() => void> {
  // The store makes the tables; then the loop has the file to itself.
  await sqliteStore({ path }).close();
  const db = openSqlite(path);
  db.exec("pragma synchronous = full");
  const insert = db.prepare("insert into holdfast_updates values (?, ?, ?, ?, ?, ?)");
  const insertKey = db.prepare("insert into holdfast_keys values (?, ?, ?, ?, ?, ?, ?, ?)");
  const [begin, commit] = [db.prepare("begin immediate"), db.prepare("commit")];
  const time = 1_800_000_000_000;
  const inputHash = "x".repeat(43);
  let index = 0;
  return () => {
    begin.run();
    for (const end = index + IN_FLIGHT; index < end; index++) {
      const { room, message } = sentOf(index);
      const seq = Math.floor(index / ROOMS) + 1;
      const key = keyOf(index);
      insert.run(room, seq, time, JSON.stringify(message), "ada", key);
      const [output, at] = [JSON.stringify({ seq }), JSON.stringify({ [room]: seq })];
      insertKey.run("ada", key, "result", "send", inputHash, output, at, time);
    }
    commit.run();
  };
}

/** As random, and as long, as a transaction's id. */
function keyOf(index: number): string {
  const word = Math.imul(index + 1, 2_654_435_761) >>> 0;
  return word.toString(16).padStart(8, "0").repeat(4);
}

/** Keyed calls alone, without a queue that keeps them. */
async function asker(url: string): Promise<Caller> {
  let calls: Calls | undefined;
  const platform = nodePlatform({ WebSocket });
  const client = new RealtimeClient({ url, contract, platform, credentials }, (parts) => {
    calls = parts.calls;
    return { capabilities: ALL_CAPABILITIES, codec: jsonDurableClientCodec, data: parts.updates };
  });
  client.start();
  await waitFor(client.connection, ({ state }) => state === "open");
  let index = 0;
  return {
    once: async () => {
      const key = platform.randomHex(16);
      await calls?.ask({ type: "call", method: "send", input: sentOf(index++), key });
    },
    serverCpu: () => client.call("cpu"),
  };
}

async function transactor(url: string): Promise<Caller> {
  const client = new DurableClient({
    url,
    contract,
    platform: nodePlatform({ WebSocket }),
    credentials,
    store: memoryStore(),
    transactions: [send],
  });
  client.start();
  await waitFor(client.connection, ({ state }) => state === "open");
  let index = 0;
  return {
    once: () => client.transact(send, sentOf(index++)).result,
    serverCpu: () => client.call("cpu"),
  };
}
