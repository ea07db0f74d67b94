/** The link by itself: a bare transport at one end, a bare socket at the other. */
import type { Transport, TransportEvent } from "@holdfast/client";
import type { Frame } from "@holdfast/protocol";
import type { ServerRequest, ServerSocket } from "@holdfast/server";
import { describe, expect, test } from "vitest";

import { ManualClock } from "../src/manual-clock.ts";
import type { LinkedServer } from "../src/memory-connection.ts";
import { MemoryLink } from "../src/memory-link.ts";

/** A server's end that writes down what reaches it. */
class End implements LinkedServer {
  readonly clock = new ManualClock();
  readonly subprotocols = ["v1"];
  windowMs = 1_500;
  isClosing = false;
  isUp = true;
  readonly log: string[] = [];
  readonly events: string[] = [];
  readonly requests: ServerRequest[] = [];
  readonly sockets: ServerSocket[] = [];
  readonly link: MemoryLink = new MemoryLink(this.clock, () => (this.isUp ? this : undefined));

  accept(socket: ServerSocket, request: ServerRequest) {
    this.sockets.push(socket);
    this.requests.push(request);
    return {
      frameReceived: (frame: Frame) => void this.log.push(`frame ${String(frame)}`),
      closed: () => void this.log.push("closed"),
    };
  }

  get socket(): ServerSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("nobody came");
    return socket;
  }

  dial(subprotocols = ["v1"]): Transport {
    return this.link.openTransport("wss://a.test/path?x=1", subprotocols, (event) => {
      this.events.push(told(event));
    });
  }

  open(): Transport {
    const transport = this.dial();
    this.clock.flush();
    this.events.length = 0;
    return transport;
  }
}

function told(event: TransportEvent): string {
  switch (event.type) {
    case "opened":
      return `opened ${event.subprotocol}`;
    case "frame":
      return `frame ${String(event.frame)}`;
    case "closed":
      return `closed ${event.code} ${event.reason}`.trim();
    case "openFailed":
      return `openFailed ${event.detail} ${event.retryAfterMs ?? ""}`.trim();
  }
}

describe("a link without faults", () => {
  test("opens, carries frames both ways in order, and closes", () => {
    const own = new End();
    const transport = own.dial();
    expect(own.events).toEqual([]);
    own.clock.flush();
    expect(own.events).toEqual(["opened v1"]);
    expect(own.requests).toMatchObject([{ subprotocol: "v1", url: "/path?x=1" }]);
    transport.send("a");
    transport.send("b");
    own.socket.send("c");
    own.clock.flush();
    transport.close(1000, "");
    own.socket.send("too late");
    own.clock.flush();
    expect(own.log).toEqual(["frame a", "frame b", "closed"]);
    expect(own.events).toEqual(["opened v1", "frame c"]);
    expect(own.link.connections).toBe(0);
    expect(own.clock.pending).toBe(0);
  });

  test("takes its delay each way", () => {
    const own = new End();
    own.link.delayMs = 50;
    own.dial();
    own.clock.advance(99);
    expect(own.events).toEqual([]);
    own.clock.advance(1);
    expect(own.events).toEqual(["opened v1"]);
  });

  test("lets the server close with its code, after what it said before", () => {
    const own = new End();
    const transport = own.open();
    own.socket.send("last words");
    own.socket.close(4200, "restart");
    own.socket.send("never said");
    own.clock.flush();
    expect(own.events).toEqual(["frame last words", "closed 4200 restart"]);
    expect(own.log).toEqual(["closed"]);
    expect(transport.send("x")).toBe(false);
    expect(own.link.connections).toBe(0);
  });

  test("lets the server end it without a handshake", () => {
    const own = new End();
    own.open();
    own.socket.terminate();
    own.socket.terminate();
    own.clock.flush();
    expect(own.events).toEqual(["closed 1006"]);
    expect(own.log).toEqual(["closed"]);
  });

  test("echoes a subprotocol that the server does not know, as use/ws does", () => {
    const own = new End();
    own.dial(["v9"]);
    own.clock.flush();
    expect(own.events).toEqual(["opened v9"]);
  });

  test("closed by the client while it dials, it is accepted and closed, and says nothing", () => {
    const own = new End();
    own.dial().close(1000, "");
    own.clock.flush();
    expect(own.events).toEqual([]);
    expect(own.log).toEqual(["closed"]);
    expect(own.link.connections).toBe(0);
  });
});

describe("a link that breaks", () => {
  test("tells both ends at once, once, and forgets what was under way", () => {
    const own = new End();
    const transport = own.open();
    transport.send("lost");
    own.socket.send("lost");
    own.link.drop();
    own.clock.flush();
    own.link.drop();
    expect(own.events).toEqual(["closed 1006"]);
    expect(own.log).toEqual(["closed"]);
    expect(own.clock.pending).toBe(0);
  });

  test("fails a dial that is under way", () => {
    const own = new End();
    own.dial();
    own.link.drop();
    own.clock.flush();
    expect(own.events).toEqual(["openFailed closed with 1006"]);
  });

  test("a dial that is given up when it was refused already leaves nothing behind", () => {
    const own = new End();
    own.link.delayMs = 10;
    own.link.refuseDials();
    const transport = own.dial();
    own.clock.advance(10);
    transport.close(1000, "");
    expect(own.clock.pending).toBe(0);
    expect(own.link.connections).toBe(0);
  });

  test("a later connection overtakes an earlier one whose frames take longer", () => {
    const own = new End();
    own.link.delayMs = (dial) => (dial === 1 ? 50 : 1);
    const first = own.dial();
    own.clock.advance(100);
    first.send("late");
    first.close(1000, "");
    own.dial();
    own.clock.advance(2);
    expect([own.sockets.length, own.log]).toEqual([2, []]);
    own.clock.advance(100);
    expect(own.log).toEqual(["frame late", "closed"]);
  });

  test("refuses dials: nobody there, an HTTP status, a server that closes", () => {
    const own = new End();
    own.isUp = false;
    own.dial();
    own.clock.flush();
    own.isUp = true;
    own.link.refuseDials({ httpStatus: 429, retryAfterMs: 7 });
    own.dial();
    own.clock.flush();
    own.link.acceptDials();
    own.isClosing = true;
    own.dial();
    own.clock.flush();
    own.isClosing = false;
    own.dial();
    own.clock.flush();
    expect(own.events).toEqual([
      "openFailed refused",
      "openFailed HTTP 429 7",
      "openFailed HTTP 503 2000",
      "opened v1",
    ]);
    expect(own.link.dials).toBe(4);
  });
});

describe("a black hole", () => {
  test("holds everything, dials too, and lets it through in order when it heals", () => {
    const own = new End();
    const transport = own.open();
    own.link.blackHole();
    transport.send("up");
    own.socket.send("down");
    const late = own.dial();
    own.clock.advance(60_000);
    expect([own.log, own.events]).toEqual([[], []]);
    expect([transport.bufferedBytes, own.socket.bufferedBytes]).toEqual([2, 4]);
    own.link.heal();
    own.clock.flush();
    expect(own.log).toEqual(["frame up"]);
    expect(own.events).toEqual(["frame down", "opened v1"]);
    expect([transport.bufferedBytes, late.bufferedBytes]).toEqual([0, 0]);
  });

  test("in one direction lets the other through", () => {
    const own = new End();
    const transport = own.open();
    own.link.blackHole("up");
    transport.send("up");
    own.socket.send("down");
    own.clock.flush();
    expect([own.log, own.events]).toEqual([[], ["frame down"]]);
  });

  test("keeps the server from hearing of the client's close", () => {
    const own = new End();
    const transport = own.open();
    own.link.blackHole();
    transport.close(1000, "");
    own.clock.advance(60_000);
    expect(own.log).toEqual([]);
    expect(own.link.connections).toBe(1);
    own.link.heal();
    own.clock.flush();
    expect(own.log).toEqual(["closed"]);
  });

  test("of the connections of now leaves new ones alone", () => {
    const own = new End();
    const old = own.open();
    own.link.strand();
    old.send("never heard");
    own.dial().send("not open yet");
    own.clock.flush();
    expect(own.events).toEqual(["opened v1"]);
    expect(own.log).toEqual([]);
  });
});

describe("reading that pauses", () => {
  test("at the client holds what the server says, and shows in the server's buffer", () => {
    const own = new End();
    const transport = own.open();
    transport.pauseReading();
    own.socket.send("wait");
    own.clock.flush();
    expect(own.events).toEqual([]);
    expect(own.socket.bufferedBytes).toBe(4);
    transport.resumeReading();
    own.clock.flush();
    expect(own.events).toEqual(["frame wait"]);
  });

  test("at the server holds what the client says; a black hole on top ends by itself", () => {
    const own = new End();
    const transport = own.open();
    own.socket.pauseReading();
    own.link.blackHole();
    transport.send("wait");
    own.link.heal();
    own.clock.flush();
    expect(own.log).toEqual([]);
    own.socket.resumeReading();
    own.clock.flush();
    expect(own.log).toEqual(["frame wait"]);
  });
});

test("a frame may take its own time, and none overtakes another", () => {
  const end = new End();
  const transport = end.open();
  const delays = [30, 10, 0];
  end.link.delayMs = () => delays.shift() ?? 0;
  for (const frame of ["a", "b", "c"]) transport.send(frame);
  end.clock.advance(29);
  expect(end.log).toEqual([]);
  end.clock.advance(1);
  expect(end.log).toEqual(["frame a", "frame b", "frame c"]);
});

test("an upgrade may be slow where frames are not", () => {
  const end = new End();
  end.link.dialDelayMs = 500;
  const transport = end.dial();
  end.clock.advance(499);
  expect(end.sockets).toEqual([]);
  end.clock.advance(1);
  expect(end.events).toEqual(["opened v1"]);
  transport.send("at once");
  end.clock.flush();
  expect(end.log).toEqual(["frame at once"]);
});

test("somebody on the way may speak in the name of either peer, while the connection is open", () => {
  const end = new End();
  const transport = end.open();
  end.link.inject("up", "to the server");
  end.link.inject("down", "to the client");
  end.clock.flush();
  expect([end.log, end.events]).toEqual([["frame to the server"], ["frame to the client"]]);
  transport.close(1000, "");
  end.link.inject("up", "too late");
  end.link.inject("down", "too late");
  end.clock.flush();
  expect([end.log, end.events]).toEqual([
    ["frame to the server", "closed"],
    ["frame to the client"],
  ]);
});
