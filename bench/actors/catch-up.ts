/**
 * One process of a catch-up: `catch-up.js memory|sqlite BUCKETS UPDATES cpu|heap`. A client
 * that was never here opens all buckets; its server is a script in the same process that answers
 * with frames encoded before.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { OpenTransport, TransportEvent } from "@holdfast/client";
import { documentHooks, DurableClient, type DurableOptions } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";
import { nodePlatform } from "@holdfast/client/node";
import { sqliteStore } from "@holdfast/client/sqlite";
import { ALL_CAPABILITIES, DEFAULT_WIRE_LIMITS, JSON_SUBPROTOCOL } from "@holdfast/protocol";
import { jsonDurableClientCodec, jsonServerCodec } from "@holdfast/protocol";
import type { ClientMessage, Page, ServerMessage, Update } from "@holdfast/protocol";
import { WebSocket } from "ws";

import { contract, credentials, messageOf, type Message } from "./durable-app.ts";

/** What a catch-up took. */
export interface CatchUpMeasured {
  /** User and system time of this process, an update, in µs. */
  readonly cpuUs: number;
  /** The same for decoding the same frames alone. */
  readonly decodingUs: number;
  /** What was alive at most, beyond what was before, in MB; 0: not measured. */
  readonly heapMb: number;
}

const EPOCH = "0123456789abcdef";
const [kind = "", bucketsText = "", updatesText = "", figure = ""] = process.argv.slice(2);
const [buckets, each] = [Number(bucketsText), Number(updatesText)];
const keys = Array.from({ length: buckets }, (_, index) => `room:${index}` as const);
/** What the server said, to be decoded again. */
const frames: string[] = [];
/** The page of each bucket, but for the id of the fetch that it answers. */
const pages = new Map(keys.map((key) => [key, pageOf(key)]));
const gc = (globalThis as { readonly gc?: () => void }).gc;
let [heapBefore, heapPeak, answers] = [0, 0, 0];

const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
try {
  // The first one warms up.
  await catchUp("first.db");
  frames.length = 0;
  const measured = await catchUp("second.db");
  process.stdout.write(`${JSON.stringify(measured)}\n`, () => process.exit(0));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pageOf(bucket: string): string {
  const updates: Update[] = Array.from({ length: each }, (_, index) => {
    return { seq: index + 1, at: 1_800_000_000_000 + index, data: messageOf(index) };
  });
  const page: Page = {
    type: "page",
    id: 1,
    bucket,
    epoch: EPOCH,
    after: 0,
    upTo: each,
    updates,
    skipped: [],
    head: each,
  };
  return jsonServerCodec.encode(page);
}

async function catchUp(name: string): Promise<CatchUpMeasured> {
  const store = kind === "sqlite" ? sqliteStore({ database: join(folder, name) }) : memoryStore();
  let applied = 0;
  let last: Message | undefined;
  const rooms: DurableOptions<typeof contract>["buckets"] = {
    room:
      kind === "sqlite"
        ? documentHooks<Message>({
            change: ({ data }) => [{ type: "put", id: data.id, document: data }],
          })
        : {
            apply({ updates }) {
              for (const { data } of updates) last = data;
              applied += updates.length;
            },
          },
  };
  const client = new DurableClient({
    url: "ws://bench/",
    contract,
    platform: { ...nodePlatform({ WebSocket }), openTransport: scriptedServer },
    credentials,
    store,
    buckets: rooms,
  });
  for (const key of keys) client.bucket(key).open();
  client.start();
  await client.documents();
  gc?.();
  heapBefore = process.memoryUsage().heapUsed;
  const cpu = process.cpuUsage();
  await allLive(client);
  const spent = process.cpuUsage(cpu);
  if (kind !== "sqlite" && (applied !== buckets * each || !last)) throw new Error("not all came");
  client.close();
  await client.closed;
  const count = buckets * each;
  return {
    cpuUs: (spent.user + spent.system) / count,
    decodingUs: decoding() / count,
    heapMb: Math.max(0, heapPeak - heapBefore) / 1e6,
  };
}

function allLive(client: DurableClient<typeof contract>): Promise<void> {
  return new Promise((resolve) => {
    let open = keys.length;
    for (const key of keys)
      client.bucket(key).state.subscribe(({ phase }) => {
        if (phase === "live" && --open === 0) resolve();
      });
  });
}

/** The time that the codec takes for all of it, in µs. */
function decoding(): number {
  const cpu = process.cpuUsage();
  for (const frame of frames) {
    const messages = jsonDurableClientCodec.decode(frame, DEFAULT_WIRE_LIMITS);
    if (typeof messages === "string") throw new Error(messages);
  }
  const { user, system } = process.cpuUsage(cpu);
  return user + system;
}

/** Says each frame a turn later, as a socket does. */
function scriptedServer(...[, , onEvent]: Parameters<OpenTransport>): ReturnType<OpenTransport> {
  const tell = (event: TransportEvent): void => void setImmediate(() => onEvent(event));
  const say = (frame: string): void => {
    if (figure === "cpu") frames.push(frame);
    tell({ type: "frame", frame });
  };
  tell({ type: "opened", subprotocol: JSON_SUBPROTOCOL });
  return {
    bufferedBytes: 0,
    isPaused: false,
    pauseReading: () => {},
    resumeReading: () => {},
    close: () => {},
    send(frame) {
      const said: unknown = JSON.parse(String(frame));
      for (const message of (Array.isArray(said) ? said : [said]) as ClientMessage[])
        for (const answer of answersTo(message)) say(answer);
      return true;
    },
  };
}

function* answersTo(message: ClientMessage): Generator<string> {
  if (message.type === "hello") yield welcome();
  if (message.type === "hello" || message.type === "subscribe")
    yield* subscribed((message.buckets ?? []).map(({ bucket }) => bucket));
  if (message.type !== "fetch") return;
  yield (pages.get(message.bucket as "room:0") ?? "").replace('"id":1,', `"id":${message.id},`);
  if (figure !== "heap" || ++answers % Math.ceil(buckets / 100) !== 0) return;
  gc?.();
  heapPeak = Math.max(heapPeak, process.memoryUsage().heapUsed);
}

function welcome(): string {
  const message: ServerMessage = {
    type: "welcome",
    account: "ada",
    serverTime: 1_800_000_000_000,
    capabilities: ALL_CAPABILITIES,
    limits: DEFAULT_WIRE_LIMITS,
    heartbeat: { minMs: 1_000, maxMs: 30_000 },
    windowMs: 1_000,
    keyRetentionMs: 172_800_000,
  };
  return jsonServerCodec.encode(message);
}

/** Everything by fetches, as far as the log goes: that is the longest way. */
function* subscribed(asked: readonly string[]): Generator<string> {
  const heads = asked.map((bucket) => ({ bucket, epoch: EPOCH, head: each }));
  for (let from = 0; from < heads.length; from += 100) {
    const part = heads.slice(from, from + 100);
    const messages: ServerMessage[] = part.map((head) => ({ type: "subscribed", ...head }));
    messages.push({ type: "heads", heads: part });
    yield jsonServerCodec.join(
      messages.map((message) => jsonServerCodec.encode(message)),
    ) as string;
  }
}
