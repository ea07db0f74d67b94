/**
 * Is an open connection alive? Tables and stories of pings, probes, and who is to blame for a
 * delay.
 */
import { describe, expect, test } from "vitest";

import { transition } from "../../src/connection/connection-machine.ts";
import type { HealthDeadline, Question } from "../../src/connection/connection-health.ts";
import {
  isAsking,
  pendingDeadlines,
  type ConnectionModel,
} from "../../src/connection/connection-model.ts";
import type { Step } from "../../src/connection/connection-moves.ts";
import type { Vitals } from "../../src/connection/connection-effect.ts";
import { PHONE, rig, type ConnectionRig, type Peer } from "./support/connection-rig.ts";

/** When pings went out, in milliseconds after the welcome. */
function pings({ handled }: ConnectionRig): number[] {
  const openedAt = handled.find(({ event }) => event.type === "welcomed")?.stamp.now ?? 0;
  return handled
    .filter(({ step }) => step.effects.some(({ type }) => type === "sendPing"))
    .map(({ stamp }) => stamp.now - openedAt);
}

/** What was asked and waits for any inbound frame. */
function questions({ deadlines }: ConnectionModel): Question[] {
  return (["pong", "probe"] as const).filter((question) => deadlines[question] !== undefined);
}

/** How long after `since` the session was given up, and why. */
function endOf(test: ConnectionRig, since: number): string {
  const end = test.handled.find(
    ({ step, stamp }) =>
      stamp.now >= since && step.effects.some(({ type }) => type === "closeTransport"),
  );
  return end ? `${end.step.model.reason} after ${end.stamp.now - since}` : "lives";
}

function open(peer: Peer, constrained = false): ConnectionRig {
  const test = rig();
  test.peer = peer;
  if (constrained) test.network(true, "constrained");
  return test.open();
}

describe("pings", () => {
  test("go out every 4.5 s while nothing comes but their answers", () => {
    const test = open("answering").advance(20_000);
    expect(pings(test)).toEqual([4_500, 9_000, 13_500, 18_000]);
  });

  test("wait while the server talks, but never longer than 12 s", () => {
    const test = open("answering");
    for (let second = 0; second < 30; second += 1) test.advance(1_000).inbound();
    expect(pings(test)).toEqual([12_000, 24_000]);
  });

  test("come 4.5 s after the last frame", () => {
    const test = open("answering").advance(3_000).inbound().advance(10_000);
    expect(pings(test)).toEqual([7_500, 12_000]);
  });

  test("are as rare as 25 s in the background", () => {
    const test = open("answering").tell("appBackgrounded").advance(60_000);
    expect(pings(test)).toEqual([25_000, 50_000]);
  });

  test("are as rare as 25 s in the background under traffic, too", () => {
    const test = open("answering").tell("appBackgrounded");
    for (let second = 0; second < 60; second += 1) test.advance(1_000).inbound();
    expect(pings(test)).toEqual([25_000, 50_000]);
  });

  test("are frequent again once the app is seen", () => {
    const test = open("answering").tell("appBackgrounded").advance(20_000);
    test.tell("appForegrounded").advance(4_500);
    expect(pings(test)).toEqual([20_000, 24_500]);
  });

  test.each([
    ["the server bears no more often than 10 s", 10_000, 60_000, [10_000, 20_000, 30_000]],
    ["the server wants one at least every 2 s", 1_000, 2_000, [2_000, 4_000, 6_000]],
    ["a hostile server wants them all the time", 0, 0, [2_000, 4_000, 6_000]],
  ])("keep within the server's bounds: %s", (_, minMs, maxMs, expected) => {
    const test = rig().dial().openSocket();
    test.peer = "answering";
    const heartbeat = { minMs, maxMs };
    test.say({ type: "welcomed", windowMs: 1_000, heartbeat });
    test.advance(expected.at(-1) ?? 0);
    expect(pings(test)).toEqual(expected);
  });

  test("keep within the server's bounds under traffic", () => {
    const test = rig().dial().openSocket();
    test.peer = "answering";
    test.say({ type: "welcomed", windowMs: 1_000, heartbeat: { minMs: 1_000, maxMs: 6_000 } });
    for (let second = 0; second < 13; second += 1) test.advance(1_000).inbound();
    expect(pings(test)).toEqual([6_000, 12_000]);
  });

  test("number themselves, and each goes to the live session", () => {
    const test = open("answering").advance(9_000);
    expect(test.control.effects.filter(({ type }) => type === "sendPing")).toEqual([
      { type: "sendPing", sessionId: 1, nonce: 1 },
      { type: "sendPing", sessionId: 1, nonce: 2 },
    ]);
  });

  test("pings of an old session are not counted against the next (B16, B17, L65)", () => {
    const test = open("silent").advance(4_500);
    test.drop().untilAlarm("backoff").accept();
    expect(test.model.health).toMatchObject({ nonce: 0 });
    test.advance(4_499);
    expect(test.model.state).toBe("open");
    expect(test.clock.pending).toBe(1);
    test.tell("stop", "start").accept();
    const before = test.control.count("sendPing");
    test.peer = "answering";
    test.advance(9_000);
    expect(test.control.count("sendPing") - before).toBe(2);
  });
});

describe("a dead path", () => {
  test("a dead path is noticed within 10 s on a good network (B11)", () => {
    const test = open("silent");
    const diedAt = test.clock.now();
    test.advance(60_000);
    expect(endOf(test, diedAt)).toBe("pingTimeout after 9500");
  });

  test("a dead path is noticed within 17 s on a constrained network (B11)", () => {
    const test = open("silent", true);
    const diedAt = test.clock.now();
    test.advance(60_000);
    expect(endOf(test, diedAt)).toBe("pingTimeout after 16500");
  });

  test("a dead path is noticed 5 s after a ping, though the ping itself hangs in a full buffer (L09)", () => {
    const test = open("silent").inbound({ bufferedBytes: 500_000 });
    const diedAt = test.clock.now();
    test.advance(60_000);
    expect(endOf(test, diedAt)).toBe("pingTimeout after 9500");
  });

  test("in one direction is noticed within 30 s, though the server talks on", () => {
    const test = open("chatty");
    const diedAt = test.clock.now();
    for (let second = 0; second < 60; second += 1) test.advance(1_000).frame();
    expect(endOf(test, diedAt)).toBe("pingTimeout after 30000");
  });

  test("in one direction is given 30 s after the ping on a constrained network", () => {
    const test = open("chatty", true);
    const diedAt = test.clock.now();
    for (let second = 0; second < 90; second += 1) test.advance(1_000).frame();
    expect(endOf(test, diedAt)).toBe("pingTimeout after 42000");
  });

  test("a dead path is noticed 2 s after something made us doubt (B01)", () => {
    const test = open("silent").advance(1_000).tell("woke");
    const doubtedAt = test.clock.now();
    test.advance(60_000);
    expect(endOf(test, doubtedAt)).toBe("probeFailed after 2000");
  });

  test("costs 2 s of doubt on a constrained network, too", () => {
    const test = open("silent", true).advance(1_000).tell("woke");
    const doubtedAt = test.clock.now();
    test.advance(60_000);
    expect(endOf(test, doubtedAt)).toBe("probeFailed after 2000");
  });

  test("is found by a send buffer that does not drain", () => {
    const test = open("silent").advance(1_000).say({ type: "sendStalled" });
    const doubtedAt = test.clock.now();
    test.advance(60_000);
    expect(endOf(test, doubtedAt)).toBe("probeFailed after 2000");
  });
});

describe("any inbound frame is life", () => {
  test.each(["frameReceived", "pongReceived"] as const)(
    "any inbound frame answers a ping: %s (L24)",
    (type) => {
      const test = open("silent").advance(4_500).advance(4_999);
      if (type === "frameReceived") test.frame();
      else test.say({ type, nonce: 1, windowMs: 1_000 });
      test.advance(4_499);
      expect(test.model.state).toBe("open");
      expect(pings(test)).toEqual([4_500]);
    },
  );

  test("a frame that nobody reported is found when the ping is due", () => {
    const test = open("silent").advance(4_000).inbound().advance(500);
    expect(pings(test)).toEqual([]);
    expect(test.model.health?.lastInboundAt).toBe(test.clock.now() - 500);
  });

  test("a frame that nobody reported is found when the answer is due", () => {
    const test = open("silent").advance(4_500).advance(1_000).inbound().advance(4_000);
    expect(test.model.state).toBe("open");
    expect(isAsking(test.model)).toBe(false);
  });

  test("frames from before a question are no answer to it", () => {
    const test = open("silent").advance(1_000).inbound().advance(500).tell("woke").advance(2_000);
    expect(test.model).toMatchObject({ state: "backoff", reason: "probeFailed" });
  });

  test("a thousand frames between two pings change nothing and ask for nothing", () => {
    const test = open("silent").advance(1_000);
    const { model } = test;
    const count = test.handled.length;
    for (let frame = 0; frame < 1_000; frame += 1) test.frame();
    expect(test.handled).toHaveLength(count);
    expect(test.model).toBe(model);
  });

  test("frames are listened for only while one would change something", () => {
    const test = open("silent");
    expect(test.isListening).toBe(false);
    test.advance(4_500);
    expect(test.isListening).toBe(true);
    test.frame();
    expect(test.isListening).toBe(false);
    test.network(false);
    expect(test.isListening).toBe(true);
    test.frame();
    expect(test.isListening).toBe(false);
    expect(test.control.count("listenForLife")).toBe(4);
  });
});

describe("a pong", () => {
  test("of the last ping measures the round trip, and it is told", () => {
    const test = open("silent").advance(4_500).advance(40);
    test.say({ type: "pongReceived", nonce: 1, windowMs: 1_000 });
    expect(test.snapshot.roundTripMs).toBe(40);
    test.advance(4_500).advance(70).say({ type: "pongReceived", nonce: 2, windowMs: 1_000 });
    expect(test.snapshot.roundTripMs).toBe(70);
  });

  test("tells the window that the server wants for its next drop", () => {
    const test = open("silent").say({ type: "pongReceived", nonce: 0, windowMs: 4_000 });
    expect(test.model.windowMs).toBe(4_000);
    test.advance(1_000).drop();
    expect(test.snapshot.retryAt).toBe(test.clock.wallNow() + 2_000);
  });

  test("that nobody asked for is life, and measures nothing", () => {
    const test = open("silent").advance(4_500);
    test.say({ type: "pongReceived", nonce: 9, windowMs: 1_000 });
    expect(isAsking(test.model)).toBe(false);
    expect(test.snapshot.roundTripMs).toBeUndefined();
    expect(test.model.deadlines.ownPong).toBeDefined();
  });

  test("after the answer is life, and measures nothing more", () => {
    const test = open("silent").advance(4_500).advance(40);
    const pong = { type: "pongReceived", nonce: 1, windowMs: 1_000 } as const;
    test.say(pong).advance(100).say(pong);
    expect(test.snapshot.roundTripMs).toBe(40);
  });

  test("of an older ping gives the uplink more time, and measures nothing", () => {
    const test = open("chatty");
    for (let second = 0; second < 25; second += 1) test.advance(1_000).frame();
    // Pinged after 12 and 24 s. The first one's pong was slow, but it came: the uplink is alive.
    test.say({ type: "pongReceived", nonce: 1, windowMs: 1_000 });
    expect(test.snapshot.roundTripMs).toBeUndefined();
    for (let second = 0; second < 17; second += 1) test.advance(1_000).frame();
    expect(test.model.state).toBe("open");
    test.advance(1_000);
    expect(test.model.reason).toBe("pingTimeout");
  });

  test("of a probe measures the round trip, too", () => {
    const test = open("silent").advance(1_000).tell("connectNow").advance(30);
    test.say({ type: "pongReceived", nonce: 1, windowMs: 1_000 });
    expect(test.snapshot.roundTripMs).toBe(30);
  });
});

describe("bursts of doubt", () => {
  test("bursts of doubt are one probe (B10)", () => {
    const test = open("silent").advance(1_000);
    test.tell("appForegrounded", "woke", "connectNow", "appForegrounded");
    test.network(true).network(true, "constrained").say({ type: "sendStalled" });
    expect(test.control.count("sendPing")).toBe(1);
  });

  test("do not push the verdict away", () => {
    const test = open("silent").advance(1_000).tell("woke");
    const doubtedAt = test.clock.now();
    for (let tenth = 0; tenth < 25; tenth += 1) test.advance(100).tell("woke");
    expect(endOf(test, doubtedAt)).toBe("probeFailed after 2000");
  });

  test("shorten the wait for a ping that is under way", () => {
    const test = open("silent").advance(4_500).advance(500).tell("woke");
    const doubtedAt = test.clock.now();
    test.advance(60_000);
    expect(endOf(test, doubtedAt)).toBe("probeFailed after 2000");
    expect(pings(test).slice(0, 2)).toEqual([4_500, 5_000]);
  });

  test("an answered probe leaves the next ping where it belongs", () => {
    const test = open("silent").advance(1_000).tell("woke").advance(100).frame();
    test.advance(4_499);
    expect(pings(test)).toEqual([1_000]);
    test.advance(1);
    expect(pings(test)).toEqual([1_000, 5_600]);
  });
});

describe("while the path is our own doing", () => {
  test("a send buffer that shrinks is life", () => {
    const test = open("silent").inbound({ bufferedBytes: 300_000 }).advance(4_500);
    const vitals = test.control.current as Vitals;
    test.control.current = { ...vitals, bufferedBytes: 200_000 };
    test.advance(5_000);
    expect(test.model.state).toBe("open");
    // It has to shrink further for the next grace.
    test.advance(4_999);
    expect(test.model.state).toBe("open");
    test.advance(1);
    expect(test.model.reason).toBe("pingTimeout");
  });

  test("a send buffer that stays or grows is none", () => {
    for (const bufferedBytes of [300_000, 400_000]) {
      const test = open("silent").inbound({ bufferedBytes: 300_000 }).advance(4_500);
      const vitals = test.control.current as Vitals;
      test.control.current = { ...vitals, bufferedBytes };
      test.advance(5_000);
      expect(test.model.reason).toBe("pingTimeout");
    }
  });

  test("a shrinking buffer gives a probe 2 s more", () => {
    const test = open("silent").inbound({ bufferedBytes: 300_000 }).advance(1_000).tell("woke");
    const vitals = test.control.current as Vitals;
    test.control.current = { ...vitals, bufferedBytes: 1 };
    test.advance(3_999);
    expect(test.model.state).toBe("open");
    test.advance(1);
    expect(test.model.reason).toBe("probeFailed");
  });

  test("deadlines stand still while we ourselves have paused reading", () => {
    const test = open("silent").inbound({ inboundPaused: true });
    test.advance(300_000);
    expect(test.model.state).toBe("open");
    expect(pings(test)).toEqual([4_500]);
    const readAt = test.clock.now();
    test.inbound({ inboundPaused: false, lastInboundAt: test.startedAt }).advance(60_000);
    expect(Number(endOf(test, readAt).split(" ").at(-1))).toBeLessThanOrEqual(18_000);
  });
});

describe("an alarm that comes late says more about us than about the peer", () => {
  /** What the machine by itself makes of an alarm that comes `ms` late. */
  function late(test: ConnectionRig, deadline: HealthDeadline, ms: number): Step {
    const due = pendingDeadlines(test.model, test.policy)[deadline];
    if (due === undefined) throw new Error(`${deadline} is not pending`);
    const stamp = { now: due + ms, random: 0.5 };
    return transition(test.model, { type: "alarm", deadline }, stamp, test.policy);
  }

  test("a ping that is 2 s late goes out as a ping", () => {
    const test = open("answering").advance(1_000);
    expect(questions(late(test, "ping", 2_000).model)).toEqual(["pong"]);
  });

  test("a ping that is later goes out as a probe", () => {
    const test = open("answering").advance(1_000);
    expect(questions(late(test, "ping", 2_001).model)).toEqual(["probe"]);
  });

  test("an answer missed by 2 s is missed", () => {
    const test = open("silent").untilAlarm("ping");
    expect(late(test, "pong", 2_000).model.reason).toBe("pingTimeout");
  });

  test("an answer missed by more is asked for again", () => {
    const { model, effects } = late(open("silent").untilAlarm("ping"), "pong", 2_001);
    expect(questions(model)).toEqual(["probe"]);
    expect(effects).toEqual([{ type: "sendPing", sessionId: 1, nonce: 2 }]);
  });

  test("a probe gets one second chance, and no third", () => {
    const test = open("silent").advance(1_000).tell("woke");
    expect(late(test, "probe", 2_000).model.reason).toBe("probeFailed");
    const second = late(test, "probe", 2_001);
    const probed = test.clock.now() + 2_000 + 2_001;
    expect(second.effects).toMatchObject([{ type: "sendPing", nonce: 2 }]);
    expect(questions(second.model)).toEqual(["probe"]);
    expect(second.model.deadlines.probe).toBe(probed + 2_000);
    const alarm = { type: "alarm", deadline: "probe" } as const;
    const third = transition(second.model, alarm, { now: probed + 9_000, random: 0 }, test.policy);
    expect(third.model.reason).toBe("probeFailed");
  });

  test("its own pong, late, is probed for", () => {
    const test = open("chatty");
    for (let second = 0; second < 29; second += 1) test.advance(1_000).frame();
    expect(late(test, "ownPong", 2_000).model.reason).toBe("pingTimeout");
    const { model } = late(test, "ownPong", 2_001);
    const now = test.startedAt + 30_000 + 2_001;
    expect(questions(model)).toEqual(["probe"]);
    expect(model.deadlines.ownPong).toBe(now + 18_000);
  });

  test("its own pong is waited for while we have paused reading", () => {
    const test = open("chatty");
    for (let second = 0; second < 29; second += 1) test.advance(1_000).frame();
    const due = test.model.deadlines.ownPong ?? 0;
    const alarm = { type: "alarm", deadline: "ownPong" } as const;
    const vitals = { lastInboundAt: due - 500, bufferedBytes: 0, inboundPaused: true };
    const step = transition(test.model, alarm, { now: due, random: 0, vitals }, test.policy);
    expect(step.model).toMatchObject({ state: "open", deadlines: { ownPong: due + 18_000 } });
    expect(step.effects).toEqual([]);
  });
});

describe("what answers is reachable", () => {
  test("a probe that is answered proves the network's hint wrong (B02)", () => {
    const test = open("silent").advance(1_000).network(false);
    expect(test.snapshot.blockedBy).toEqual(["network"]);
    test.advance(1_900).frame();
    expect(test.snapshot).toMatchObject({ state: "open", blockedBy: [] });
  });

  test("a quiet phone in its grace is pinged rarely, and still found dead", () => {
    const test = rig({ policy: PHONE }).open().advance(1_000).tell("appBackgrounded");
    test.advance(28_999);
    expect(test.model.state).toBe("open");
    expect(pings(test)).toEqual([25_000]);
    test.advance(1);
    expect(test.model).toMatchObject({ state: "backgroundSuspended", reason: "pingTimeout" });
  });
});
