/** What a TypeScript app on Node imports: all that runs there. Compiled, without DOM types. */
import { createServer } from "node:http";

import { Cell, RealtimeClient } from "@holdfast/client";
import { defineTransaction, DurableClient } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";
import { nodePlatform } from "@holdfast/client/node";
import { sqliteStore as clientSqlite } from "@holdfast/client/sqlite";
import { msgpackClientCodec, msgpackServerCodec } from "@holdfast/msgpack";
import { call, defineContract, jsonServerCodec } from "@holdfast/protocol";
import { RealtimeServer } from "@holdfast/server";
import { sqliteStore } from "@holdfast/server/sqlite";
import { attach } from "@holdfast/server/use/ws";
import { WebSocket } from "ws";

const contract = defineContract({ calls: { greet: call<string, string>() }, buckets: {} });

export const server = new RealtimeServer({
  contract,
  store: sqliteStore({ path: ":memory:" }),
  codecs: [jsonServerCodec, msgpackServerCodec],
  authenticate: ({ token = "" }) => ({ account: token }),
  handlers: { greet: (name) => `Hello, ${name}` },
});
attach(createServer(), server);

const credentials = { identity: new Cell<string | null>("ann"), token: async () => "ann" };
const options = { url: "ws://localhost:1/realtime", contract, credentials };
const platform = nodePlatform({ WebSocket });

export const client = new RealtimeClient({ ...options, platform, codec: msgpackClientCodec });
export const greeting: Promise<string> = client.call("greet", "Ann");

const greet = defineTransaction(contract, "greet");
export const durable = new DurableClient({ ...options, platform, store: memoryStore() });
export const stored = new DurableClient({
  ...options,
  store: clientSqlite({ database: "a.sqlite" }),
});
export const result: Promise<string> = durable.transact(greet, "Ann").result;
