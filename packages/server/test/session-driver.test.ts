import { expect, test } from "vitest";

import { settled, TestServer } from "./serve.ts";

test("an event that an effect causes is handled after that effect, not within it", async () => {
  const own = new TestServer();
  const peer = await own.open();
  // The socket answers a close from within the call that closes it.
  own.server.disconnect("ada", { action: "retry", code: "moved" });
  expect(peer.closedWith).toEqual({ code: 4201, reason: "moved" });
  expect(own.server.stats).toMatchObject({ connections: 0, sessions: 0 });
});

test("a socket that says twice that it is gone is forgotten once", async () => {
  const own = new TestServer();
  const peer = await own.open();
  peer.drop();
  peer.drop();
  peer.says({ type: "ping", nonce: 1 });
  expect(own.server.stats).toMatchObject({ connections: 0, framesReceived: 1 });
});

test("frames after the end are not even read", async () => {
  const own = new TestServer();
  const peer = await own.open();
  peer.answersClose = false;
  peer.saysRaw("not JSON");
  peer.saysRaw("not JSON either");
  expect(own.server.stats).toMatchObject({ framesReceived: 2, refusals: { protocolViolation: 1 } });
});

test("messages are counted apart from the frames that bring them", async () => {
  const own = new TestServer();
  const peer = await own.open();
  peer.says({ type: "ping", nonce: 1 }, { type: "ping", nonce: 2 });
  expect(own.server.stats).toMatchObject({ framesReceived: 2, messagesReceived: 3 });
});

test("a client that goes while its credential is checked is never opened", async () => {
  const own = new TestServer();
  const peer = own.dial();
  peer.says(own.hello());
  peer.drop();
  await settled();
  expect(own.server.stats).toMatchObject({ connections: 0, sessions: 0, handshakes: 0 });
  expect(own.errors).toEqual([]);
});
