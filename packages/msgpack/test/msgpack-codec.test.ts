import { readFileSync } from "node:fs";

import { encode } from "@msgpack/msgpack";
import { DEFAULT_WIRE_LIMITS, EncodeError, jsonServerCodec } from "@holdfast/protocol";
import type { ClientMessage, Codec, Frame, ServerMessage } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import { seededRandom } from "../../client/src/base/random.ts";
import { fullClientMessages, fullServerMessages } from "../../protocol/test/examples.ts";
import {
  MSGPACK_SUBPROTOCOL,
  msgpackClientCodec,
  msgpackDurableClientCodec,
  msgpackServerCodec,
} from "../src/index.ts";

const limits = DEFAULT_WIRE_LIMITS;
const ping = encode({ type: "ping", nonce: 1 });

function faultOf(codec: Codec<unknown, never, Uint8Array>, frame: Frame): string {
  const read = codec.decode(frame, limits);
  return typeof read === "string" ? read : "none";
}

function call(input: unknown): ClientMessage {
  return { type: "call", id: 1, method: "m", input, timeoutMs: 1 };
}

/** Each message of a server's that carries a payload. */
function carrying(data: unknown): ServerMessage[] {
  const run = {
    bucket: "room:1",
    epoch: "e",
    after: 0,
    upTo: 1,
    updates: [{ seq: 1, at: 1, data }],
  };
  return [
    { type: "result", id: 1, output: data },
    { type: "failure", id: 1, code: "own", message: "m", data },
    { type: "updates", ...run },
    { type: "page", id: 1, head: 1, ...run },
  ];
}

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value };
  return value;
};

describe("what one side writes the other reads", () => {
  test.each(Object.values(fullClientMessages))("$type from the client", (message) => {
    const frame = msgpackClientCodec.join([msgpackClientCodec.encode(message)]);
    expect(msgpackServerCodec.decode(frame, limits)).toEqual([message]);
  });

  test.each(Object.values(fullServerMessages))("$type from the server", (message) => {
    const frame = msgpackServerCodec.join([msgpackServerCodec.encode(message)]);
    expect(msgpackDurableClientCodec.decode(frame, limits)).toEqual([message]);
  });

  test.each([2, 15, 16, 17, 256])("%d messages of one tick travel as one array", (count) => {
    const message = { type: "pong", nonce: 1, windowMs: 100 } as const;
    const parts = Array.from({ length: count }, () => msgpackServerCodec.encode(message));
    const frame = msgpackServerCodec.join(parts);
    expect(msgpackClientCodec.decode(frame, limits)).toEqual(parts.map(() => message));
    const bytes = parts.reduce((sum, part) => sum + msgpackServerCodec.sizeOf(part), count + 1);
    expect(frame.length).toBeLessThanOrEqual(bytes);
  });

  test("more parts than any limit allows by default are an array too", () => {
    const parts = Array.from({ length: 65_536 }, () => ping);
    const many = { ...limits, frameBytes: 2 ** 24, messagesPerFrame: 65_536 };
    expect(msgpackServerCodec.decode(msgpackClientCodec.join(parts), many)).toHaveLength(65_536);
  });

  test("bytes in payloads arrive as bytes, wherever payloads stand", () => {
    const data = {
      image: Uint8Array.from({ length: 300 }, (_, index) => index % 256),
      tags: [null],
    };
    for (const message of carrying(data)) {
      const frame = msgpackServerCodec.encode(message);
      expect(msgpackDurableClientCodec.decode(frame, limits)).toEqual([message]);
    }
    const frame = msgpackClientCodec.encode(call(data));
    expect(msgpackServerCodec.decode(frame, limits)).toEqual([call(data)]);
  });
});

describe("a server without MessagePack refuses in JSON", () => {
  const refusal: ServerMessage = { type: "refuse", action: "stop", code: "unsupportedVersion" };
  const text = JSON.stringify(refusal);

  test("which a client reads, and a server does not", () => {
    expect(msgpackClientCodec.decode(text, limits)).toEqual([refusal]);
    expect(msgpackDurableClientCodec.decode(text, limits)).toEqual([refusal]);
    expect(msgpackServerCodec.decode(text, limits)).toBe("wrongFrameKind");
  });

  test.each([
    ["another message", '{"type":"pong","nonce":1,"windowMs":0}'],
    ["a refusal in company", `[${text},${text}]`],
    ["what is no JSON", "refuse"],
  ])("but no other text: %s", (_, frame) => {
    expect(msgpackClientCodec.decode(frame, limits)).toBe("wrongFrameKind");
  });
});

describe("a bad frame is a word, on both sides", () => {
  const large = new Uint8Array(limits.frameBytes + 1);
  test.each<[string, Frame, string]>([
    ["text where binary is due", '{"type":"ping","nonce":1}', "wrongFrameKind"],
    ["nothing", new Uint8Array(), "notParseable"],
    ["half a message", ping.subarray(0, -1), "notParseable"],
    ["two messages without an array", Uint8Array.of(...ping, ...ping), "notParseable"],
    ["a frame of no messages", encode([]), "notParseable"],
    ["a date", encode({ type: "ping", nonce: 1, at: new Date() }), "notParseable"],
    ["more bytes than the limit", large, "tooLarge"],
    ["nesting beyond any payload", encode(nested(37)), "tooDeep"],
    [
      "a prototype key",
      Uint8Array.of(0x81, 0xa9, ...Buffer.from("__proto__"), 0x80),
      "prototypeKey",
    ],
    ["no object", encode(5), "unknownType"],
    ["null", encode(null), "unknownType"],
    ["bytes", encode(ping), "unknownType"],
    ["an array in an array", encode([[{ type: "ping", nonce: 1 }]]), "unknownType"],
    ["no type", encode({}), "unknownType"],
    ["a type named like a method of objects", encode({ type: "constructor" }), "unknownType"],
    ["a type of bytes", encode({ type: Buffer.from("ping") }), "unknownType"],
    ["257 messages", encode(Array.from({ length: 257 }, () => 0)), "tooManyMessages"],
  ])("%s", (_, frame, fault) => {
    expect(faultOf(msgpackServerCodec, frame)).toBe(fault);
    expect(faultOf(msgpackClientCodec, frame)).toBe(fault);
  });

  test.each([-1, 0.5, 2 ** 53, "1", null, [1], Uint8Array.of(1)])("a count of %s", (nonce) => {
    const fault = faultOf(msgpackServerCodec, encode({ type: "ping", nonce }));
    expect(fault).toBe("badField ping.nonce");
  });

  test("more levels than the stack holds, where the limits allow them", () => {
    const deep = new Uint8Array(2 ** 20).fill(0x91);
    const unlimited = { ...limits, nesting: Infinity };
    expect(msgpackServerCodec.decode(deep, unlimited)).toBe("notParseable");
  });
});

describe("what an application may pass that cannot be written fails alone, with a typed error", () => {
  const throwing = {
    toJSON: () => {
      throw new TypeError("s3cret");
    },
  };
  const cycle: unknown[] = [];
  cycle.push(cycle, cycle);
  test.each([
    ["a cycle", cycle, "notEncodable"],
    ["a bigint", 1n, "notEncodable"],
    ["a toJSON that throws", throwing, "notEncodable"],
    ["33 levels", nested(33), "tooDeep"],
    ["a prototype key", JSON.parse('{"__proto__":1}'), "prototypeKey"],
  ])("%s", (_, data, code) => {
    for (const encodeIt of [
      ...carrying(data).map((message) => () => msgpackServerCodec.encode(message)),
      () => msgpackClientCodec.encode(call(data)),
    ]) {
      expect(encodeIt).toThrow(EncodeError);
      expect(encodeIt).toThrow(expect.objectContaining({ code }));
      expect(encodeIt).not.toThrow("s3cret");
    }
  });

  test("32 levels are written wherever the payload stands, and more where the server allows more", () => {
    for (const message of carrying(nested(32))) {
      const frame = msgpackServerCodec.encode(message);
      expect(msgpackDurableClientCodec.decode(frame, limits)).toEqual([message]);
    }
    for (const message of carrying(nested(40)))
      expect(msgpackServerCodec.encode(message, 40)).toBeTruthy();
  });

  test("messages without a payload are written where payloads may not nest at all", () => {
    for (const message of Object.values(fullServerMessages))
      if (!carrying(1).some(({ type }) => type === message.type))
        expect(msgpackServerCodec.encode(message, 0)).toBeTruthy();
  });

  test("a toJSON that encodes a message itself spoils neither", () => {
    const inner = { toJSON: () => String(msgpackClientCodec.encode(call("inner"))[0]) };
    const frame = msgpackClientCodec.encode(call([inner, "outer"]));
    const [read] = msgpackServerCodec.decode(frame, limits) as readonly ClientMessage[];
    expect(read).toMatchObject({ input: ["133", "outer"] });
  });
});

test("a client that does not speak `log` reads none of its messages", () => {
  const frame = msgpackServerCodec.encode(fullServerMessages.heads);
  expect(faultOf(msgpackClientCodec, frame)).toBe("unknownType");
  expect(faultOf(msgpackDurableClientCodec, frame)).toBe("none");
});

test("a frame is smaller than its JSON", () => {
  const bytes = msgpackServerCodec.encode(fullServerMessages.updates).length;
  const { length } = jsonServerCodec.encode(fullServerMessages.updates);
  expect(bytes).toBeLessThan(length * 0.85);
  expect(MSGPACK_SUBPROTOCOL).toBe("holdfast.v1.msgpack");
});

test("30,000 mangled frames: nothing is thrown, and what is read has a type of its direction", () => {
  const random = seededRandom(5);
  const below = (count: number): number => Math.floor(random() * count);
  const seeds = [...Object.values(fullClientMessages), ...Object.values(fullServerMessages)];
  const frames = seeds.map((message) => encode(message));
  const types = [Object.keys(fullClientMessages), Object.keys(fullServerMessages)];
  const verdicts = new Map<string, number>();
  for (let count = 0; count < 30_000; count++) {
    const own = Uint8Array.from(frames[below(frames.length)] ?? []);
    for (let edits = below(4); edits >= 0; edits--) own[below(own.length)] = below(256);
    const other = frames[below(frames.length)] ?? own;
    const frame =
      [own, own.subarray(below(own.length)), Buffer.concat([own, other])][below(3)] ?? own;
    for (const [side, codec] of [msgpackServerCodec, msgpackDurableClientCodec].entries()) {
      const read = codec.decode(frame, limits);
      const verdict = typeof read === "string" ? (read.split(" ")[0] ?? "") : "messages";
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      if (typeof read === "string") continue;
      for (const { type } of read) expect(types[side]).toContain(type);
    }
  }
  for (const verdict of ["messages", "badField", "notParseable", "unknownType"])
    expect(verdicts.get(verdict), verdict).toBeGreaterThan(50);
});

test("the frames that PROTOCOL.md §2.5 shows are read, and are what is written", () => {
  const text = readFileSync(new URL("../../../PROTOCOL.md", import.meta.url), "utf8");
  const block = /### 2\.5 [\s\S]*?```text\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
  const frames = block.split("\n\n").map((shown) => {
    const words = shown.trim().split(" ");
    return Buffer.concat(
      words.map((word) => Buffer.from(word, /^[\da-f]{2}$/.test(word) ? "hex" : "utf8")),
    );
  });
  const messages: readonly ClientMessage[] = [
    { type: "ping", nonce: 1 },
    { type: "call", id: 1, method: "image.put", input: Uint8Array.of(1, 2, 3), timeoutMs: 15_000 },
  ];
  expect(frames.map((frame) => msgpackServerCodec.decode(frame, limits))).toEqual(
    messages.map((message) => [message]),
  );
  expect(messages.map((message) => Buffer.from(msgpackClientCodec.encode(message)))).toEqual(
    frames,
  );
});
