/** What an app in a page imports: compiled by each compiler, and bundled by Vite. */
import { Cell, RealtimeClient } from "@holdfast/client";
import { connectionDisplay } from "@holdfast/client/display";
import { DurableClient } from "@holdfast/client/durable";
import { indexedDbStore } from "@holdfast/client/indexed-db";
import { exportTrace } from "@holdfast/client/trace";
import { webPlatform } from "@holdfast/client/web";
import { msgpackDurableClientCodec } from "@holdfast/msgpack";
import { bucket, call, defineContract } from "@holdfast/protocol";
import * as hooks from "@holdfast/react";
import * as inspector from "@holdfast/inspector";

const contract = defineContract({
  calls: { greet: call<string, string>() },
  buckets: { room: bucket<{ text: string }>() },
});
const options = {
  url: "wss://example.com/realtime",
  contract,
  credentials: { identity: new Cell<string | null>("ann"), token: async () => "ann" },
  platform: webPlatform(),
};

const plain = new RealtimeClient(options);
const durable = new DurableClient({
  ...options,
  store: indexedDbStore(),
  codec: msgpackDurableClientCodec,
});
const text: Promise<string> = plain.call("greet", "Ann");
plain.subscribe("room:1", ({ data }) => console.log(data.text));

console.log(text, durable, connectionDisplay(plain.state), exportTrace(plain), hooks, inspector);
