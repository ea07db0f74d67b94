/** A server that breaks the protocol, on real sockets: each a typed end, none a crash. */
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

import { afterEach, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

import { WELCOME } from "../../src/fake-transport.ts";
import { cleanUp, deferred, isOpen, makeClient, QUICK, reach, until } from "./socket-world.ts";

afterEach(cleanUp);

const uncaught: unknown[] = [];
process.on("uncaughtExceptionMonitor", (error) => uncaught.push(error));

/** `tcp`: the connection beneath. */
type Misdeed = (socket: WebSocket, tcp: Socket) => void;

/** A server that welcomes, and does this once, to its first client; later ones it serves well. */
async function hostile(misdeed: Misdeed, isBeforeHello = false): Promise<Hostile> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => "holdfast.v1.json" });
  const own: Hostile = { port: 0, closeCodes: [] };
  let isFirst = true;
  sockets.on("connection", (socket, { socket: tcp }) => {
    const isVictim = isFirst;
    isFirst = false;
    socket.on("close", (code) => own.closeCodes.push(code));
    socket.on("error", () => {});
    if (isVictim && isBeforeHello) return misdeed(socket, tcp);
    socket.on("message", (data) => {
      for (const message of [JSON.parse(String(data))].flat() as { type: string; id: number }[]) {
        if (message.type === "call") {
          socket.send(JSON.stringify({ type: "result", id: message.id, output: "good" }));
        }
        if (message.type !== "hello") continue;
        socket.send(JSON.stringify(WELCOME));
        if (isVictim) misdeed(socket, tcp);
      }
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  deferred(() => {
    for (const socket of sockets.clients) socket.terminate();
    http.close();
  });
  own.port = (http.address() as AddressInfo).port;
  return own;
}

interface Hostile {
  port: number;
  /** How clients closed. */
  readonly closeCodes: number[];
}

const says =
  (...frames: (string | Uint8Array)[]): Misdeed =>
  (socket) => {
    for (const frame of frames) socket.send(frame);
  };
/** Updates that would be fine but for their data. */
const pushes = (data: string): Misdeed =>
  says(
    `{"type":"updates","bucket":"b","epoch":"e","after":0,"upTo":1,"updates":[{"seq":1,"at":0,"data":${data}}]}`,
  );
const message = (fields: object): Misdeed => says(JSON.stringify(fields));
const update = { seq: 1, at: 0, data: 1 };

/** What the server does, and what the client says of it. */
const rows: readonly [name: string, misdeed: Misdeed, detail: RegExp][] = [
  ["what is not JSON", says("{"), /^notParseable$/],
  ["nothing at all", says(""), /^notParseable$/],
  ["an empty batch", says("[]"), /^notParseable$/],
  ["a number", says("7"), /^unknownType$/],
  ["null", says("null"), /^unknownType$/],
  ["a message without a type", message({ nonce: 1 }), /^unknownType$/],
  ["a type that is no text", message({ type: 7 }), /^unknownType$/],
  ["an unknown type", message({ type: "signal" }), /^unknownType$/],
  ["a type that every object has", message({ type: "constructor" }), /^unknownType$/],
  ["a client's word", message({ type: "ping", nonce: 1 }), /^unknownType$/],
  ["a field of the wrong type", message({ type: "pong", nonce: "1" }), /^badField pong/],
  ["a field that is missing", message({ type: "result" }), /^badField result/],
  ["a number out of range", message({ type: "goAway", windowMs: -1 }), /^badField goAway/],
  ["deep nesting", says(`{"type":"x","a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`), /./],
  ["deep nesting where anything may stand", pushes("[".repeat(50) + "]".repeat(50)), /^tooDeep$/],
  ["a prototype key", pushes('{"__proto__":{"isAdmin":true}}'), /^prototypeKey$/],
  ["a prototype key, spelled otherwise", pushes('{"\\u005f_proto__":{"isAdmin":true}}'), /^proto/],
  ["a prototype key of its own", says('{"__proto__":{"type":"pong"}}'), /^(prototypeKey|unknown)/],
  ["2 MiB", says(`{"type":"pong","nonce":1,"pad":"${"x".repeat(2_097_152)}"}`), /^tooLarge$/],
  ["bytes where text is due", says(new Uint8Array([1, 2, 3])), /^wrongFrameKind$/],
  [
    "JSON as bytes",
    says(new TextEncoder().encode('{"type":"pong","nonce":1,"windowMs":1}')),
    /^wrongFrameKind$/,
  ],
  ["too many messages in a frame", says(JSON.stringify(Array(300).fill(WELCOME))), /^tooManyM/],
  ["a result for a call never made", message({ type: "result", id: 999_999 }), /^unknownCall$/],
  [
    "a failure for a call never made",
    message({ type: "failure", id: 999_999, code: "x", message: "" }),
    /^unknownCall$/,
  ],
  ["a second welcome", message(WELCOME), /^welcome$/],
  ["an ack, which was not agreed on", message({ type: "ack", id: 1 }), /^(ack|unknownType)$/],
  [
    "a run of updates that contradicts itself",
    message({ type: "updates", bucket: "b", epoch: "e", after: 5, upTo: 3, updates: [update] }),
    /^badField updates/,
  ],
];

for (const [name, misdeed, detail] of rows) {
  test(`after the welcome, ${name} ends the session with its reason; the next works`, async () => {
    const own = await hostile(misdeed);
    const client = makeClient(own.port, { policy: QUICK });
    client.start();
    const failed = await reach(client, ({ state }) => state === "backoff");
    expect(failed.reason).toBe("protocolViolated");
    expect(failed.lastFailure?.detail).toMatch(detail);
    expect(await client.call("echo", "x")).toBe("good");
    await until(() => own.closeCodes.length > 0);
    expect(own.closeCodes[0]).toBe(4214);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(uncaught).toEqual([]);
  });
}

/** What comes before anybody said hello. */
const early: readonly [name: string, misdeed: Misdeed, reason: string][] = [
  ["a welcome before the hello", says(JSON.stringify(WELCOME)), "protocolViolated"],
  ["a result before the hello", message({ type: "result", id: 1 }), "protocolViolated"],
  ["text that is not UTF-8", (_, tcp) => raw(tcp, [0x81, 0x02, 0xff, 0xfe]), "transportClosed"],
  ["a frame with reserved bits", (_, tcp) => raw(tcp, [0xf1, 0x00]), "transportClosed"],
  ["a frame of 2^63 bytes", (_, tcp) => raw(tcp, [0x81, 127, 128]), "transportClosed"],
  ["a reset", (_, tcp) => void tcp.resetAndDestroy(), "transportClosed"],
  [
    "a close with a code that means nothing",
    (socket) => void setTimeout(() => socket.close(4_999), 20),
    "transportClosed",
  ],
];

for (const [name, misdeed, reason] of early) {
  test(`${name} ends the session with its reason; the next works`, async () => {
    const own = await hostile(misdeed, true);
    const client = makeClient(own.port, { policy: QUICK });
    client.start();
    const failed = await reach(client, ({ state }) => state === "backoff");
    expect(failed.reason).toBe(reason);
    await reach(client, isOpen);
    expect(uncaught).toEqual([]);
  });
}

test("what answers no upgrade at all is a failed dial", async () => {
  const answers = ["HELLO\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", ""];
  let dials = 0;
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.end(answers[dials++ % answers.length] ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  deferred(() => server.close());
  const client = makeClient((server.address() as AddressInfo).port, { policy: QUICK });
  client.start();
  const failures: string[] = [];
  client.connection.subscribe(({ state, lastFailure }) => {
    if (state === "backoff") failures.push(lastFailure?.reason ?? "");
  });
  await until(() => failures.length >= 3);
  expect(new Set(failures)).toEqual(new Set(["openFailed"]));
  expect(uncaught).toEqual([]);
});

/** A frame's first bytes, and enough after them that they are read as a frame. */
function raw(tcp: Socket, bytes: readonly number[]): void {
  tcp.write(Uint8Array.from([...bytes, ...Array<number>(8).fill(0)]));
}
