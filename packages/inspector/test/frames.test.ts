/** What is noted of frames, and what never is. */
import { FrameTap } from "@holdfast/inspector/frames";
import type { TransportEvent } from "@holdfast/client";
import { FakeNetwork, FakePlatform, ManualClock } from "@holdfast/testing";
import { expect, test } from "vitest";

/** A tapped transport, open, with a network in the test's hands. */
function tapped(tap: FrameTap) {
  const network = new FakeNetwork();
  const clock = new ManualClock();
  const platform = tap.platform(new FakePlatform({ clock, openTransport: network.openTransport }));
  const events: TransportEvent[] = [];
  const transport = platform.openTransport("wss://server.test", [], (event) => events.push(event));
  const fake = network.last;
  fake.open();
  return { transport, fake, events, clock, platform };
}

test("frames both ways are noted with their messages and sizes, and still arrive", () => {
  const tap = new FrameTap();
  const { transport, fake, events, clock } = tapped(tap);
  expect(transport.send(`{"type":"ping","nonce":1}`)).toBe(true);
  clock.advance(20);
  fake.say({ type: "frame", frame: `{"type":"pong","nonce":1}` });
  const { recent, total } = tap.report;
  expect(recent.map(({ direction, kind }) => [direction, kind])).toEqual([
    ["out", "ping"],
    ["in", "pong"],
  ]);
  expect((recent[1]?.at ?? 0) - (recent[0]?.at ?? 0)).toBe(20);
  expect(total.out).toEqual({ frames: 1, bytes: 25 });
  expect(tap.count).toBe(2);
  expect(fake.frames).toEqual([`{"type":"ping","nonce":1}`]);
  expect(events.map(({ type }) => type)).toEqual(["opened", "frame"]);
});

test("no payload is remembered unless the app allows it", () => {
  const tap = new FrameTap();
  tapped(tap).transport.send(`{"type":"call","method":"m","input":"secret"}`);
  expect(JSON.stringify(tap.report)).not.toContain("secret");
  expect(tap.report.allowsPayloads).toBe(false);
});

test("even where payloads are allowed, a token is never remembered", () => {
  const tap = new FrameTap({ payloads: true });
  const { transport } = tapped(tap);
  transport.send(`{"type":"hello","token":"secret"}`);
  transport.send(`[{"type":"ping","nonce":1},{"type":"token","token":"secret"}]`);
  transport.send(`{"type":"newer","token":"secret"}`);
  transport.send(`{"type":"secre`);
  transport.send(`{"type":"call","input":"shown"}`);
  expect(JSON.stringify(tap.report)).not.toContain("secret");
  expect(tap.report.recent.map(({ kind, text }) => [kind, text])).toEqual([
    ["hello", undefined],
    ["ping, token", undefined],
    ["newer", undefined],
    ["text", undefined],
    ["call", `{"type":"call","input":"shown"}`],
  ]);
});

test("several messages of a frame are counted, binary and huge frames only measured", () => {
  const tap = new FrameTap({ payloads: true });
  const { transport } = tapped(tap);
  transport.send(`[{"type":"call"},{"type":"call"},{"type":"ping"}]`);
  transport.send(new Uint8Array(7));
  transport.send(`"${"é".repeat(70_000)}"`);
  expect(tap.report.recent.map(({ kind, bytes }) => [kind, bytes])).toEqual([
    ["call ×2, ping", 49],
    ["binary", 7],
    ["text", 140_002],
  ]);
});

test("only the last frames are remembered, and long payloads are cut", () => {
  const tap = new FrameTap({ payloads: true, framesMax: 3 });
  const { transport } = tapped(tap);
  for (let count = 0; count < 10; count++)
    transport.send(`{"type":"call","input":"${"x".repeat(5_000)}"}`);
  expect(tap.report.recent).toHaveLength(3);
  expect(tap.report.recent[0]?.text).toHaveLength(2_000);
  expect(tap.count).toBe(10);
});

test("sockets of an app's own are tapped as well, and nobody notices", () => {
  const tap = new FrameTap();
  const sent: unknown[] = [];
  const socket = {
    readyState: 1,
    protocol: "p",
    bufferedAmount: 3,
    binaryType: "blob",
    onopen: null,
    onmessage: null as ((event: never) => void) | null,
    onerror: null,
    onclose: null,
    send(frame: unknown) {
      expect(this).toBe(socket);
      sent.push(frame);
    },
    close() {},
  };
  const make = tap.createSocket(() => socket, { wallNow: () => 7 });
  const made = make("wss://server.test", []);
  const heard: unknown[] = [];
  const onmessage = ({ data }: { readonly data: unknown }): void => void heard.push(data);
  Object.assign(made, { binaryType: "arraybuffer", onmessage });
  made.send(`{"type":"ping"}`);
  (socket.onmessage as unknown as (event: object) => void)({ data: `{"type":"pong"}` });
  (socket.onmessage as unknown as (event: object) => void)({ data: new ArrayBuffer(5) });
  Object.assign(made, { onmessage: null });
  expect(socket.onmessage).toBe(null);
  expect([made.readyState, made.bufferedAmount, socket.binaryType]).toEqual([1, 3, "arraybuffer"]);
  expect(sent).toEqual([`{"type":"ping"}`]);
  expect(heard).toHaveLength(2);
  expect(tap.report.recent).toEqual([
    { at: 7, direction: "out", kind: "ping", bytes: 15 },
    { at: 7, direction: "in", kind: "pong", bytes: 15 },
    { at: 7, direction: "in", kind: "binary", bytes: 5 },
  ]);
});

test("what the transport did not take is not noted, and all else passes through", () => {
  const tap = new FrameTap();
  const { transport, fake } = tapped(tap);
  fake.accepts = false;
  expect(transport.send("{}")).toBe(false);
  expect(tap.count).toBe(0);
  fake.bufferedBytes = 12;
  transport.pauseReading();
  expect([transport.bufferedBytes, transport.isPaused]).toEqual([12, true]);
  transport.resumeReading();
  expect(transport.isPaused).toBe(false);
  transport.close(1_000, "done");
  expect(fake.closed).toEqual({ code: 1_000, reason: "done" });
});

test("more than 200 frames are not remembered, whatever is asked for", () => {
  for (const [framesMax, kept] of [
    [Infinity, 200],
    [Number.NaN, 200],
    [-1, 200],
    [0, 0],
  ] as const) {
    const tap = new FrameTap({ framesMax });
    const { transport } = tapped(tap);
    for (let count = 0; count < 300; count++) transport.send(`{"type":"ping","nonce":1}`);
    expect([tap.report.recent.length, tap.count]).toEqual([kept, 300]);
  }
});
