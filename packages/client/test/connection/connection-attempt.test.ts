/** Stories of one attempt, from the open socket to the welcome and to its end. */
import { describe, expect, test } from "vitest";

import { rig, type ConnectionRig } from "./support/connection-rig.ts";

const BOUNDS = { minMs: 1_000, maxMs: 60_000 };

describe("the way to open", () => {
  test("is one socket, one handshake, one welcome", () => {
    const test = rig().dial();
    expect(test.takeEffects()).toEqual(["openTransport"]);
    test.openSocket();
    expect(test.takeEffects()).toEqual(["startHandshake"]);
    test.welcome();
    expect(test.takeEffects()).toEqual([]);
    expect(test.states).toEqual([
      "stopped (userStop)",
      "connectingTransport (started)",
      "authenticating (started)",
      "open (opened)",
    ]);
  });

  test("keeps saying why it dialled until it is open", () => {
    const test = rig().dial().drop().tell("connectNow").advance(250);
    expect(test.openSocket().snapshot.reason).toBe("retry");
    expect(rig().network(false).dial().network(true).openSocket().snapshot).toMatchObject({
      state: "authenticating",
      reason: "networkChanged",
    });
  });

  test("gives the socket 10 s, and the handshake 10 s more", () => {
    const test = rig().dial().advance(9_999).openSocket().advance(9_999);
    expect(test.welcome().model.state).toBe("open");
  });

  test("is not walked twice: a second opening or welcome changes nothing", () => {
    const test = rig().dial().openSocket().advance(1_000);
    const { handshake } = test.model.deadlines;
    test.openSocket();
    expect(test.model.deadlines.handshake).toBe(handshake);
    expect(test.control.count("startHandshake")).toBe(1);
    test.welcome({ windowMs: 700 }).advance(1_000);
    const { since } = test.snapshot;
    test.welcome({ windowMs: 9_000 }).openSocket();
    expect(test.snapshot.since).toBe(since);
    expect(test.model.windowMs).toBe(700);
  });

  test("brings what the welcome says: the window, the bounds of the heartbeat, the token's end", () => {
    const test = rig().dial().openSocket();
    const heartbeat = { minMs: 7_000, maxMs: 8_000 };
    test.say({ type: "welcomed", windowMs: 5_000, heartbeat, tokenExpiresInMs: 600_000 });
    const now = test.clock.now();
    expect(test.model).toMatchObject({
      windowMs: 5_000,
      health: { bounds: heartbeat, lastInboundAt: now, lastPingAt: now },
      deadlines: { stable: now + 5_000, tokenRenewal: now + 540_000 },
    });
    test.drop();
    expect(test.snapshot.retryAt).toBe(test.clock.wallNow() + 2_500);
  });

  test("a dial that gets through proves the network's hint wrong, by the socket and by the welcome (B02)", () => {
    const test = rig().dial().network(false);
    expect(test.snapshot.blockedBy).toEqual(["network"]);
    test.openSocket();
    expect(test.snapshot.blockedBy).toEqual([]);
    test.network(false).welcome();
    expect(test.snapshot).toMatchObject({ state: "open", blockedBy: [] });
  });
});

describe("the end", () => {
  test.each(["openFailed", "transportClosed"] as const)("%s asks to retry", (type) => {
    const test = rig().dial().advance(1_000).say({ type, meaning: "retry", detail: "1006" });
    expect(test.snapshot).toMatchObject({
      state: "backoff",
      reason: type,
      attempt: 1,
      lastFailure: { reason: type, detail: "1006" },
    });
    expect(test.control.effects.at(-1)).toEqual({
      type: "closeTransport",
      sessionId: 1,
      detail: type,
    });
  });

  test.each(["openFailed", "transportClosed"] as const)("%s asks to stop", (type) => {
    const test = rig().open().advance(1_000).say({ type, meaning: "stop", detail: "4000" });
    expect(test.snapshot).toMatchObject({
      state: "stopped",
      reason: "serverStop",
      lastFailure: { reason: "serverStop", detail: "4000" },
    });
    expect(test.clock.pending).toBe(0);
  });

  test.each(["openFailed", "transportClosed"] as const)("%s asks to sign in anew", (type) => {
    const test = rig().open().advance(1_000);
    test.say({ type, meaning: "reauthenticate", detail: "4100" });
    expect(test.snapshot).toMatchObject({ reason: "authRejected", isRenewingToken: true });
  });

  test("a refusal that says nothing of credentials is heard at once, not after a timeout (L17)", () => {
    const test = rig().dial().openSocket().advance(1_000);
    test.say({ type: "refused", action: "retry", code: "busy" });
    expect(test.snapshot).toMatchObject({
      state: "backoff",
      reason: "refused",
      lastFailure: { detail: "busy" },
    });
    expect(test.control.count("closeTransport")).toBe(1);
  });

  test.each([
    ["sendFailed", "sendFailed"],
    ["protocolViolated", "protocolViolated"],
    ["tokenFailed", "tokenUnavailable"],
  ] as const)("by %s is a failure, named %s", (type, reason) => {
    const test = rig().dial().openSocket().advance(1_000).say({ type, detail: "why" });
    expect(test.snapshot).toMatchObject({
      state: "backoff",
      reason,
      attempt: 1,
      lastFailure: { reason, detail: "why" },
    });
  });

  test("a send that fails does not spin: the next dial waits like any other (L36)", () => {
    const test = rig().dial();
    for (let round = 0; round < 5; round += 1) {
      test.accept().advance(300).say({ type: "sendFailed", detail: "not open" });
      test.untilAlarm("backoff");
    }
    expect(test.waits).toEqual([175, 500, 1_000, 2_000, 2_800].map((ms) => expect.closeTo(ms, 0)));
  });

  test("by a fault of our own is told as such, and the connection goes on", () => {
    const test = rig().open().advance(1_000).tell({ type: "faulted", detail: "TypeError" });
    expect(test.snapshot).toMatchObject({ state: "backoff", reason: "internal", attempt: 1 });
    expect(rig().tell({ type: "faulted", detail: "TypeError" }).model.state).toBe("stopped");
  });
});

describe("something useful", () => {
  test("proves a session at once", () => {
    const test = rig().dial().drop().untilAlarm("backoff").accept();
    test.say({ type: "useful" });
    expect(test.snapshot).toMatchObject({ attempt: 0, lastFailure: undefined });
    expect(test.model).toMatchObject({ authRejections: 0, outageSince: undefined });
  });

  test("before the welcome proves nothing", () => {
    const test = rig().dial().drop().untilAlarm("backoff").openSocket().say({ type: "useful" });
    expect(test.snapshot.attempt).toBe(1);
  });
});

describe("a send buffer that does not drain", () => {
  test("makes an open connection doubt, and does not concern one that still dials", () => {
    const test = rig().open().advance(1_000).say({ type: "sendStalled" });
    expect(test.model.deadlines.probe).toBeDefined();
    const dialling = rig().dial().openSocket().say({ type: "sendStalled" });
    expect(dialling.model.state).toBe("authenticating");
    expect(dialling.control.count("sendPing")).toBe(0);
  });
});

test("a report of the driver without a session's vitals is borne", () => {
  const test = rig().open();
  expect(test.control.vitals()).toBeUndefined();
  test.advance(4_500);
  expect(test.control.effects).toContainEqual({ type: "sendPing", sessionId: 1, nonce: 1 });
  test.advance(5_000);
  expect(test.model.reason).toBe("pingTimeout");
});

test("a frame or a pong before the welcome says nothing of a heartbeat", () => {
  const test = rig().dial().openSocket();
  test.say({ type: "frameReceived" }, { type: "pongReceived", nonce: 0, windowMs: 1_000 });
  expect(test.model.health).toBeUndefined();
  test.say({ type: "welcomed", windowMs: 1_000, heartbeat: BOUNDS });
  expect(test.model.state).toBe("open");
});

test("no number of sessions but the live one is ever heard", () => {
  const heard = (sessionId: number): ConnectionRig =>
    rig().dial().sayAs(sessionId, { type: "transportOpened" });
  expect(heard(1).model.state).toBe("authenticating");
  for (const sessionId of [0, 2, -1]) {
    expect(heard(sessionId).model.state).toBe("connectingTransport");
  }
});
