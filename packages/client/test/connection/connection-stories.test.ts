/**
 * What a user lives through: the app goes to the background and comes back, the network goes and
 * comes, the machine sleeps. Stories on the driver, with the whole machine behind it.
 */
import { describe, expect, test } from "vitest";

import { PHONE, rig, type ConnectionRig } from "./support/connection-rig.ts";

function phone(): ConnectionRig {
  return rig({ policy: PHONE });
}

describe("background and foreground, on a phone", () => {
  test("a session in the background has 30 s, then it is suspended, and nothing more is dialled", () => {
    const test = phone();
    test.peer = "answering";
    test.open().advance(10_000).tell("appBackgrounded").advance(29_999);
    expect(test.model.state).toBe("open");
    test.advance(1);
    expect(test.snapshot).toMatchObject({
      state: "backgroundSuspended",
      reason: "appInactive",
      blockedBy: ["app"],
      retryAt: undefined,
      attempt: 0,
    });
    test.advance(3_600_000);
    expect(test.control.count("openTransport")).toBe(1);
    expect(test.clock.pending).toBe(0);
  });

  test("back in the foreground it dials at once", () => {
    const test = phone().open().tell("appBackgrounded").advance(60_000);
    test.takeEffects();
    test.tell("appForegrounded");
    expect(test.takeEffects()).toEqual(["openTransport"]);
    expect(test.snapshot).toMatchObject({ reason: "appActive", blockedBy: [] });
  });

  test("back within the grace, the connection is asked whether it lives (B01)", () => {
    const test = phone();
    test.peer = "answering";
    test.open().tell("appBackgrounded").advance(20_000);
    test.peer = "silent";
    test.tell("appForegrounded").advance(2_000);
    expect(test.snapshot).toMatchObject({ state: "backoff", reason: "probeFailed" });
    expect(test.waits).toEqual([]);
    test.untilAlarm("backoff");
    expect(test.model.state).toBe("connectingTransport");
  });

  test("back within the grace, the grace is over: the next one has its full 30 s", () => {
    const test = phone();
    test.peer = "answering";
    test.open().tell("appBackgrounded").advance(20_000).tell("appForegrounded").advance(20_000);
    expect(test.model.state).toBe("open");
    test.tell("appBackgrounded").advance(29_999);
    expect(test.model.state).toBe("open");
    test.advance(1);
    expect(test.model.state).toBe("backgroundSuspended");
  });

  test("a second report of the background does not lengthen the grace", () => {
    const test = phone();
    test.peer = "answering";
    test.open().tell("appBackgrounded").advance(20_000).tell("appBackgrounded").advance(10_000);
    expect(test.model.state).toBe("backgroundSuspended");
  });

  test("a drop within the grace suspends: nothing reconnects in the background (L03)", () => {
    const test = phone().open().advance(1_000).tell("appBackgrounded").advance(5_000).drop();
    expect(test.snapshot).toMatchObject({
      state: "backgroundSuspended",
      reason: "transportClosed",
      blockedBy: ["app"],
      attempt: 1,
    });
    test.advance(600_000);
    expect(test.control.count("openTransport")).toBe(1);
    test.tell("appForegrounded");
    expect(test.model.state).toBe("connectingTransport");
  });

  test("a wait that is met by the background is suspended (L26)", () => {
    const test = phone().dial().drop().tell("appBackgrounded");
    expect(test.snapshot).toMatchObject({ state: "backgroundSuspended", reason: "appInactive" });
    expect(test.clock.pending).toBe(0);
  });

  test("a dial that is met by the background goes on, within its grace", () => {
    const test = phone().dial().tell("appBackgrounded").advance(5_000).accept();
    expect(test.model.state).toBe("open");
    test.peer = "answering";
    test.advance(25_000);
    expect(test.model.state).toBe("backgroundSuspended");
  });

  test("asleep past the grace and opened again, it is connected, not suspended for ever (L04)", () => {
    const test = phone().open().tell("appBackgrounded").advance(1_000);
    test.clock.sleep(3_600_000);
    test.tell("appForegrounded");
    expect(test.snapshot).toMatchObject({ state: "connectingTransport", blockedBy: [] });
    test.accept();
    expect(test.model.state).toBe("open");
  });

  test("asleep past the grace, with the late alarm first, it comes to the same (L04)", () => {
    const test = phone().open().tell("appBackgrounded").advance(1_000);
    test.clock.sleep(3_600_000);
    test.advance(0).tell("appForegrounded").advance(0);
    expect(test.model.state).toBe("connectingTransport");
  });

  test("started in the background it waits for its user", () => {
    const test = phone().tell("appBackgrounded").dial();
    expect(test.snapshot).toMatchObject({ state: "backgroundSuspended", blockedBy: ["app"] });
    expect(test.control.effects).toEqual([]);
    test.tell("appForegrounded");
    expect(test.model.state).toBe("connectingTransport");
  });
});

describe("background and foreground, elsewhere", () => {
  test("a hidden page stays connected, more quietly", () => {
    const test = rig();
    test.peer = "answering";
    test.open().tell("appBackgrounded").advance(600_000);
    expect(test.model).toMatchObject({ state: "open", sessionId: 1 });
    expect(test.control.count("sendPing")).toBe(24);
  });

  test("a hidden page whose connection drops dials again", () => {
    const test = rig().open().tell("appBackgrounded").advance(1_000).drop().untilAlarm("backoff");
    expect(test.model.state).toBe("connectingTransport");
  });

  test("a freeze closes the socket in its own call stack, and a thaw dials", () => {
    const test = rig().open().advance(1_000);
    test.takeEffects();
    test.tell("appFrozen");
    expect(test.takeEffects()).toEqual(["closeTransport"]);
    expect(test.snapshot).toMatchObject({
      state: "backgroundSuspended",
      reason: "appFrozen",
      blockedBy: ["frozen"],
      attempt: 0,
    });
    expect(test.clock.pending).toBe(0);
    test.advance(3_600_000).tell("appThawed");
    expect(test.takeEffects()).toEqual(["openTransport"]);
  });

  test("a freeze ends a dial and a wait just as well", () => {
    for (const test of [rig().dial(), rig().dial().openSocket(), rig().dial().drop()]) {
      test.tell("appFrozen");
      expect(test.model.state).toBe("backgroundSuspended");
      expect(test.clock.pending).toBe(0);
      expect(test.control.count("closeTransport")).toBe(1);
    }
  });

  test("a page that is shown is neither hidden nor frozen any more", () => {
    const test = rig().open().advance(1_000).tell("appBackgrounded", "appFrozen");
    test.tell("appForegrounded");
    expect(test.snapshot).toMatchObject({
      state: "connectingTransport",
      constraints: { appActive: true, notFrozen: true },
    });
  });

  test("a burst of foreground signals is one dial, or one probe (B10)", () => {
    const test = rig().dial().drop().advance(300);
    test.tell("appForegrounded", "appForegrounded", "woke", "appThawed", "connectNow");
    expect(test.control.count("openTransport")).toBe(2);
    test.accept().advance(1_000);
    test.tell("appForegrounded", "appForegrounded", "woke", "appThawed", "connectNow");
    expect(test.control.count("sendPing")).toBe(1);
  });
});

describe("network down and up", () => {
  test("a hint that lies does not end a connection that answers (B02)", () => {
    const test = rig();
    test.peer = "answering";
    test.open().advance(1_000).network(false);
    expect(test.snapshot).toMatchObject({ state: "open", blockedBy: [] });
    expect(test.model.sessionId).toBe(1);
    test.advance(60_000);
    expect(test.model).toMatchObject({ state: "open", sessionId: 1 });
  });

  test("a hint that is true is found true in 2 s, and the client waits for the network", () => {
    const test = rig().open().advance(1_000).network(false).advance(2_000);
    expect(test.snapshot).toMatchObject({
      state: "waitingForConstraints",
      reason: "probeFailed",
      blockedBy: ["network"],
      lastFailure: { reason: "probeFailed" },
    });
  });

  test("while only the hint blocks, a dial is made all the same every 30 s, and it says when", () => {
    const test = rig().network(false).dial();
    for (let round = 0; round < 3; round += 1) {
      expect(test.snapshot.retryAt).toBe(test.clock.wallNow() + 30_000);
      test.advance(30_000);
      expect(test.model.state).toBe("connectingTransport");
      test.say({ type: "openFailed", meaning: "retry", detail: "1006" });
    }
    test.advance(30_000).accept();
    expect(test.snapshot).toMatchObject({ state: "open", blockedBy: [] });
  });

  test("what comes between two such dials does not put the next one off", () => {
    const test = rig().network(false).dial().advance(20_000);
    test.network(false).tell("woke", "appBackgrounded", "appForegrounded").login();
    test.advance(9_999);
    expect(test.model.state).toBe("waitingForConstraints");
    test.advance(1);
    expect(test.model.state).toBe("connectingTransport");
  });

  test("back online it dials at once, and the failures stay counted", () => {
    const test = rig().dial().drop().untilAlarm("backoff").drop().network(false);
    expect(test.snapshot).toMatchObject({ state: "waitingForConstraints", reason: "networkLost" });
    test.advance(5_000).network(true);
    expect(test.snapshot).toMatchObject({
      state: "connectingTransport",
      reason: "networkChanged",
      attempt: 2,
    });
  });

  test("lost and back in one breath is no reason to hang up or to wait (L20, L01)", () => {
    const test = rig();
    test.peer = "answering";
    test.open().advance(1_000).network(false).network(true);
    expect(test.model).toMatchObject({ state: "open", sessionId: 1 });
    const dialling = rig().dial().network(false).network(true);
    expect(dialling.control.count("openTransport")).toBe(1);
    expect(dialling.model.state).toBe("connectingTransport");
    const waiting = rig().dial().drop().advance(300).network(false).network(true);
    expect(waiting.model.state).toBe("connectingTransport");
  });

  test("a dial goes on against the hint: its own deadline decides", () => {
    const test = rig().dial().network(false).advance(9_999);
    expect(test.model.state).toBe("connectingTransport");
    test.advance(1);
    expect(test.snapshot).toMatchObject({
      state: "waitingForConstraints",
      reason: "connectTimeout",
      blockedBy: ["network"],
    });
  });

  test("from one network to another, an open connection is asked at once (L13, B01)", () => {
    const test = rig().open().advance(1_000).network(true).advance(2_000);
    expect(test.model.reason).toBe("probeFailed");
  });

  test("after a change of quality a ping waits as long as the new quality asks (L25)", () => {
    const test = rig().open().advance(4_500).network(true, "constrained");
    // The change itself is doubted with a short probe, whatever the quality.
    expect(test.model.deadlines.probe).toBeDefined();
    test.advance(100).frame().advance(4_500).advance(11_999);
    expect(test.model.state).toBe("open");
    test.advance(1);
    expect(test.model.reason).toBe("pingTimeout");
  });

  test("a storm of network events while stopped starts nothing (L16)", () => {
    const test = rig();
    for (let round = 0; round < 20; round += 1) test.network(round % 2 === 0).advance(100);
    expect(test.model.state).toBe("stopped");
    expect(test.control.effects).toEqual([]);
  });
});

describe("sleep", () => {
  test("a sleep that nobody reported ends in a probe, and a dead connection is replaced (B01)", () => {
    const test = rig().open().advance(1_000);
    test.clock.sleep(3_600_000);
    test.advance(0);
    expect(test.control.effects.map(({ type }) => type)).toContain("sendPing");
    test.advance(2_000).untilAlarm("backoff");
    expect(test.model).toMatchObject({ state: "connectingTransport", sessionId: 2 });
  });

  test("in the middle of a dial is no reason to dial twice", () => {
    const test = rig().dial().advance(1_000);
    test.clock.sleep(5_000);
    test.tell("woke");
    expect(test.model).toMatchObject({ state: "connectingTransport", sessionId: 1 });
  });

  test("in a long wait ends it", () => {
    const test = rig().dial().advance(1_000);
    test.say({ type: "refused", action: "retry", code: "busy", retryAfterMs: 5_000, windowMs: 0 });
    test.clock.sleep(60_000);
    test.advance(0);
    expect(test.model.state).toBe("connectingTransport");
  });

  test("does not say that somebody looks at the app", () => {
    const test = phone().open().advance(1_000).tell("appBackgrounded").drop().tell("woke");
    expect(test.snapshot).toMatchObject({ state: "backgroundSuspended", blockedBy: ["app"] });
  });
});

describe("the user asks", () => {
  test("a user who asks an open connection leaves it open, and sees nothing else (L32)", () => {
    const test = rig();
    test.peer = "answering";
    test.open().advance(1_000);
    const count = test.snapshots.length;
    test.tell("connectNow");
    expect(test.model.state).toBe("open");
    expect(test.snapshots.slice(count).map(({ state }) => state)).toEqual(["open"]);
  });

  test("a waiting one: it dials at once", () => {
    const test = rig().dial().drop().advance(300).tell("connectNow");
    expect(test.snapshot).toMatchObject({ state: "connectingTransport", reason: "connectNow" });
  });

  test("one that is offline by the hint: it dials all the same", () => {
    const test = rig().network(false).dial().advance(1_000).tell("connectNow");
    expect(test.snapshot).toMatchObject({ state: "connectingTransport", blockedBy: [] });
  });

  test("one that is signed out: it can only wait on", () => {
    const test = rig({ signedIn: false }).dial().tell("connectNow");
    expect(test.snapshot).toMatchObject({ state: "waitingForConstraints", blockedBy: ["auth"] });
  });
});

describe("from the beginning to the end", () => {
  test("what happens before the start is remembered, and blocks nobody (L30)", () => {
    const test = rig({ signedIn: false });
    test.network(false).login().tell("appBackgrounded").network(true, "constrained");
    expect(test.control.effects).toEqual([]);
    test.dial();
    expect(test.control.effects.map(({ type }) => type)).toEqual(["openTransport"]);
    expect(test.model).toMatchObject({ quality: "constrained", account: 1 });
  });

  test("a closed manager is held by nothing: no timer, and nothing it is asked for (L27)", () => {
    const test = rig().open().tell("appBackgrounded").advance(1_000);
    test.manager.close();
    expect(test.clock.pending).toBe(0);
    test.takeEffects();
    test.advance(3_600_000);
    expect(test.takeEffects()).toEqual([]);
  });

  test("an hour of trouble takes no time to test: the clock is ours (B21)", () => {
    const test = rig().dial();
    for (let minute = 0; minute < 60; minute += 1) {
      if (test.model.state === "connectingTransport") test.accept().drop();
      test.advance(60_000);
    }
    expect(test.clock.now() - test.startedAt).toBe(3_600_000);
    expect(test.faults).toEqual([]);
  });
});
