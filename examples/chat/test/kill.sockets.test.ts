/** The demo as its own process, killed without a word, and started again on the same data. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { Cell, waitFor } from "@holdfast/client";
import { DurableClient } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";
import { nodePlatform } from "@holdfast/client/node";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";

import { contract, ROOM, type ChatContract } from "../src/contract.ts";
import { Conversation } from "../src/page/conversation.ts";
import { buildPage } from "./support/built-page.ts";
import { DataFolder } from "./support/data-folder.ts";

let data: DataFolder;
const clients: DurableClient<ChatContract>[] = [];
let server: ChildProcess;

beforeEach(() => {
  data = new DataFolder();
});

beforeAll(() => buildPage());

afterEach(async () => {
  for (const client of clients) {
    client.close();
    await client.closed;
  }
  await kill();
  data.remove();
});

/** Starts the demo's command; resolves with where it listens. */
async function start(port: string): Promise<string> {
  const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
  const env = { ...process.env, PORT: port, HOLDFAST_CHAT_DATA: data.path };
  const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "inherit"] });
  server = child;
  let said = "";
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += String(chunk);
    const [, url] = /at (http:\S+)/.exec(said) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`The demo did not start: ${said}`);
}

async function kill(): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, "exit");
  server.kill("SIGKILL");
  await gone;
}

/** A client as the page makes them, but for the platform. */
function join(url: string, name: string) {
  const account = `${name.toLowerCase()}-0123abcd`;
  const conversation: Conversation = new Conversation((signal) =>
    client.call("room.epoch", undefined, { signal }),
  );
  const client: DurableClient<ChatContract> = new DurableClient({
    contract,
    url: `${url.replace("http", "ws")}realtime?client=${account}`,
    platform: nodePlatform({ WebSocket }),
    store: memoryStore(),
    transactions: [conversation.sendMessage],
    buckets: { room: conversation.hooks },
    credentials: {
      identity: new Cell<string | null>(account),
      token: async ({ signal }) => {
        const response = await fetch(new URL("/api/token", url), {
          method: "POST",
          headers: { "content-type": "application/json", origin: new URL(url).origin },
          body: JSON.stringify({ account, name }),
          signal,
        });
        return ((await response.json()) as { readonly token: string }).token;
      },
    },
  });
  clients.push(client);
  client.accountStore.subscribe((store) => conversation.follow(store?.documents));
  client.pending.subscribe((pending) => conversation.showPending(pending));
  client.bucket(ROOM).open();
  client.start();
  const reads = (texts: readonly string[]): Promise<unknown> =>
    waitFor(conversation.view, ({ messages, unsent }) => {
      const shown = messages.map(({ text }) => text);
      return unsent.length === 0 && JSON.stringify(shown) === JSON.stringify(texts);
    });
  const say = (text: string): void => void client.transact(conversation.sendMessage, { text });
  return { client, say, reads };
}

test("a server that is killed and started again has everything, and what was said meanwhile comes once (B29)", async () => {
  const url = await start("0");
  const ann = join(url, "Ann");
  const before = ["one", "two", "three"];
  for (const text of before) ann.say(text);
  await ann.reads(before);
  await kill();
  const meanwhile = ["four", "five"];
  for (const text of meanwhile) ann.say(text);
  await start(new URL(url).port);
  await ann.reads([...before, ...meanwhile]);
  // Somebody new reads the same, from a server that was killed once more, over what it had sent.
  ann.say("six");
  await kill();
  await start(new URL(url).port);
  const all = [...before, ...meanwhile, "six"];
  await ann.reads(all);
  await join(url, "Ben").reads(all);
  expect(await data.texts()).toEqual(all);
});

test("a server whose file was deleted begins a new room, and who knew the old one begins with it (Y4)", async () => {
  const url = await start("0");
  const ann = join(url, "Ann");
  for (const text of ["one", "two"]) ann.say(text);
  await ann.reads(["one", "two"]);
  await kill();
  data.remove();
  ann.say("three");
  await start(new URL(url).port);
  await ann.reads(["three"]);
  await join(url, "Ben").reads(["three"]);
});
