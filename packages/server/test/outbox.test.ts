import { DEFAULT_WIRE_LIMITS, EncodeError, jsonServerCodec } from "@holdfast/protocol";
import type { ServerMessage, WireLimits } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import { Outbox, SharedMessage } from "../src/outbox.ts";
import type { ServerCodec } from "../src/outbox.ts";

const outbox = (limits: Partial<WireLimits> = {}): Outbox =>
  new Outbox(jsonServerCodec, { ...DEFAULT_WIRE_LIMITS, ...limits });
const pong = (nonce: number): ServerMessage => ({ type: "pong", nonce, windowMs: 1 });
const none = (): void => undefined;
const read = (box: Outbox): unknown[] => box.take().map((frame) => JSON.parse(String(frame)));

test("what is said together leaves in one frame, in order, and once", () => {
  const box = outbox();
  box.add(pong(1));
  expect(read(box)).toEqual([pong(1)]);
  box.add(pong(2));
  box.addShared(new SharedMessage(pong(3)));
  expect(read(box)).toEqual([[pong(2), pong(3)]]);
  expect(read(box)).toEqual([]);
});

test("a frame holds no more messages than the limit", () => {
  const box = outbox({ messagesPerFrame: 2 });
  for (let nonce = 0; nonce < 5; nonce++) box.add(pong(nonce));
  expect(read(box)).toEqual([[pong(0), pong(1)], [pong(2), pong(3)], pong(4)]);
});

test("a frame holds no more bytes than the limit, to the byte", () => {
  const size = JSON.stringify(pong(1)).length;
  for (const [frameBytes, frames] of [
    [2 * size + 3, 1],
    [2 * size + 2, 2],
  ] as const) {
    const box = outbox({ frameBytes });
    box.add(pong(1));
    box.add(pong(2));
    const taken = box.take();
    expect(taken).toHaveLength(frames);
    for (const frame of taken) expect(String(frame).length).toBeLessThanOrEqual(frameBytes);
  }
});

describe("an answer that cannot be sent", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 40; i++) deep = [deep];

  test.each<[string, unknown, string]>([
    ["too large", "x".repeat(500), "tooLarge"],
    ["too deep", deep, "tooLarge"],
    ["a BigInt", 1n, "badOutput"],
    ["a prototype key", JSON.parse('{"__proto__":1}'), "badOutput"],
  ])("%s becomes a failure", (_, output, code) => {
    const box = outbox({ frameBytes: 400 });
    expect(box.add({ type: "result", id: 4, output })).toBeInstanceOf(EncodeError);
    expect(read(box)).toMatchObject([{ type: "failure", id: 4, code }]);
  });

  test("a failure whose data is the trouble loses the data", () => {
    const box = outbox();
    const message = { type: "failure", id: 1, code: "own", message: "m", data: 1n } as const;
    expect(box.add(message)).toBeInstanceOf(EncodeError);
    expect(read(box)).toEqual([
      { type: "failure", id: 1, code: "badOutput", message: "the failure's data cannot be sent" },
    ]);
  });

  test("any other message that cannot be sent is our own bug", () => {
    const message: ServerMessage = { type: "goAway", windowMs: 1n as unknown as number };
    expect(() => outbox().add(message)).toThrow(EncodeError);
  });
});

test("a shared message is encoded once for each codec", () => {
  let encoded = 0;
  const counting = (): ServerCodec => ({
    ...jsonServerCodec,
    encode: (message) => {
      encoded++;
      return jsonServerCodec.encode(message);
    },
    sizeOf: (part) => String(part).length,
    join: (parts) => parts.join(","),
  });
  const [one, two] = [counting(), counting()];
  const message = new SharedMessage(pong(1));
  for (let i = 0; i < 100; i++) new Outbox(one, DEFAULT_WIRE_LIMITS).addShared(message);
  expect(encoded).toBe(1);
  new Outbox(two, DEFAULT_WIRE_LIMITS).addShared(message);
  expect(encoded).toBe(2);
});

describe("a page that is larger in its codec than in the store", () => {
  const updates = Array.from({ length: 8 }, (_, i) => ({
    seq: i + 1,
    at: 1,
    data: "x".repeat(99),
  }));
  const page = {
    type: "page",
    bucket: "b",
    epoch: "e",
    after: 0,
    upTo: 8,
    updates,
    head: 8,
  } as const;

  test("is said as far as a frame holds it, and the client asks for the rest", () => {
    const box = outbox({ frameBytes: 400 });
    const said = box.addPage(page, none);
    expect(said).toEqual({ ...page, upTo: 2, updates: updates.slice(0, 2) });
    expect(read(box)).toEqual([said]);
    const wide = outbox();
    expect(wide.addPage(page, none)).toBe(page);
  });

  test("is not said unasked", () => {
    const box = outbox({ frameBytes: 400 });
    expect(box.addWithin(page, 1_048_576)).toBe(0);
    expect(read(box)).toEqual([]);
  });

  test("is said without an update that no frame can hold, and its number is told", () => {
    const box = outbox({ frameBytes: 250 });
    const large = { seq: 1, at: 1, data: "x".repeat(300) };
    const leftOut: number[] = [];
    const said = box.addPage({ ...page, updates: [large, ...updates.slice(1)] }, (seq) =>
      leftOut.push(seq),
    );
    expect(said).toEqual({ ...page, upTo: 1, updates: [], skipped: [[1, 1]] });
    expect([read(box), leftOut]).toEqual([[said], [1]]);
  });

  test("is said at once without all that nest too deep, and with what was skipped before", () => {
    const box = outbox({ nesting: 1 });
    const deep = updates.map((update) =>
      update.seq % 3 === 0 ? { ...update, data: [[1]] } : update,
    );
    const leftOut: number[] = [];
    const given = { ...page, updates: deep.slice(1), skipped: [[1, 1]] } as const;
    const said = box.addPage(given, (seq) => leftOut.push(seq));
    expect(said).toMatchObject({
      upTo: 8,
      updates: [{ seq: 2 }, { seq: 4 }, { seq: 5 }, { seq: 7 }, { seq: 8 }],
      skipped: [
        [1, 1],
        [3, 3],
        [6, 6],
      ],
    });
    expect(leftOut).toEqual([3, 6]);
  });

  test("is our own fault where not even a page of nothing fits", () => {
    expect(() => outbox({ frameBytes: 60 }).addPage(page, none)).toThrow(EncodeError);
  });
});

test("a push that a frame cannot hold, or that cannot be written, is not added", () => {
  let tries = 0;
  const refusing: ServerCodec = {
    ...jsonServerCodec,
    encode: () => {
      tries++;
      throw new EncodeError("notEncodable");
    },
    sizeOf: () => 0,
    join: () => "",
  };
  const message = new SharedMessage(pong(1));
  const box = outbox({ frameBytes: 20 });
  expect([box.addShared(message), read(box)]).toEqual([0, []]);
  for (let i = 0; i < 3; i++) {
    expect(new Outbox(refusing, DEFAULT_WIRE_LIMITS).addShared(message)).toBe(0);
  }
  expect(tries).toBe(1);
});
