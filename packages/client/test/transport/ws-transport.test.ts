import { describe, expect, test } from "vitest";
import type { TransportEvent } from "../../src/transport/transport.ts";
import { retryAfterMs, wsTransport } from "../../src/transport/ws-transport.ts";
import { FakeWsSocket } from "./fake-socket.ts";

function dial() {
  const socket = new FakeWsSocket();
  const events: TransportEvent[] = [];
  const open = wsTransport(() => socket);
  const transport = open("wss://example.test/", ["p"], (event) => events.push(event));
  return { socket, events, transport };
}
function dialOpen() {
  const dialled = dial();
  dialled.socket.open("p");
  return dialled;
}

describe("a dial over ws", () => {
  test("is like one over the web's sockets while nothing goes wrong", () => {
    const { socket, events, transport } = dialOpen();
    socket.message("hello");
    socket.bufferedAmount = 7;
    expect([transport.send("x"), transport.bufferedBytes]).toEqual([true, 7]);
    transport.close(1000, "done");
    expect(events.map(({ type }) => type)).toEqual(["opened", "frame"]);
    expect(socket.sent).toEqual(["x"]);
    expect(socket.log).toEqual(["resume", "close 1000 done"]);
  });

  test("that is refused over HTTP tells status and delay, and is ended by us (C13)", () => {
    const { socket, events } = dial();
    socket.refuse({ statusCode: 503, headers: { "retry-after": "7" } });
    expect(events).toEqual([
      { type: "openFailed", meaning: "retry", detail: "HTTP 503", retryAfterMs: 7_000 },
    ]);
    expect(socket.log[0]).toBe("terminate");
  });

  test.each([
    [401, "reauthenticate"],
    [426, "stop"],
    [500, "retry"],
  ])("that is refused with %i means %s (C13)", (statusCode, meaning) => {
    const { socket, events } = dial();
    socket.refuse({ statusCode, headers: {} });
    expect(events).toMatchObject([{ type: "openFailed", meaning }]);
  });

  test("that fails tells the system's word for it, and no more: an address could follow (B25)", () => {
    const { socket, events } = dial();
    socket.fail({ code: "ECONNREFUSED", message: "connect ECONNREFUSED 10.0.0.1:80" });
    expect(events).toEqual([{ type: "openFailed", meaning: "retry", detail: "ECONNREFUSED" }]);
  });

  test("that was abandoned and is refused or fails afterwards says nothing (B09, L21)", () => {
    const { socket, events, transport } = dial();
    transport.close(1000, "");
    socket.refuse({ statusCode: 503, headers: {} });
    socket.fail();
    expect(events).toEqual([]);
  });

  test("whose socket cannot be made has failed", () => {
    const events: TransportEvent[] = [];
    const open = wsTransport(() => {
      throw new SyntaxError("wss://secret.test is no url");
    });
    const transport = open("wss://secret.test", [], (event) => events.push(event));
    transport.pauseReading();
    transport.resumeReading();
    transport.close(1000, "");
    expect(events).toEqual([{ type: "openFailed", meaning: "retry", detail: "SyntaxError" }]);
  });
});

describe("an open transport over ws", () => {
  test("that errs has ended, once, and what the socket holds is let go (B03)", () => {
    const { socket, events } = dialOpen();
    socket.fail({ code: "WS_ERR_INVALID_OPCODE" });
    socket.closed(1006, "");
    expect(events.slice(1)).toEqual([
      { type: "closed", code: 1006, reason: "WS_ERR_INVALID_OPCODE" },
    ]);
    expect(socket.log).toContain("terminate");
  });

  test("stops and resumes reading (S4)", () => {
    const { socket, transport } = dialOpen();
    expect(transport.isPaused).toBe(false);
    transport.pauseReading();
    expect(transport.isPaused).toBe(true);
    transport.resumeReading();
    expect(transport.isPaused).toBe(false);
    expect(socket.log).toEqual(["pause", "resume"]);
  });

  test("reads on before a close, or the peer's answer would never be read", () => {
    const { socket, transport } = dialOpen();
    transport.pauseReading();
    transport.close(1000, "");
    transport.pauseReading();
    transport.resumeReading();
    expect(socket.log).toEqual(["pause", "resume", "close 1000 "]);
  });
});

test.each([
  ["nothing", {}, undefined],
  ["seconds", { "retry-after": "120" }, 120_000],
  ["zero", { "retry-after": "0" }, 0],
  [
    "a date",
    { "retry-after": "Wed, 21 Oct 2015 07:28:30 GMT", date: "Wed, 21 Oct 2015 07:28:00 GMT" },
    30_000,
  ],
  [
    "a date gone by",
    { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT", date: "Wed, 21 Oct 2015 07:29:00 GMT" },
    0,
  ],
  [
    "a date without the server's own",
    { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" },
    undefined,
  ],
  ["nonsense", { "retry-after": "soon", date: "Wed, 21 Oct 2015 07:28:00 GMT" }, undefined],
])("Retry-After with %s", (_, headers, expected) => {
  expect(retryAfterMs(headers)).toBe(expected);
});
