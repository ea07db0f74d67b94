/** Each fault of the link shown by its effect: on bare sockets, and on those of `ws`. */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

import { afterEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import { FaultLink } from "../src/fault-link.ts";
import { cleanUp, deferred, pause, until } from "./sockets/socket-world.ts";

afterEach(cleanUp);

/** A socket, and what became of it. */
class End {
  readonly socket: Socket;
  text = "";
  /** Bytes of each chunk as it came. */
  readonly sizes: number[] = [];
  /** `end`, `error ECONNRESET`, `close`, in order. */
  readonly log: string[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      this.text += String(bytes);
      this.sizes.push(bytes.length);
    });
    socket.on("end", () => this.log.push("end"));
    socket.on("error", (error) => this.log.push(`error ${(error as { code?: string }).code}`));
    socket.on("close", () => this.log.push("close"));
    deferred(() => socket.destroy());
  }

  say(text: string): this {
    this.socket.write(text);
    return this;
  }

  async heard(text: string): Promise<void> {
    await until(() => this.text.length >= text.length, 3_000);
    expect(this.text).toBe(text);
  }

  async closed(): Promise<readonly string[]> {
    await until(() => this.log.includes("close"), 3_000);
    return this.log;
  }
}

/** A server that writes down what it hears, and a link that leads to it. */
class World {
  readonly ends: End[] = [];
  readonly server: Server;
  readonly link: FaultLink;

  private constructor(server: Server, link: FaultLink) {
    this.server = server;
    this.link = link;
    server.on("connection", (socket: Socket) => this.ends.push(new End(socket)));
  }

  static async make(isHalfOpen = false): Promise<World> {
    const server = createServer({ allowHalfOpen: isHalfOpen });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const link = await FaultLink.open({ target: { port }, seed: 7 });
    deferred(() => server.close());
    deferred(() => link.close());
    return new World(server, link);
  }

  dial(): End {
    return new End(connect(this.link.port, "127.0.0.1"));
  }

  /** Both ends of a new connection. */
  async pair(): Promise<[client: End, server: End]> {
    const before = this.ends.length;
    const client = this.dial();
    await until(() => this.ends.length > before);
    return [client, at(this.ends, before)];
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list.at(index);
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}

/** How long it takes, in ms. */
async function timed(task: Promise<unknown>): Promise<number> {
  const since = performance.now();
  await task;
  return performance.now() - since;
}

describe("without faults", () => {
  test("bytes go both ways, and each end's goodbye by itself", async () => {
    const own = await World.make(true);
    const [client, server] = await own.pair();
    client.socket.end("question");
    await server.heard("question");
    await until(() => server.log.includes("end"));
    server.socket.end("answer");
    await client.heard("answer");
    expect(await client.closed()).toEqual(["end", "close"]);
    expect(await server.closed()).toEqual(["end", "close"]);
    await until(() => own.link.connections === 0);
    expect(own.link.stats).toEqual({
      accepted: 1,
      bytes: { toServer: 8, toClient: 6 },
      faults: { reset: 0, drop: 0, refuse: 0, halfOpen: 0, blackHole: 0, targetLost: 0 },
    });
  });

  test("an end that resets is a reset at the other", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    server.socket.resetAndDestroy();
    expect(await client.closed()).toEqual(["error ECONNRESET", "close"]);
    await until(() => own.link.connections === 0);
  });

  test("megabytes pass whole, however slow the reader is", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    server.socket.pause();
    const block = "0123456789abcdef".repeat(65_536);
    for (let count = 0; count < 12; count++) client.say(block);
    await pause(100);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    server.socket.resume();
    await server.heard(block.repeat(12));
  });

  test("a server that is not there is a reset", async () => {
    const own = await World.make();
    own.server.close();
    expect(await own.dial().closed()).toEqual(["error ECONNRESET", "close"]);
    await until(() => own.link.connections === 0);
    expect(own.link.stats.faults.targetLost).toBe(1);
  });
});

describe("a fault", () => {
  test("latency: an echo takes the sum of both ways", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    own.link.set({ latencyMs: 60, jitterMs: 30 }, "toServer");
    own.link.set({ latencyMs: 40 }, "toClient");
    server.socket.on("data", (bytes) => server.socket.write(bytes));
    const tookMs = await timed(client.say("ping").heard("ping"));
    expect(tookMs).toBeGreaterThanOrEqual(99);
    own.link.clear();
    expect(await timed(client.say("pong").heard("pingpong"))).toBeLessThan(90);
  });

  test("bandwidth: 10 kB at 40 kB a second take a quarter of a second", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    own.link.set({ bytesPerSecond: 40_000 }, "toServer");
    const text = "x".repeat(10_000);
    client.say(text);
    const tookMs = await timed(server.heard(text));
    expect(tookMs).toBeGreaterThan(200);
    expect(tookMs).toBeLessThan(1_500);
  });

  test("split: one piece arrives as many, none larger than told", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    own.link.set({ splitBytes: 4 });
    client.say("x".repeat(200));
    await server.heard("x".repeat(200));
    expect(server.sizes.length).toBeGreaterThan(20);
  });

  test("coalesce: many pieces arrive as one", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    own.link.set({ coalesceMs: 150 });
    for (let count = 0; count < 8; count++) {
      client.say("x");
      await pause(5);
    }
    await server.heard("xxxxxxxx");
    expect(server.sizes).toEqual([8]);
  });

  test("drop: the connection ends in the midst of what is said", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    own.link.set({ dropAfterBytes: 7 }, "toServer");
    client.say("0123456789");
    await server.closed();
    expect(server.text).toBe("0123456");
    await client.closed();
    expect(own.link.stats.faults.drop).toBe(1);
    await until(() => own.link.connections === 0);
  });

  test("drop, the other way: what was said before arrives", async () => {
    const own = await World.make();
    own.link.set({ dropAfterBytes: 3 }, "toClient");
    const [client, server] = await own.pair();
    server.say("0123456789");
    await client.closed();
    expect(client.text).toBe("012");
  });

  test("reset: both ends of all connections see ECONNRESET, and the next dial works", async () => {
    const own = await World.make();
    const pairs = [await own.pair(), await own.pair()];
    for (const [client, server] of pairs) {
      client.say("x");
      await server.heard("x");
    }
    own.link.reset();
    for (const end of pairs.flat()) {
      expect(await end.closed()).toEqual(["error ECONNRESET", "close"]);
    }
    const [client, server] = await own.pair();
    client.say("anew");
    await server.heard("anew");
    expect(own.link.stats).toMatchObject({ accepted: 3, faults: { reset: 2 } });
  });

  test("reset, again and again, until it is cleared", async () => {
    const own = await World.make();
    own.link.resetEvery(20, 60);
    for (let count = 0; count < 4; count++) await own.dial().closed();
    own.link.clear();
    const [client, server] = await own.pair();
    await pause(150);
    client.say("x");
    await server.heard("x");
    expect(own.link.stats.faults.reset).toBe(4);
    expect(() => own.link.resetEvery(50, 20)).toThrow(RangeError);
  });

  test("stall: nothing moves, no end notices, and nothing is lost", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    own.link.set({ stall: true });
    client.say("up");
    server.say("down");
    await pause(60);
    expect([client.text, server.text, ...client.log, ...server.log]).toEqual(["", ""]);
    own.link.clear();
    await server.heard("up");
    await client.heard("down");
  });

  test("stall, for a dial: the server hears of it when it ends", async () => {
    const own = await World.make();
    own.link.set({ stall: true }, "toServer");
    const client = own.dial().say("hello");
    await pause(40);
    expect(own.ends).toEqual([]);
    own.link.clear();
    await until(() => own.ends.length === 1);
    await at(own.ends, 0).heard("hello");
    expect(client.log).toEqual([]);
  });

  test("a dial that is given up while the path stands still never reaches the server", async () => {
    const own = await World.make();
    own.link.set({ stall: true }, "toServer");
    const client = own.dial().say("hello");
    await once(client.socket, "connect");
    client.socket.destroy();
    await until(() => own.link.connections === 0);
    own.link.clear();
    await pause(20);
    expect(own.ends).toEqual([]);
  });

  test.each(["toServer", "toClient"] as const)("black hole %s: one way only", async (direction) => {
    const own = await World.make();
    const [client, server] = await own.pair();
    own.link.set({ blackHole: true }, direction);
    client.say("up");
    server.say("down");
    if (direction === "toServer") await client.heard("down");
    else await server.heard("up");
    await pause(40);
    expect(direction === "toServer" ? server.text : client.text).toBe("");
    expect([...client.log, ...server.log]).toEqual([]);
    // What was lost stays lost: a stream with a hole is none.
    own.link.clear();
    client.say("!");
    server.say("!");
    await pause(40);
    expect(direction === "toServer" ? server.text : client.text).toBe("");
    expect(own.link.stats.faults.blackHole).toBe(1);
  });

  test("black hole: nobody hears of an end that is closed or reset", async () => {
    const own = await World.make();
    const pairs = [await own.pair(), await own.pair()];
    own.link.set({ blackHole: true });
    at(pairs, 0)[0].socket.destroy();
    at(pairs, 1)[0].socket.resetAndDestroy();
    await pause(60);
    expect(pairs.map(([, server]) => server.log)).toEqual([[], []]);
    // When both ends are gone, so is the connection.
    for (const [, server] of pairs) server.socket.destroy();
    await until(() => own.link.connections === 0);
  });

  test("half-open: one end is gone, the other stays and hears nothing", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    own.link.halfOpen("server");
    expect((await server.closed()).at(-1)).toBe("close");
    client.say("anybody?");
    await pause(40);
    expect([client.log, client.text, server.text]).toEqual([[], "", ""]);
    expect(own.link.stats.faults).toMatchObject({ halfOpen: 1, blackHole: 0 });
    client.socket.destroy();
    await until(() => own.link.connections === 0);
  });

  test("half-open, the other way round: the server keeps a client that is gone", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    own.link.halfOpen("client");
    await client.closed();
    server.say("anybody?");
    await pause(40);
    expect(server.log).toEqual([]);
  });

  test("slow accept: the server hears of a dial so much later", async () => {
    const own = await World.make();
    own.link.set({ acceptDelayMs: 80 });
    const tookMs = await timed(own.pair());
    expect(tookMs).toBeGreaterThanOrEqual(79);
  });

  test("refuse: new dials are reset, those that live stay", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    own.link.set({ refuse: true });
    expect(await own.dial().closed()).toEqual(["error ECONNRESET", "close"]);
    client.say("still here");
    await server.heard("still here");
    expect(own.link.stats.faults.refuse).toBe(1);
  });

  test("not listening: dials fail at once, until it listens again at the same port", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    await own.link.stopListening();
    expect(await own.dial().closed()).toEqual(["error ECONNREFUSED", "close"]);
    client.say("still here");
    await server.heard("still here");
    const { port } = own.link;
    await own.link.listen();
    expect(own.link.port).toBe(port);
    await own.pair();
    await own.link.stopListening();
    await Promise.all([own.link.listen(), own.link.listen()]);
    await own.pair();
  });
});

test("a WebSocket through the link opens, is split to bytes, and notices the reset", async () => {
  const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(sockets, "listening");
  deferred(() => sockets.close());
  sockets.on("connection", (socket) => {
    socket.on("message", (data) => socket.send(data));
    socket.on("error", () => {});
  });
  const { port } = sockets.address() as AddressInfo;
  const kinds: string[] = [];
  const link = await FaultLink.open({ target: { port }, onFault: (kind) => void kinds.push(kind) });
  deferred(() => link.close());
  link.set({ splitBytes: 1, latencyMs: 5 });
  const socket = new WebSocket(link.url("/path"), { perMessageDeflate: false });
  expect(socket.url).toBe(`ws://127.0.0.1:${link.port}/path`);
  await once(socket, "open");
  const text = "a frame of more than 125 bytes ".repeat(10);
  socket.send(Buffer.from(text));
  const [echo] = (await once(socket, "message")) as [Buffer];
  expect(String(echo)).toBe(text);
  const closed = once(socket, "close");
  socket.on("error", () => {});
  link.reset();
  expect((await closed)[0]).toBe(1006);
  expect(kinds).toEqual(["reset"]);
});

describe("a link that is closed", () => {
  test("leaves no handle, whatever its connections were doing", async () => {
    const own = await World.make();
    const handles = (): string[] =>
      process.getActiveResourcesInfo().filter((name) => name.startsWith("TCPSocket"));
    const [slow] = await own.pair();
    own.link.set({ latencyMs: 60_000 });
    slow.say("on its way");
    own.link.set({ blackHole: true });
    own.dial().say("into the dark");
    own.link.set({ acceptDelayMs: 60_000 });
    own.dial();
    own.link.resetEvery(60_000, 60_000);
    await until(() => own.link.stats.accepted === 3);
    await Promise.all([own.link.close(), own.link.close()]);
    expect(own.link.connections).toBe(0);
    for (const end of own.ends) await end.closed();
    await until(() => handles().length === 0);
  });

  test("closes also what was saying goodbye when it was reset", async () => {
    const own = await World.make();
    const [client, server] = await own.pair();
    server.socket.pause();
    // More than the kernel takes: the goodbye behind it has to wait.
    server.say("x");
    client.socket.end("x".repeat(16_000_000));
    await pause(100);
    own.link.reset();
    await own.link.close();
    expect(own.link.connections).toBe(0);
    server.socket.resume();
    await Promise.all([client.closed(), server.closed()]);
  });

  test("listens no more: neither when it was about to, nor later", async () => {
    const own = await World.make();
    await own.link.stopListening();
    const begun = own.link.listen();
    await Promise.all([own.link.close(), begun]);
    expect(await own.dial().closed()).toEqual(["error ECONNREFUSED", "close"]);
    await expect(own.link.listen()).rejects.toThrow("closed");
    expect(await own.dial().closed()).toEqual(["error ECONNREFUSED", "close"]);
  });

  test("and one that could not listen says so", async () => {
    const own = await World.make();
    await expect(
      FaultLink.open({ target: { port: 1 }, port: own.link.port }),
    ).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
