import { describe, expect, test } from "vitest";
import type { CreateSocket } from "../../src/base/web-socket.ts";
import type { TransportEvent } from "../../src/transport/transport.ts";
import { webSocketTransport } from "../../src/transport/websocket-transport.ts";
import { FakeSocket } from "./fake-socket.ts";

function dial(socket: FakeSocket) {
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
const dialOpen = () => {
  const dialled = dial(new FakeSocket());
  dialled.socket.open();
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
    expect(events).toEqual([{ type: "openFailed", meaning: "retry", detail: "SyntaxError" }]);
    transport.close(1000, "");
    expect([transport.send("x"), transport.bufferedBytes, transport.isPaused]).toEqual([
      false,
      0,
      false,
    ]);
  });

  test("that errs and closes has failed once (B03)", () => {
    const { socket, events } = dial(new FakeSocket());
    socket.error();
    socket.closed(1006, "");
    expect(events).toEqual([{ type: "openFailed", meaning: "retry", detail: "1006" }]);
  });

  test("that errs and never closes has failed (Node 22's global WebSocket)", () => {
    const { socket, events } = dial(new FakeSocket());
    socket.readyState = 0;
    socket.error({ error: { code: "ECONNREFUSED", message: "connect ECONNREFUSED 10.0.0.1:80" } });
    expect(events).toEqual([{ type: "openFailed", meaning: "retry", detail: "1006" }]);
    expect(socket.log).toEqual(["close 1000 "]);
  });

  test.each([
    [1006, "1006"],
    [0, "0"],
    [undefined, "1006"],
  ])("that closes with %j has failed, in no words of the platform's (B25)", (code, detail) => {
    const { socket, events } = dial(new FakeSocket());
    socket.closed(code, "wss://secret.test did not answer");
    expect(events).toEqual([{ type: "openFailed", meaning: "retry", detail }]);
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
    expect(socket.log).toEqual(["close 1000 undefined"]);
  });

  test("keeps an ear on errors for ever: unheard, they would end a Node process", () => {
    const { socket, transport } = dial(new FakeSocket());
    transport.close(1000, "");
    expect(socket.onerror).not.toBeNull();
    expect(() => socket.error()).not.toThrow();
  });

  test("may throw on close (B17)", () => {
    const { socket, transport } = dial(new FakeSocket());
    socket.closeThrows = true;
    expect(() => transport.close(1000, "")).not.toThrow();
  });
});

describe("an open transport", () => {
  test("hands on text and bytes, in order", () => {
    const { socket, events } = dialOpen();
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
    socket.readyState = 2;
    expect(transport.send("would be dropped without a word")).toBe(false);
    expect(socket.sent).toEqual(["text", new Uint8Array([1])]);
  });

  test("reports what the platform still buffers", () => {
    const { socket, transport } = dialOpen();
    socket.bufferedAmount = 1_234;
    expect(transport.bufferedBytes).toBe(1_234);
  });

  test("reports nothing buffered where the platform does not count (React Native)", () => {
    const { socket, transport } = dialOpen();
    socket.bufferedAmount = undefined;
    expect(transport.bufferedBytes).toBe(0);
  });

  test.each([1006, 1001, 4001])("passes on how it was closed: %j", (code) => {
    const { socket, events } = dialOpen();
    socket.closed(code, "Stream end encountered");
    expect(events).toEqual([{ type: "closed", code }]);
  });

  test("that errs has ended, once, and closes what is left (B03)", () => {
    const { socket, events } = dialOpen();
    socket.error();
    socket.closed(1006, "");
    socket.message("late");
    expect(events).toEqual([{ type: "closed", code: 1006 }]);
    expect(socket.log).toEqual(["close 1000 "]);
  });

  test("ends within the call to close, with code and reason, and reports nothing", () => {
    const { socket, events, transport } = dialOpen();
    transport.close(1000, "frozen");
    transport.close(4000, "again");
    socket.message("late");
    socket.closed(1000, "");
    expect(socket.log).toEqual(["close 1000 frozen"]);
    expect(events).toEqual([]);
    expect(transport.send("x")).toBe(false);
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
    const first = dialOpen();
    first.transport.close(1000, "");
    const second = dialOpen();
    first.socket.closed(1006, "");
    expect(second.events).toEqual([]);
    expect(second.transport.send("x")).toBe(true);
  });
});

test("a browser's socket cannot pause, and asking for it does no harm", () => {
  const { socket, transport } = dialOpen();
  transport.pauseReading();
  expect(transport.isPaused).toBe(false);
  transport.resumeReading();
  expect(socket.log).toEqual([]);
});
