import { describe, expect, test } from "vitest";
import type { CreateSocket } from "../../src/base/web-socket.ts";
import type { TransportEvent } from "../../src/transport/transport.ts";
import { retryAfterMs, webSocketTransport } from "../../src/transport/websocket-transport.ts";
import { FakeSocket, FakeWsSocket } from "./fake-socket.ts";

function dial<Socket extends FakeSocket>(socket: Socket) {
  const events: TransportEvent[] = [];
  const dialled: unknown[] = [];
  const createSocket: CreateSocket = (url, subprotocols) => {
    dialled.push({ url, subprotocols });
    return socket;
  };
  const open = webSocketTransport(createSocket);
  const transport = open("wss://example.test/live", ["holdfast.v1.json"], (event) =>
    events.push(event),
  );
  return { socket, events, dialled, transport };
}
const dialOpen = <Socket extends FakeSocket>(socket: Socket) => {
  const dialled = dial(socket);
  socket.open();
  dialled.events.length = 0;
  return dialled;
};

describe("a dial", () => {
  test("makes one socket, for the url and subprotocols asked for", () => {
    const { dialled, events, socket } = dial(new FakeSocket());
    expect(dialled).toEqual([
      { url: "wss://example.test/live", subprotocols: ["holdfast.v1.json"] },
    ]);
    expect(events).toEqual([]);
    expect(socket.binaryType).toBe("arraybuffer");
  });

  test.each([
    ["holdfast.v1.json", "holdfast.v1.json"],
    ["", ""],
    [null, ""],
  ])(
    "that opens with subprotocol %j reports %j, for the session to judge",
    (chosen, subprotocol) => {
      const { socket, events } = dial(new FakeSocket());
      socket.open(chosen as string);
      expect(events).toEqual([{ type: "opened", subprotocol }]);
    },
  );

  test("whose constructor throws has failed, within the call, in words without the url", () => {
    const events: TransportEvent[] = [];
    const open = webSocketTransport(() => {
      throw new SyntaxError("wss://secret.test is no url");
    });
    const transport = open("wss://secret.test", [], (event) => events.push(event));
    expect(events).toEqual([{ type: "openFailed", detail: "socket not made: SyntaxError" }]);
    transport.close(1000, "");
    expect([transport.send("x"), transport.bufferedBytes, transport.canPause]).toEqual([
      false,
      0,
      false,
    ]);
  });

  test("that errs and closes has failed once (B03)", () => {
    const { socket, events } = dial(new FakeSocket());
    socket.error();
    socket.closed(1006, "");
    expect(events).toEqual([{ type: "openFailed", detail: "socket error" }]);
  });

  test("that errs and never closes has failed (Node 22's global WebSocket)", () => {
    const { socket, events } = dial(new FakeSocket());
    socket.readyState = 0;
    socket.error({ error: { code: "ECONNREFUSED", message: "connect ECONNREFUSED 10.0.0.1:80" } });
    expect(events).toEqual([{ type: "openFailed", detail: "ECONNREFUSED" }]);
    expect(socket.log).toEqual(["close 1000 "]);
  });

  test.each([
    [1006, "", "closed with 1006"],
    [1006, "Expected HTTP 101 response but was 503", "Expected HTTP 101 response but was 503"],
    [undefined, undefined, "closed with 0"],
  ])("that closes with %j %j has failed: %s", (code, reason, detail) => {
    const { socket, events } = dial(new FakeSocket());
    socket.closed(code, reason);
    expect(events).toEqual([{ type: "openFailed", detail }]);
  });

  test("that is refused over HTTP tells status and delay, and is ended by us (C13)", () => {
    const { socket, events } = dial(new FakeWsSocket());
    socket.refuse({ statusCode: 503, headers: { "retry-after": "7" } });
    socket.error({ error: { message: "WebSocket was closed before it was established" } });
    expect(events).toEqual([
      { type: "openFailed", detail: "HTTP 503", httpStatus: 503, retryAfterMs: 7_000 },
    ]);
    expect(socket.log).toEqual(["terminate"]);
  });
});

describe("an abandoned dial", () => {
  test("that opens late is closed and not heard of: no ghost (B09, L21)", () => {
    const { socket, events, transport } = dial(new FakeSocket());
    transport.close(1000, "connect timeout");
    socket.log.length = 0;
    socket.open();
    socket.message("hello");
    socket.closed(1000);
    expect(events).toEqual([]);
    expect(socket.log).toEqual(["close 1000 too late"]);
  });

  test("keeps an ear on errors for ever: unheard, they would end a Node process", () => {
    const { socket, transport } = dial(new FakeSocket());
    transport.close(1000, "");
    expect(socket.onerror).not.toBeNull();
    expect(() => socket.error()).not.toThrow();
  });

  test("whose socket throws on close is terminated (B17)", () => {
    const { socket, transport } = dial(new FakeWsSocket());
    socket.closeThrows = true;
    expect(() => transport.close(1000, "")).not.toThrow();
    expect(socket.log).toEqual(["close 1000 ", "terminate"]);
  });

  test("may throw on close where there is nothing harder (B17)", () => {
    const { socket, transport } = dial(new FakeSocket());
    socket.closeThrows = true;
    expect(() => transport.close(1000, "")).not.toThrow();
  });

  test("that is refused afterwards says nothing", () => {
    const { socket, events, transport } = dial(new FakeWsSocket());
    transport.close(1000, "");
    socket.refuse({ statusCode: 503, headers: {} });
    expect(events).toEqual([]);
  });
});

describe("an open transport", () => {
  test("hands on text and bytes, in order", () => {
    const { socket, events } = dialOpen(new FakeSocket());
    socket.message("text");
    socket.message(new Uint8Array([1, 2]).buffer);
    socket.message(Buffer.from([3]));
    expect(events).toEqual([
      { type: "frame", frame: "text" },
      { type: "frame", frame: new Uint8Array([1, 2]) },
      { type: "frame", frame: new Uint8Array([3]) },
    ]);
  });

  test("writes frames, and says when the socket would not take one", () => {
    const { socket, transport } = dial(new FakeSocket());
    expect(transport.send("too early")).toBe(false);
    socket.open();
    expect(transport.send("text")).toBe(true);
    expect(transport.send(new Uint8Array([1]))).toBe(true);
    socket.sendThrows = true;
    expect(transport.send("refused")).toBe(false);
    socket.sendThrows = false;
    socket.readyState = 2;
    expect(transport.send("would be dropped without a word")).toBe(false);
    expect(socket.sent).toEqual(["text", new Uint8Array([1])]);
  });

  test("reports what the platform still buffers", () => {
    const { socket, transport } = dialOpen(new FakeSocket());
    socket.bufferedAmount = 1_234;
    expect(transport.bufferedBytes).toBe(1_234);
  });

  test("counts for itself where the platform does not, until the peer is heard (React Native)", () => {
    const { socket, transport } = dialOpen(new FakeSocket());
    socket.bufferedAmount = undefined;
    transport.send("12345");
    transport.send(new Uint8Array(10));
    expect(transport.bufferedBytes).toBe(15);
    socket.message("life");
    expect(transport.bufferedBytes).toBe(0);
  });

  test.each([
    [1006, ""],
    [1001, "Stream end encountered"],
    [4001, "stopped"],
  ])("passes on how it was closed: %j %j", (code, reason) => {
    const { socket, events } = dialOpen(new FakeSocket());
    socket.closed(code, reason);
    expect(events).toEqual([{ type: "closed", code, reason }]);
  });

  test("that errs has ended, once, and what the socket holds is let go (B03)", () => {
    const { socket, events } = dialOpen(new FakeWsSocket());
    socket.error({ error: { code: "WS_ERR_INVALID_OPCODE" } });
    socket.closed(1006, "");
    socket.message("late");
    expect(events).toEqual([{ type: "closed", code: 1006, reason: "WS_ERR_INVALID_OPCODE" }]);
    expect(socket.log).toEqual(["terminate"]);
  });

  test("ends within the call to close, with code and reason, and reports nothing", () => {
    const { socket, events, transport } = dialOpen(new FakeSocket());
    transport.close(1000, "frozen");
    transport.close(4000, "again");
    socket.message("late");
    socket.closed(1000, "");
    expect(socket.log).toEqual(["close 1000 frozen"]);
    expect(events).toEqual([]);
    expect([transport.send("x"), transport.bufferedBytes]).toEqual([false, 0]);
  });

  test("fits any reason into the 123 bytes of a close frame", () => {
    const { socket, transport } = dialOpen(new FakeSocket());
    transport.close(1000, `${"é\n".repeat(3)}${"x".repeat(200)}`);
    expect(socket.log).toEqual([`close 1000 ${"?".repeat(6)}${"x".repeat(117)}`]);
  });

  test("can be closed by whoever hears that it opened", () => {
    const socket = new FakeSocket();
    const events: string[] = [];
    const transport = webSocketTransport(() => socket)("wss://x.test", [], (event) => {
      events.push(event.type);
      transport.close(1000, "changed our mind");
    });
    socket.open();
    socket.message("late");
    expect(events).toEqual(["opened"]);
    expect(socket.log).toEqual(["close 1000 changed our mind"]);
  });

  test("does not touch the next one when it ends late (B05)", () => {
    const first = dialOpen(new FakeSocket());
    first.transport.close(1000, "");
    const second = dialOpen(new FakeSocket());
    first.socket.closed(1006, "");
    expect(second.events).toEqual([]);
    expect(second.transport.send("x")).toBe(true);
  });
});

describe("reading", () => {
  test("pauses and resumes where the platform can", () => {
    const { socket, transport } = dialOpen(new FakeWsSocket());
    expect(transport.canPause).toBe(true);
    transport.pauseReading();
    transport.resumeReading();
    transport.resumeReading();
    expect(socket.log).toEqual(["pause", "resume"]);
  });

  test("goes on before a close, or the peer's answer would never be read", () => {
    const { socket, transport } = dialOpen(new FakeWsSocket());
    transport.pauseReading();
    transport.close(1000, "");
    transport.resumeReading();
    expect(socket.log).toEqual(["pause", "resume", "close 1000 "]);
  });

  test("never pauses in a browser, before the opening, or after the end", () => {
    const browser = dialOpen(new FakeSocket()).transport;
    expect(browser.canPause).toBe(false);
    browser.pauseReading();
    browser.resumeReading();
    const { socket, transport } = dial(new FakeWsSocket());
    transport.pauseReading();
    socket.open();
    transport.close(1000, "");
    transport.pauseReading();
    expect(socket.log).toEqual(["close 1000 "]);
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
