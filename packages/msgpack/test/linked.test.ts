/** Real clients and a real server that speak MessagePack, linked in memory on a manual clock. */
import { defineTransaction } from "@holdfast/client/durable";
import { bucket, call, defineContract, jsonServerCodec } from "@holdfast/protocol";
import type { Frame } from "@holdfast/protocol";
import { linkedPair } from "@holdfast/testing";
import type { LinkedPair } from "@holdfast/testing";
import { describe, expect, test } from "vitest";

import { msgpackClientCodec, msgpackDurableClientCodec, msgpackServerCodec } from "../src/index.ts";

type Picture = { readonly name: string; readonly pixels: Uint8Array };

const contract = defineContract({
  calls: {
    turn: call<Picture, Picture>(),
    echo: call<unknown, unknown>(),
    send: call<string, number>(),
    show: call<Picture, number>(),
  },
  buckets: { room: bucket<string>(), wall: bucket<Picture>() },
});
const picture: Picture = { name: "é", pixels: Uint8Array.from({ length: 5_000 }, (_, at) => at) };

function pair(limits: object = {}): LinkedPair<typeof contract> {
  return linkedPair({
    contract,
    handlers: {
      turn: ({ name, pixels }) => ({ name, pixels: pixels.toReversed() }),
      echo: (input) => input,
      send: (text, { commit }) => commit((tx) => tx.append("room:1", text).seq),
      show: (input, { commit }) => commit((tx) => tx.append("wall", input).seq),
    },
    buckets: { room: { authorize: () => true }, wall: { authorize: () => true } },
    client: { codec: msgpackClientCodec },
    server: { codecs: [jsonServerCodec, msgpackServerCodec], limits, onError: () => undefined },
  });
}

/** One hears a room in MessagePack, another in JSON. */
async function listeningPair() {
  const own = pair();
  const other = own.addClient();
  const heard: unknown[] = [];
  own.client.subscribe("room:1", ({ data }) => void heard.push(["msgpack", data]));
  other.client.subscribe("room:1", ({ data }) => void heard.push(["json", data]));
  await own.open();
  return { own, other, heard };
}

const asBytes = (value: unknown): Frame => msgpackClientCodec.encode(value as never);

describe("a client and a server", () => {
  test("say bytes to one another, in calls of any size", async () => {
    const own = await pair().open();
    const turned = own.client.call("turn", picture);
    await own.clock.finish(turned);
    expect(await turned).toEqual({ name: "é", pixels: picture.pixels.toReversed() });
    await own.close();
  });

  test("of which one speaks JSON and one MessagePack hear the same updates", async () => {
    const { own, other, heard } = await listeningPair();
    expect(await own.clock.finish(own.client.call("send", "from bytes"))).toBe(1);
    expect(await own.clock.finish(other.client.call("send", "from text"))).toBe(2);
    await own.clock.run(10);
    expect(heard).toHaveLength(4);
    expect(heard).toEqual(
      expect.arrayContaining([
        ["msgpack", "from bytes"],
        ["json", "from bytes"],
        ["msgpack", "from text"],
        ["json", "from text"],
      ]),
    );
    await own.close();
  });

  test("come back to one another after a drop, and calls go on", async () => {
    const own = await pair().open();
    own.link.drop();
    await own.connected();
    const echoed = own.client.call("echo", [null, -1, 0.5, "x"]);
    await own.clock.finish(echoed);
    expect(await echoed).toEqual([null, -1, 0.5, "x"]);
    await own.close();
  });

  test("with transactions and buckets keep what they kept with JSON", async () => {
    const own = pair();
    const send = defineTransaction(contract, "send");
    const { client } = own.addDurableClient({
      codec: msgpackDurableClientCodec,
      transactions: [send],
    });
    await own.open();
    const sent = client.transact(send, "once").result;
    await own.clock.finish(sent);
    expect(await sent).toBe(1);
    expect(own.server.stats.updatesPublished).toBe(1);
    await own.close();
  });
});

describe("bytes where only JSON is kept are refused, not changed", () => {
  test("an update that holds them: its call fails, and nothing is appended", async () => {
    const own = await pair().open();
    const shown = own.client.call("show", picture).catch((error: unknown) => error);
    await own.clock.finish(shown);
    expect(await shown).toMatchObject({ kind: "failed" });
    const published = own.server.publish("wall", picture).catch((error: unknown) => error);
    await own.clock.finish(published);
    expect(await published).toBeInstanceOf(Error);
    expect(own.server.stats.updatesPublished).toBe(0);
    await own.close();
  });

  test("the input of a transaction: it fails at once, and is not stored", async () => {
    const own = pair();
    const turn = defineTransaction(contract, "turn");
    const { client } = own.addDurableClient({
      codec: msgpackDurableClientCodec,
      transactions: [turn],
    });
    await own.open();
    const result = client.transact(turn, picture).result.catch((error: unknown) => error);
    await own.clock.finish(result);
    expect(await result).toMatchObject({ code: "notEncodable" });
    await own.close();
  });
});

describe("half of a surrogate pair, as a text that was cut has it", () => {
  const cut = "\ud83d\ude00".slice(0, 1);

  test("is refused, not changed: a call and a transaction fail, and nothing is sent", async () => {
    const own = pair();
    const send = defineTransaction(contract, "send");
    const { client } = own.addDurableClient({
      codec: msgpackDurableClientCodec,
      transactions: [send],
    });
    await own.open();
    const called = own.client.call("send", cut).catch((error: unknown) => error);
    const sent = client.transact(send, cut).result.catch((error: unknown) => error);
    await own.clock.finish(Promise.all([called, sent]));
    expect(await called).toMatchObject({ kind: "neverSent", code: "notEncodable" });
    expect(await sent).toMatchObject({ code: "notEncodable" });
    expect(own.server.stats.updatesPublished).toBe(0);
    await own.close();
  });

  test("said by somebody in JSON, reaches everybody, and the rest of the log too", async () => {
    const { own, other, heard } = await listeningPair();
    // That one speaks JSON.
    await own.clock.finish(other.client.call("send", cut));
    await own.clock.finish(other.client.call("send", "next"));
    await own.clock.run(10);
    expect(heard).toHaveLength(4);
    expect(heard).toEqual(
      expect.arrayContaining([
        ["msgpack", "\ufffd"],
        ["json", cut],
        ["msgpack", "next"],
        ["json", "next"],
      ]),
    );
    await own.close();
  });
});

describe("a server", () => {
  test.each([
    ["text", '{"type":"ping","nonce":1}'],
    ["bytes that say nothing", Uint8Array.of(0xc1)],
    ["a list of four thousand million elements", Uint8Array.of(0xdd, 255, 255, 255, 255)],
    ["a message that there is not", asBytes({ type: "nonsense" })],
    ["too many levels", new Uint8Array(1_000).fill(0x91)],
  ])(
    "that is sent %s ends the session with a word, and the client comes back",
    async (_, frame) => {
      const own = await pair().open();
      own.link.inject("up", frame);
      await own.clock.runUntil(() => own.client.connection.current.state !== "open");
      expect(own.client.connection.current.lastFailure).toMatchObject({ reason: "refused" });
      await own.connected();
      expect(own.server.stats.refusals).toEqual({ protocolViolation: 1 });
      await own.close();
    },
  );

  test("is spared an input that nests too deep for it, and one of a megabyte costs it no time", async () => {
    const own = await pair({ nesting: 3 }).open();
    const deep = own.client.call("echo", [[[[1]]]]).catch((error: unknown) => error);
    await own.clock.finish(deep);
    expect(await deep).toMatchObject({ kind: "neverSent", code: "notEncodable" });
    const large = own.client.call("echo", [[new Uint8Array(1_000_000)]]);
    const startedAt = performance.now();
    await own.clock.finish(large);
    // A field for each byte would take most of a second.
    expect(performance.now() - startedAt).toBeLessThan(300);
    const [[bytes]] = (await large) as [[Uint8Array]];
    expect(bytes.length).toBe(1_000_000);
    await own.close();
  });

  test("that speaks only JSON refuses the client, which stops", async () => {
    const own = linkedPair({
      contract: defineContract({ calls: {}, buckets: {} }),
      handlers: {},
      client: { codec: msgpackClientCodec },
    });
    own.client.start();
    await own.clock.run(1_000);
    expect(own.client.connection.current.state).toBe("stopped");
    await own.close();
  });
});

test("a client that hears text where bytes are due leaves and comes back", async () => {
  const own = await pair().open();
  own.link.inject("down", '{"type":"pong","nonce":1,"windowMs":1}');
  await own.clock.runUntil(() => own.client.connection.current.state !== "open");
  expect(own.client.connection.current.lastFailure?.reason).toBe("protocolViolated");
  await own.connected();
  await own.close();
});
