/**
 * One process of a measurement: `peer.ts server ws|holdfast`, or `peer.ts client ws|holdfast URL
 * SECONDS IN_FLIGHT`.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bucket, call, defineContract } from "@holdfast/protocol";
import { Cell, RealtimeClient } from "@holdfast/client";
import { nodePlatform } from "@holdfast/client/node";
import { RealtimeServer } from "@holdfast/server";
import { attach } from "@holdfast/server/use/ws";
import { WebSocket, WebSocketServer } from "ws";

const TEXT = "The quick brown fox jumps over the lazy dog, and the dog does not mind at all.";

const contract = defineContract({
  calls: { echo: call<{ text: string }, { text: string }>() },
  buckets: { none: bucket() },
});

/** What a client measured. */
export interface Measured {
  readonly callsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** User and system time of the client process per call. */
  readonly cpuUs: number;
}

const [role, kind, url = "", seconds = "1", inFlight = "1"] = process.argv.slice(2);

if (role === "server") await serve(kind === "ws");
else {
  const once = kind === "ws" ? await rawCaller(url) : await holdfastCaller(url);
  const measured = await measure(once, Number(seconds) * 1_000, Number(inFlight));
  process.stdout.write(`${JSON.stringify(measured)}\n`, () => process.exit(0));
}

async function serve(isRaw: boolean): Promise<void> {
  const http = createServer();
  if (isRaw) {
    const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
    sockets.on("connection", (socket) =>
      socket.on("message", (data) => socket.send((data as Buffer).toString())),
    );
  } else {
    const server = new RealtimeServer({
      contract,
      authenticate: () => ({ account: "bench" }),
      handlers: { echo: (input) => input },
      policy: { messagesPerSecond: 1_000_000, messagesBurst: 1_000_000 },
    });
    attach(http, server, { path: "/" });
  }
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  process.stdout.write(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/\n`);
}

/** One frame a call, answered in order: the least that a request and its answer can cost. */
async function rawCaller(address: string): Promise<() => Promise<unknown>> {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  const waiting: ((answer: unknown) => void)[] = [];
  socket.on("message", (data) => waiting.shift()?.(JSON.parse((data as Buffer).toString())));
  await new Promise((resolve) => socket.once("open", resolve));
  let id = 0;
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      socket.send(JSON.stringify({ id: ++id, method: "echo", input: { text: TEXT } }));
    });
}

async function holdfastCaller(address: string): Promise<() => Promise<unknown>> {
  const client = new RealtimeClient({
    url: address,
    contract,
    platform: nodePlatform({ WebSocket }),
    credentials: { identity: new Cell<string | null>("bench"), token: async () => "token" },
  });
  client.start();
  await client.call("echo", { text: TEXT });
  return () => client.call("echo", { text: TEXT });
}

async function measure(
  once: () => Promise<unknown>,
  forMs: number,
  parallel: number,
): Promise<Measured> {
  await loopUntil(performance.now() + forMs / 3, once, parallel, []);
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  await loopUntil(start + forMs, once, parallel, latencies);
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    (latencies[Math.floor(latencies.length * share)] ?? 0) * 1_000;
  return {
    callsPerSecond: (latencies.length / elapsed) * 1_000,
    p50Us: at(0.5),
    p99Us: at(0.99),
    cpuUs: (user + system) / latencies.length,
  };
}

async function loopUntil(
  end: number,
  once: () => Promise<unknown>,
  parallel: number,
  latencies: number[],
): Promise<void> {
  const lane = async (): Promise<void> => {
    for (let before = performance.now(); before < end;) {
      await once();
      const after = performance.now();
      latencies.push(after - before);
      before = after;
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
}
