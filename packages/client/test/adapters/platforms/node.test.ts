import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { nodePlatform } from "../../../src/adapters/platforms/node.ts";
import { OptionsError } from "../../../src/base/errors.ts";
import { FakeWsSocket } from "../../transport/fake-socket.ts";

class RecordingSocket extends FakeWsSocket {
  static made: unknown[][] = [];
  constructor(...args: unknown[]) {
    super();
    RecordingSocket.made.push(args);
  }
}
test("a process that is continued has woken; a second start hears it again, an ended one never", () => {
  const process = new EventEmitter();
  const { lifecycle } = nodePlatform({ WebSocket }, { process });
  const events: string[] = [];
  expect(process.listenerCount("SIGCONT")).toBe(0);
  const stop = lifecycle.start(({ type }) => events.push(type));
  process.emit("SIGCONT");
  stop();
  process.emit("SIGCONT");
  lifecycle.start(({ type }) => events.push(type))();
  expect(events).toEqual(["woke"]);
  expect(process.listenerCount("SIGCONT")).toBe(0);
  expect(lifecycle.current).toEqual({ active: true, frozen: false });
});

test("the network is always there, and good", () => {
  const { network } = nodePlatform({ WebSocket });
  expect(network.current).toEqual({ available: true, quality: "good" });
  network.start(() => {})();
});

test("sockets of ws are made without compression and with a short wait for the peer's close", () => {
  RecordingSocket.made = [];
  nodePlatform({ WebSocket: RecordingSocket }).openTransport("ws://x.test", ["p"], () => {});
  nodePlatform({
    WebSocket: RecordingSocket,
    socketOptions: { headers: { "x-app": "1" }, closeTimeout: 50 },
  }).openTransport("ws://x.test", ["p"], () => {});
  expect(RecordingSocket.made).toEqual([
    ["ws://x.test", ["p"], { perMessageDeflate: false, closeTimeout: 1_000 }],
    [
      "ws://x.test",
      ["p"],
      { perMessageDeflate: false, closeTimeout: 50, headers: { "x-app": "1" } },
    ],
  ]);
});

test("without a WebSocket to be had it says at once what to pass; with a global one it takes that", () => {
  const make = (): unknown => nodePlatform({}, {});
  expect(make).toThrow(OptionsError);
  expect(make).toThrow('nodePlatform({ WebSocket }) with the one of "ws"');
  RecordingSocket.made = [];
  nodePlatform({}, { WebSocket: RecordingSocket }).openTransport("ws://x.test", ["p"], () => {});
  expect(RecordingSocket.made).toEqual([["ws://x.test", ["p"]]]);
});

test("instance ids come from the platform", () => {
  expect(nodePlatform({ WebSocket }).randomHex(16)).toMatch(/^[0-9a-f]{32}$/);
});
