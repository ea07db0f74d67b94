/**
 * The client that is killed: all it has is one SQLite file. Says `asked` before it makes a
 * transaction, `queued` when it was told that it is stored, `done` or `failed` when it ended. Told
 * to finish, it waits until nothing is left to do, says its `documents`, and ends by itself.
 */
import { seededRandom, waitFor } from "@holdfast/client";
import { documentHooks, DurableClient } from "@holdfast/client/durable";
import { nodePlatform } from "@holdfast/client/node";
import { sqliteStore } from "@holdfast/client/sqlite";
import { systemClock } from "@holdfast/server";
import { WebSocket } from "ws";

import { FakeCredentials } from "../../src/fake-adapters.ts";
import { contract, counterOf, increment, policy } from "./counter-app.ts";
import type { Counter, Increment } from "./counter-app.ts";
import { say } from "./said.ts";

/** What the program is started with. */
export interface ClientProgramArgument {
  readonly url: string;
  readonly database: string;
  readonly counters: readonly Counter[];
  /** The number that each lane goes on with; `""` is no lane. */
  readonly next: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly isLast: boolean;
}

const argument = JSON.parse(process.argv[2] ?? "") as ClientProgramArgument;
const { url, database, counters, seed, isLast } = argument;
const next = new Map(Object.entries(argument.next));
const random = seededRandom(seed);

const client: DurableClient<typeof contract> = new DurableClient({
  url,
  credentials: new FakeCredentials("ada"),
  platform: nodePlatform({ WebSocket }),
  store: sqliteStore({ database }),
  contract,
  transactions: [increment],
  buckets: {
    counter: documentHooks<Increment>({
      change: ({ seq, data }) => [
        { type: "put", id: String(seq).padStart(9, "0"), document: data },
      ],
    }),
  },
  policy,
});
client.start();
for (const counter of counters) client.bucket(counter).open();
say("started");
if (isLast) await finish();
else work();

/** Makes transactions until it is killed. */
function work(): void {
  const lanes = [...next.keys()];
  if (client.pending.current.length < 100) {
    for (let count = Math.floor(random() * 4); count > 0; count--) {
      void make(lanes[Math.floor(random() * lanes.length)] ?? "");
    }
  }
  systemClock.at(systemClock.now() + 1 + random() * 8, work);
}

async function make(lane: string): Promise<void> {
  const n = next.get(lane) ?? 1;
  next.set(lane, n + 1);
  say("asked", lane, n);
  const counter = counterOf(lane);
  const wish: Increment = { counter, maker: "ada", n, ...(lane && { lane }) };
  const { phase, result } = client.transact(increment, wish);
  const stop = phase.subscribe((now) => {
    if (now === "saving" || now === "failed") return;
    say("queued", lane, n);
    queueMicrotask(() => stop());
  });
  try {
    say("done", lane, n, await result);
  } catch (error) {
    say("failed", lane, n, String(error));
  }
}

async function finish(): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  // Whatever an earlier life has left is in the queue before this.
  await make("");
  await waitFor(client.pending, (pending) => pending.length === 0, { signal });
  for (const counter of counters) {
    await waitFor(client.bucket(counter).state, ({ phase }) => phase === "live", { signal });
    const documents = await client.accountStore.current?.documents.documents(counter);
    say(
      "documents",
      counter,
      documents?.map(({ document }) => document),
    );
  }
  client.close();
  await client.closed;
  say("closed");
}
