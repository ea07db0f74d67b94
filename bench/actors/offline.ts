/**
 * One process of an offline spell: `offline.js transact memory|sqlite URL COUNT` makes
 * transactions offline and sends them; `offline.js reopen memory URL BUCKETS` has buckets open
 * while its connection breaks and comes back.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { waitFor } from "@holdfast/client";
import { DurableClient } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";
import { nodePlatform } from "@holdfast/client/node";
import { sqliteStore } from "@holdfast/client/sqlite";
import { WebSocket } from "ws";

import { contract, credentials, send, sentOf } from "./durable-app.ts";

/** Of one item of many, in µs: the time until it was made, and until it was done with. */
export interface OfflineMeasured {
  readonly makingUs: number;
  readonly makingCpuUs: number;
  readonly drainingUs: number;
  readonly drainingCpuUs: number;
}

const [role = "", kind = "", address = "", countText = ""] = process.argv.slice(2);
const count = Number(countText);
const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
let isOnline = false;
const client = new DurableClient({
  url() {
    if (!isOnline) throw new Error("offline");
    return address;
  },
  contract,
  platform: nodePlatform({ WebSocket }),
  credentials,
  store: kind === "sqlite" ? sqliteStore({ database: join(folder, "db") }) : memoryStore(),
  transactions: [send],
  policy: { dialFloorMs: 1 },
});
client.start();
await client.documents();
// As every app has it that shows what is pending.
let shown = 0;
client.pending.subscribe((pending) => (shown = Math.max(shown, pending.length)));
const measured = role === "transact" ? await transact() : await reopen();
client.close();
await client.closed;
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(measured)}\n`, () => process.exit(0));

async function transact(): Promise<OfflineMeasured> {
  const making = stopwatch();
  const handles = Array.from({ length: count }, (_, index) => client.transact(send, sentOf(index)));
  const made = making();
  if (shown !== count) throw new Error("not all are shown");
  // All are stored.
  await Promise.all(handles.map(({ phase }) => waitFor(phase, (now) => now !== "saving")));
  const draining = stopwatch();
  isOnline = true;
  client.connectNow();
  await Promise.all(handles.map(({ result }) => result));
  return figures(made, draining());
}

async function reopen(): Promise<OfflineMeasured> {
  const states = Array.from({ length: count }, (_, index) => client.bucket(`room:${index}`).state);
  const hooks = { apply: () => {} };
  const making = stopwatch();
  for (let index = 0; index < count; index++) client.bucket(`room:${index}`).open(hooks);
  const made = making();
  const allLive = (): Promise<unknown> =>
    Promise.all(states.map((state) => waitFor(state, ({ phase }) => phase === "live")));
  isOnline = true;
  client.connectNow();
  await allLive();
  client.stop();
  const draining = stopwatch();
  client.start();
  await allLive();
  return figures(made, draining());
}

type Spent = readonly [wallMs: number, cpuUs: number];

function stopwatch(): () => Spent {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return [performance.now() - begun, user + system];
  };
}

function figures(made: Spent, drained: Spent): OfflineMeasured {
  return {
    makingUs: (made[0] / count) * 1_000,
    makingCpuUs: made[1] / count,
    drainingUs: (drained[0] / count) * 1_000,
    drainingCpuUs: drained[1] / count,
  };
}
