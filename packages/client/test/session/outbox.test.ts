import { DEFAULT_WIRE_LIMITS, jsonClientCodec } from "@holdfast/protocol";
import type { WireLimits } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";
import { FakeTransport } from "../../../testing/src/fake-transport.ts";
import { ManualClock } from "../../../testing/src/manual-clock.ts";
import { Calls } from "../../src/session/calls.ts";
import { Outbox, SEND_HARD_MARK, SEND_SOFT_MARK, SEND_STALL_MS } from "../../src/session/outbox.ts";
import type { OutboxOptions } from "../../src/session/outbox.ts";
import { failure, isSettled, tick } from "./session-harness.ts";

type Codec = OutboxOptions["codec"];

function harness(limits: Partial<WireLimits> = {}, codec: Codec = jsonClientCodec) {
  const clock = new ManualClock();
  const transport = new FakeTransport("ws://server", [], () => {});
  const calls = new Calls(clock);
  const reports: string[] = [];
  const outbox = new Outbox({ clock, codec, calls }, transport, (fact, detail) => {
    reports.push(detail ? `${fact} ${detail}` : fact);
    if (fact === "sendFailed") outbox.close();
  });
  const open = (): void => outbox.open({ ...DEFAULT_WIRE_LIMITS, ...limits }, true);
  const call = (input?: unknown): Promise<unknown> => {
    const promise = calls.call("m", input);
    promise.catch(() => {});
    return promise;
  };
  const framesOf = (): string[][] =>
    transport.frames.map((frame) =>
      [JSON.parse(String(frame)) as { type: string }].flat().map(({ type }) => type),
    );
  return { clock, transport, calls, outbox, open, call, framesOf, reports };
}

describe("frames", () => {
  test("what is said in one tick travels in one frame", async () => {
    const { open, call, framesOf } = harness();
    open();
    for (let made = 0; made < 64; made++) void call();
    await tick();
    expect(framesOf().map((types) => types.length)).toEqual([64]);
  });

  test("a single call is alone in its frame, and leaves at the end of the tick", async () => {
    const { open, call, transport } = harness();
    open();
    await tick();
    void call(1);
    expect(transport.frames).toEqual([]);
    await Promise.resolve();
    expect(transport.frames.length).toBe(1);
    expect(JSON.parse(String(transport.frames[0]))).toMatchObject({ type: "call", input: 1 });
  });

  test("what the awaiters of one frame's answers say next travels in one frame", async () => {
    const { open, calls, call, framesOf } = harness();
    open();
    const worker = async (): Promise<void> => {
      for (let round = 0; round < 3; round++) await call();
    };
    const ids: number[] = [];
    const take = calls.take.bind(calls);
    calls.take = () => {
      const taken = take();
      if (taken) ids.push(taken.id);
      return taken;
    };
    const workers = Array.from({ length: 8 }, worker);
    for (let round = 0; round < 3; round++) {
      await tick();
      for (const id of ids.splice(0)) calls.answer(id, { type: "result", id });
    }
    await Promise.all(workers);
    expect(framesOf().map((types) => types.length)).toEqual([8, 8, 8]);
  });

  test("pings, cancels and tokens go first, then subscriptions, then calls", async () => {
    const { open, call, outbox, framesOf } = harness();
    open();
    void call();
    outbox.say({ type: "subscribe", buckets: [] });
    outbox.sayFirst({ type: "ping", nonce: 1 });
    await tick();
    expect(framesOf()).toEqual([["ping", "subscribe", "call"]]);
  });

  test("a frame holds no more messages than the server takes", async () => {
    const { open, call, framesOf } = harness({ messagesPerFrame: 3 });
    open();
    for (let made = 0; made < 7; made++) void call();
    await tick();
    expect(framesOf().map((types) => types.length)).toEqual([3, 3, 1]);
  });

  test("a frame is no larger than the server takes, and no call is lost at the border", async () => {
    const { open, call, transport } = harness({ frameBytes: 400 });
    open();
    for (let made = 0; made < 20; made++) void call("é".repeat(made));
    await tick();
    expect(transport.frames.length).toBeGreaterThan(1);
    for (const frame of transport.frames) {
      expect(new TextEncoder().encode(String(frame)).length).toBeLessThanOrEqual(400);
    }
    const inputs = transport.said.map((message) => message.type === "call" && message.input);
    expect(inputs).toEqual(Array.from({ length: 20 }, (_, made) => "é".repeat(made)));
  });

  test("a limit of nothing still lets messages through, one by one", async () => {
    const { open, call, framesOf } = harness({ messagesPerFrame: 0 });
    open();
    void call();
    void call();
    await tick();
    expect(framesOf()).toEqual([["call"], ["call"]]);
  });

  test("a call tells the server what is left of its deadline", async () => {
    const { open, call, clock, transport } = harness();
    void call();
    clock.advance(4_000.5);
    open();
    await tick();
    expect(transport.said).toMatchObject([{ type: "call", timeoutMs: 11_000 }]);
  });
});

describe("draining", () => {
  test("writes no more calls, and reports when none is in flight", async () => {
    const { open, call, calls, outbox, reports, transport } = harness();
    open();
    void call();
    await tick();
    outbox.drain();
    void call();
    await tick();
    expect([transport.said.length, reports]).toEqual([1, []]);
    const [said] = transport.said;
    if (said?.type === "call") calls.answer(said.id, { type: "result", id: said.id });
    await tick();
    expect([transport.said.length, reports]).toEqual([1, ["drained"]]);
  });

  test("of a closed outbox reports nothing", async () => {
    const { open, outbox, reports } = harness();
    open();
    outbox.drain();
    outbox.close();
    await tick();
    expect(reports).toEqual([]);
  });
});

describe("before the welcome", () => {
  test("only what is urgent is written; the rest follows when the session opens", async () => {
    const { open, call, outbox, framesOf } = harness();
    void call();
    outbox.say({ type: "subscribe", buckets: [] });
    outbox.sayFirst({ type: "ping", nonce: 1 });
    await tick();
    expect(framesOf()).toEqual([["ping"]]);
    open();
    await tick();
    expect(framesOf()).toEqual([["ping"], ["subscribe", "call"]]);
  });
});

describe("what cannot be written", () => {
  test("a call larger than a frame fails, never sent, and others go on", async () => {
    const { open, call, framesOf } = harness({ frameBytes: 200 });
    open();
    const large = call("x".repeat(200));
    void call();
    await tick();
    expect(await failure(large)).toMatchObject({
      kind: "tooLarge",
      mayHaveRun: false,
      retryable: false,
    });
    expect(framesOf()).toEqual([["call"]]);
  });

  test("no frame passes the hard mark, whatever the server would take", async () => {
    const { open, call, framesOf } = harness({ frameBytes: 100 * SEND_HARD_MARK });
    open();
    expect(await failure(call("x".repeat(SEND_HARD_MARK)))).toMatchObject({ kind: "tooLarge" });
    expect(framesOf()).toEqual([]);
  });

  test("a call that nests deeper than the server takes fails, and the session goes on", async () => {
    const { open, call, framesOf } = harness({ nesting: 2 });
    open();
    const deep = call([[["three"]]]);
    void call([["two"]]);
    await tick();
    expect(await failure(deep)).toMatchObject({ kind: "neverSent", mayHaveRun: false });
    expect(framesOf()).toEqual([["call"]]);
  });

  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  test.each([
    ["a cycle", cyclic],
    ["a BigInt", 1n],
  ])("%s fails this call alone", async (_name, input) => {
    const { open, call, framesOf, reports } = harness();
    open();
    const bad = call(input);
    void call();
    await tick();
    expect(await failure(bad)).toMatchObject({
      kind: "neverSent",
      code: "notEncodable",
      mayHaveRun: false,
      retryable: false,
    });
    expect(framesOf()).toEqual([["call"]]);
    expect(reports).toEqual([]);
  });

  test("what is said of the session itself is reported, and no call is lost to it", async () => {
    const codec: Codec = {
      ...jsonClientCodec,
      encode: (message, nesting) => {
        if (message.type === "token") throw new RangeError("half a pair");
        return jsonClientCodec.encode(message, nesting);
      },
    };
    const { outbox, open, call, calls, framesOf, reports } = harness({}, codec);
    open();
    outbox.sayFirst({ type: "token", token: "\ud800" });
    const waiting = call();
    await tick();
    expect(reports).toEqual(["sendFailed notEncodable"]);
    expect([framesOf(), calls.waiting, await isSettled(waiting)]).toEqual([[], 1, false]);
  });

  test("a call that is aborted before the end of the tick is never sent", async () => {
    const { open, calls, framesOf } = harness();
    open();
    const controller = new AbortController();
    const promise = calls.call("m", 1, { signal: controller.signal });
    controller.abort();
    await tick();
    expect(await failure(promise)).toMatchObject({ kind: "aborted", mayHaveRun: false });
    expect(framesOf()).toEqual([]);
  });
});

describe("the server's limit of executing calls", () => {
  test("of none lets calls through, one by one", async () => {
    const { open, calls, call, framesOf } = harness({ callsExecuting: 0 });
    open();
    void call();
    void call();
    await tick();
    expect([framesOf(), calls.inFlight, calls.waiting]).toEqual([[["call"]], 1, 1]);
  });

  test("holds calls back, unwritten, until answers make room", async () => {
    const { open, call, calls, transport } = harness({ callsExecuting: 2 });
    open();
    for (let made = 0; made < 5; made++) void call();
    await tick();
    expect([transport.said.length, calls.waiting]).toEqual([2, 3]);
    const first = transport.said[0];
    if (first?.type === "call") calls.answer(first.id, { type: "result", id: first.id });
    await tick();
    expect([transport.said.length, calls.waiting]).toEqual([3, 2]);
  });
});

describe("the send buffer", () => {
  test("above the soft mark only what is urgent is written, until it drains", async () => {
    const { open, call, calls, clock, outbox, transport, framesOf } = harness();
    open();
    transport.bufferedBytes = SEND_SOFT_MARK + 1;
    void call();
    const room = calls.room();
    outbox.sayFirst({ type: "ping", nonce: 1 });
    await tick();
    expect(framesOf()).toEqual([["ping"]]);
    expect(await isSettled(room)).toBe(false);
    transport.bufferedBytes = SEND_SOFT_MARK;
    clock.advance(100);
    expect(framesOf()).toEqual([["ping"], ["call"]]);
    expect(await isSettled(room)).toBe(true);
    expect(calls.inFlight).toBe(1);
  });

  test("that stays full is reported once, after a while; and again after it had drained", async () => {
    const { open, call, clock, transport, reports } = harness();
    open();
    const fill = async (): Promise<void> => {
      transport.bufferedBytes = SEND_SOFT_MARK + 1;
      void call();
      await tick();
    };
    await fill();
    clock.advance(SEND_STALL_MS - 1);
    expect(reports).toEqual([]);
    clock.advance(5_000);
    expect(reports).toEqual(["sendStalled"]);
    transport.bufferedBytes = 0;
    clock.advance(100);
    await fill();
    clock.advance(5_000);
    expect(reports).toEqual(["sendStalled", "sendStalled"]);
  });

  test("that shrinks, however slowly, is life", async () => {
    const { open, call, clock, transport, reports } = harness();
    open();
    transport.bufferedBytes = SEND_SOFT_MARK + 10;
    void call();
    await tick();
    for (let step = 0; step < 9; step++) {
      transport.bufferedBytes--;
      clock.advance(SEND_STALL_MS - 100);
    }
    expect(reports).toEqual([]);
  });

  test("is not watched when nothing waits for it", async () => {
    const { open, call, calls, clock, transport } = harness();
    open();
    transport.bufferedBytes = SEND_SOFT_MARK + 1;
    const promise = calls.call("m", 1, { timeoutMs: 50 });
    await tick();
    expect(clock.pending).toBe(2);
    clock.advance(100);
    expect(await failure(promise)).toMatchObject({ kind: "timedOut", mayHaveRun: false });
    expect(clock.pending).toBe(0);
    void call();
  });
});

describe("a transport that does not take a frame", () => {
  test("that throws is reported, and its calls wait on", async () => {
    const { open, call, calls, transport, reports } = harness();
    open();
    const sent = call();
    await tick();
    transport.accepts = new Error("secret");
    const unsent = call();
    await tick();
    expect(reports).toEqual(["sendFailed"]);
    expect(await failure(sent)).toMatchObject({ kind: "outcomeUnknown" });
    expect(await isSettled(unsent)).toBe(false);
    expect(calls.waiting).toBe(1);
  });

  test("that is closing says the rest itself: its calls wait on, and no more is tried", async () => {
    const { open, call, calls, transport, reports, outbox } = harness();
    open();
    const sent = call();
    await tick();
    transport.accepts = false;
    void call();
    await tick();
    void call();
    outbox.sayFirst({ type: "ping", nonce: 1 });
    await tick();
    expect(reports).toEqual([]);
    expect([calls.waiting, calls.inFlight]).toEqual([1, 2]);
    outbox.close();
    expect(await failure(sent)).toMatchObject({ kind: "outcomeUnknown" });
    expect([calls.waiting, calls.inFlight]).toEqual([2, 0]);
  });

  test("calls that were encoded for a later frame wait on too", async () => {
    const { open, call, calls, transport, reports } = harness({ frameBytes: 150 });
    open();
    transport.accepts = new Error("gone");
    void call("x".repeat(60));
    void call("y".repeat(60));
    await tick();
    expect(reports).toEqual(["sendFailed"]);
    expect([calls.waiting, calls.inFlight]).toEqual([2, 0]);
  });
});

test("a closed outbox writes nothing more and has no timer", async () => {
  const { open, call, clock, calls, outbox, transport } = harness();
  open();
  transport.bufferedBytes = SEND_SOFT_MARK + 1;
  void call();
  await tick();
  outbox.sayFirst({ type: "ping", nonce: 1 });
  outbox.close();
  calls.close();
  await tick();
  expect(transport.frames).toEqual([]);
  expect(clock.pending).toBe(0);
});
