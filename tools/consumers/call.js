/** What a JavaScript app on Node does: serves, connects, and makes one call. */
import { createServer } from "node:http";

import { Cell, RealtimeClient } from "@holdfast/client";
import { nodePlatform } from "@holdfast/client/node";
import { msgpackClientCodec, msgpackServerCodec } from "@holdfast/msgpack";
import { call, defineContract } from "@holdfast/protocol";
import { RealtimeServer } from "@holdfast/server";
import { attach } from "@holdfast/server/use/ws";
import { WebSocket } from "ws";

const contract = defineContract({ calls: { greet: call() }, buckets: {} });
const server = new RealtimeServer({
  contract,
  codecs: [msgpackServerCodec],
  authenticate: ({ token }) => ({ account: token }),
  handlers: { greet: (bytes) => bytes.length },
});
const http = createServer();
attach(http, server);
await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));

const client = new RealtimeClient({
  url: `ws://127.0.0.1:${http.address().port}/realtime`,
  contract,
  credentials: { identity: new Cell("ann"), token: async () => "ann" },
  platform: nodePlatform({ WebSocket }),
  codec: msgpackClientCodec,
});
client.start();
console.log(await client.call("greet", Uint8Array.of(1, 2, 3)));
client.close();
await server.close({ windowMs: 0, graceMs: 0 });
http.close();
