/** Stories of dialling: how often, when not, and what a failure costs. */
import { describe, expect, test } from "vitest";

import { CONNECTION_STATES } from "../../src/connection/connection-state.ts";
import { PHONE, rig, type ConnectionRig } from "./support/connection-rig.ts";

/** Lets every dial fail at once, for as long as `ms`. */
function failFor(test: ConnectionRig, ms: number): void {
  const until = test.clock.now() + ms;
  for (let step = 0; step < 1_000 && test.clock.now() < until; step += 1) {
    if (test.model.state === "connectingTransport") {
      test.say({ type: "openFailed", meaning: "retry", detail: "1006" });
    }
    const { nextDeadline = until } = test.clock;
    test.clock.advanceTo(Math.min(nextDeadline, until));
  }
}

function gaps(instants: readonly number[]): number[] {
  return instants.slice(1).map((instant, index) => Math.round(instant - (instants[index] ?? 0)));
}

describe("failures", () => {
  test("make each wait longer, up to 14 s, and the dials never end", () => {
    const test = rig().dial();
    test.random = 0.999_999;
    failFor(test, 100_000);
    expect(gaps(test.dials).slice(0, 7)).toEqual([1_000, 833, 1_667, 3_333, 4_667, 4_667, 4_667]);
    failFor(test, 1_000_000);
    expect(gaps(test.dials).at(-1)).toBe(30_000);
  });

  test("with a server that sends no window are waited for as for a small one at first, later in full", () => {
    const test = rig().dial();
    test.random = 0.5;
    failFor(test, 300_000);
    const waits = gaps(test.dials);
    expect(waits.slice(0, 6)).toEqual([500, 500, 1_000, 2_000, 2_800, 2_800]);
    expect(waits.at(-1)).toBe(8_400);
  });

  test("a server that accepts and drops is dialled ever more slowly (L10, B03)", () => {
    const test = rig().dial();
    for (let round = 0; round < 6; round += 1) {
      test.accept().drop().untilAlarm("backoff");
    }
    expect(gaps(test.dials)).toEqual([500, 500, 1_000, 2_000, 2_800, 2_800]);
    expect(test.model.attempt).toBe(6);
  });

  test("a server that accepts, says something of use and drops is dialled as if for the first time", () => {
    const test = rig().dial();
    for (let round = 0; round < 4; round += 1) {
      test.accept().say({ type: "useful" }).drop().untilAlarm("backoff");
    }
    expect(gaps(test.dials)).toEqual([500, 500, 500, 500]);
  });

  test.each([
    ["welcome", (test: ConnectionRig) => test.advance(4_999)],
    [
      "pong",
      (test: ConnectionRig) => test.say({ type: "pongReceived", nonce: 0, windowMs: 1_000 }),
    ],
    [
      "refusal",
      (test: ConnectionRig) => test.say({ type: "refused", action: "retry", code: "busy" }),
    ],
  ])("are not forgotten for a %s", (_, live) => {
    const test = rig().dial().drop().untilAlarm("backoff").accept();
    live(test);
    expect(test.model.attempt).toBeGreaterThanOrEqual(1);
    expect(test.snapshot.lastFailure).toBeDefined();
  });

  test("failures are forgotten after 5 s, and then the trouble is no longer shown (B19)", () => {
    const test = rig();
    test.peer = "answering";
    test.dial().drop().untilAlarm("backoff").accept().advance(5_000);
    expect(test.snapshot).toMatchObject({ attempt: 0, lastFailure: undefined, state: "open" });
  });

  test("two signs of one end are one failure (B03)", () => {
    const test = rig().open().advance(1_000);
    test.say({ type: "sendFailed", detail: "not open" });
    test.say({ type: "transportClosed", meaning: "retry", detail: "1006" });
    expect(test.model).toMatchObject({ state: "backoff", reason: "sendFailed", attempt: 1 });
  });

  test.each([
    ["connect", "connectTimeout"],
    ["handshake", "handshakeTimeout"],
  ] as const)(
    "a missed %s counts, closes the socket and waits (B07, L22, L66)",
    (deadline, reason) => {
      const test = rig().dial();
      if (deadline === "handshake") test.openSocket();
      test.untilAlarm(deadline);
      expect(test.model).toMatchObject({ state: "backoff", reason, attempt: 1 });
      expect(test.snapshot.lastFailure?.reason).toBe(reason);
      expect(test.control.count("closeTransport")).toBe(1);
      test.untilAlarm("backoff").untilAlarm("connect");
      expect(test.model.attempt).toBe(2);
    },
  );

  test("a send that fails ends the session instead of pretending (B15)", () => {
    const test = rig().open().say({ type: "sendFailed", detail: "not open" });
    expect(test.snapshot).toMatchObject({ state: "backoff", reason: "sendFailed" });
  });

  test("a failed handshake closes the socket at once, and the next dial finds the way free (L07)", () => {
    const test = rig().dial().openSocket().advance(1_000);
    test.takeEffects();
    test.say({ type: "sendFailed", detail: "hello" });
    expect(test.takeEffects()).toEqual(["closeTransport"]);
    test.untilAlarm("backoff");
    expect(test.takeEffects()).toEqual(["openTransport"]);
    expect(test.waits).toEqual([175]);
  });
});

describe("dials", () => {
  test("dials are never closer than 250 ms, whatever asks for them (B13, L11)", () => {
    const test = rig().dial();
    for (let step = 0; step < 400; step += 1) {
      test.advance(50);
      if (test.model.state === "connectingTransport") {
        test.say({ type: "openFailed", meaning: "retry", detail: "1006" });
      }
      test.network(true).tell("woke", "appForegrounded", "connectNow");
      test.login(1 + (step % 3));
    }
    expect(Math.min(...gaps(test.dials))).toBe(250);
  });

  test("a wait for the floor is told as such, with its end", () => {
    const test = rig().dial().advance(100).drop().tell("connectNow");
    expect(test.snapshot).toMatchObject({
      state: "backoff",
      reason: "dialFloor",
      retryAt: test.clock.wallNow() + 150,
    });
    test.advance(150);
    expect(test.snapshot).toMatchObject({ state: "connectingTransport", reason: "retry" });
  });

  test("at most one transport lives at a time (B04, B14)", () => {
    const test = rig();
    let live = 0;
    test.control.onPerform = ({ type }) => {
      if (type === "openTransport") live += 1;
      if (type === "closeTransport") live -= 1;
      expect(live).toBeGreaterThanOrEqual(0);
      expect(live).toBeLessThanOrEqual(1);
    };
    test.open().login(2).advance(300).login(3).advance(300).drop().tell("connectNow");
    test.advance(300).accept().network(false).network(true).tell("appFrozen", "appThawed");
    test.advance(300).accept().tell("stop", "start").advance(300).tell("stop");
    expect(live).toBe(0);
    expect(test.faults).toEqual([]);
  });

  test("a socket that opens after its timeout finds nobody, and is closed (B09, L21)", () => {
    const test = rig().dial().untilAlarm("connect");
    const { model } = test;
    expect(test.control.count("closeTransport")).toBe(1);
    test.sayAs(1, { type: "transportOpened" });
    expect(test.model).toBe(model);
    test.untilAlarm("backoff").sayAs(1, { type: "transportOpened" });
    expect(test.model.state).toBe("connectingTransport");
  });

  test("number their sessions, and no number comes twice", () => {
    const test = rig().open().login(2).advance(300).tell("stop", "start").advance(300).drop();
    test.tell("connectNow").advance(300);
    const numbers = test.control.effects.flatMap((effect) =>
      effect.type === "openTransport" ? [effect.sessionId] : [],
    );
    expect(numbers).toEqual([1, 2, 3, 4]);
  });

  test("start while another wait runs dial once, not twice", () => {
    const test = rig().dial().drop().untilAlarm("backoff");
    expect(test.control.count("openTransport")).toBe(2);
    test.advance(1_000);
    expect(test.control.count("openTransport")).toBe(2);
    expect(test.clock.pending).toBe(1);
  });
});

describe("an old session", () => {
  test("an old session that closes late does not touch the new one (B05, L01)", () => {
    const test = rig().open().advance(1_000).network(false).login(2);
    test.network(true).advance(300);
    const { model } = test;
    expect(model).toMatchObject({ state: "connectingTransport", sessionId: 2 });
    test.sayAs(1, { type: "transportClosed", meaning: "retry", detail: "stopped" });
    expect(test.model).toBe(model);
    expect(test.handled.at(-1)?.step.stale).toBe(true);
    test.untilAlarm("connect");
    expect(test.model).toMatchObject({ reason: "connectTimeout", attempt: 1 });
  });

  test("an old session that is welcomed late does not open the new one (L06)", () => {
    const test = rig().dial().openSocket().advance(300).login(2);
    test.sayAs(1, {
      type: "welcomed",
      windowMs: 1_000,
      heartbeat: { minMs: 1_000, maxMs: 60_000 },
    });
    expect(test.model).toMatchObject({ state: "connectingTransport", sessionId: 2 });
    test.openSocket();
    expect(test.model.deadlines.handshake).toBeDefined();
  });

  test("an old session that is rejected late does not sign out who has just signed in (L18)", () => {
    const test = rig().dial().openSocket().advance(300).logout().login(2);
    test.sayAs(1, { type: "refused", action: "reauthenticate", code: "unauthorized" });
    expect(test.model).toMatchObject({ state: "connectingTransport", authRejections: 0 });
    expect(test.control.count("renewToken")).toBe(0);
  });

  test("an old session leaves no timer that could hit the new one (L05)", () => {
    const test = rig().open().untilAlarm("ping").advance(4_900).drop().untilAlarm("backoff");
    test.advance(1_000);
    expect(test.model).toMatchObject({ state: "connectingTransport", attempt: 1 });
    test.tell({ type: "alarm", deadline: "pong" }, { type: "alarm", deadline: "handshake" });
    expect(test.model).toMatchObject({ state: "connectingTransport", attempt: 1 });
  });

  test("an old session says nothing in any state without a session (L02)", () => {
    const test = rig().dial().tell("stop");
    for (const type of ["transportOpened", "useful", "drained"] as const) test.sayAs(1, { type });
    expect(test.model.state).toBe("stopped");
    test.sayAs(1, { type: "transportClosed", meaning: "retry", detail: "late" });
    expect(test.model).toMatchObject({ state: "stopped", reason: "userStop" });
  });
});

describe("the server's delay", () => {
  function refused(retryAfterMs?: number, windowMs?: number): ConnectionRig {
    return rig()
      .dial()
      .openSocket()
      .say({
        type: "refused",
        action: "retry",
        code: "busy",
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        ...(windowMs !== undefined && { windowMs }),
      });
  }

  function delayOf(test: ConnectionRig): number {
    return (test.snapshot.retryAt ?? 0) - test.clock.wallNow();
  }

  test.each([
    ["a delay, spread over the window heard last", 60_000, undefined, 60_500],
    ["a delay and its own window", 60_000, 10_000, 65_000],
    ["a window alone", undefined, 10_000, 5_000],
    ["neither: like every failure of the fleet", undefined, undefined, 500],
    ["a delay below nothing", -5_000, 10_000, 5_000],
    ["no delay at all", 0, 0, 500],
    ["the longest that is obeyed, 1 h", 3_600_000, 0, 3_600_000],
    ["a longer one, cut to 1 h", 36_000_000, 0, 3_600_000],
    ["a window without end, cut to 1 h too", 0, Number.MAX_SAFE_INTEGER, 1_800_000],
  ])("%s", (_, retryAfterMs, windowMs, expected) => {
    expect(delayOf(refused(retryAfterMs, windowMs))).toBe(expected);
  });

  test.each(["transportClosed", "openFailed"] as const)("comes with %s, too", (type) => {
    const test = rig().dial();
    test.say({ type, meaning: "retry", detail: "503", retryAfterMs: 20_000 });
    expect(delayOf(test)).toBe(20_500);
  });

  test("is at most 1 h, too, where it is the window that a welcome named", () => {
    const test = rig().open({ windowMs: Number.MAX_SAFE_INTEGER });
    test.say({ type: "transportClosed", meaning: "retry", detail: "1006" });
    expect(delayOf(test)).toBe(1_800_000);
  });

  test("holds against the network, the app and a wake-up", () => {
    const test = refused(60_000).advance(1_000);
    test.network(true).tell("woke", "appForegrounded").login();
    expect(test.model.state).toBe("backoff");
    test.advance(59_499);
    expect(test.model.state).toBe("backoff");
    test.advance(1);
    expect(test.model.state).toBe("connectingTransport");
  });

  test("holds over a stop and a start", () => {
    const test = refused(60_000).advance(1_000).tell("stop", "start");
    expect(test.model).toMatchObject({ state: "backoff", reason: "dialFloor" });
    expect(delayOf(test)).toBe(59_500);
  });

  test("does not hold against the user", () => {
    const test = refused(60_000).advance(1_000).tell("connectNow");
    expect(test.model.state).toBe("connectingTransport");
  });

  test("does not hold for another account, but for the same one it does", () => {
    expect(refused(60_000).advance(1_000).login(2).model.state).toBe("connectingTransport");
    expect(refused(60_000).advance(1_000).logout().login(1).model.state).toBe("backoff");
  });

  test("is over once a session opened", () => {
    const test = refused(60_000).advance(1_000).tell("connectNow").accept().advance(1_000);
    test.drop();
    expect(delayOf(test)).toBeLessThanOrEqual(1_000);
  });

  test("holds for a dial against the network's hint, and the time shown is the true one", () => {
    const test = refused(60_000).advance(1_000).network(false);
    expect(delayOf(test)).toBe(59_500);
    test.advance(59_499);
    expect(test.model.state).toBe("waitingForConstraints");
    test.advance(1);
    expect(test.model.state).toBe("connectingTransport");
  });
});

describe("going away", () => {
  function leaving(): ConnectionRig {
    const test = rig();
    test.peer = "answering";
    return test.open().advance(6_000).say({ type: "goingAway", windowMs: 4_000 });
  }

  test("the client leaves at a moment of the server's window, and is back at once", () => {
    const test = leaving();
    test.takeEffects();
    test.advance(1_999);
    expect(test.takeEffects()).toEqual([]);
    test.advance(1);
    expect(test.takeEffects()).toEqual(["drainSession"]);
    test.say({ type: "drained" });
    expect(test.takeEffects()).toEqual(["closeTransport", "openTransport"]);
    expect(test.snapshot).toMatchObject({
      state: "connectingTransport",
      reason: "goingAway",
      attempt: 0,
      lastFailure: undefined,
    });
  });

  test("calls in flight get 2 s, then the client leaves all the same", () => {
    const test = leaving().advance(2_000);
    test.advance(1_999);
    expect(test.model).toMatchObject({ state: "open", sessionId: 1 });
    test.advance(1);
    expect(test.model).toMatchObject({ state: "connectingTransport", sessionId: 2 });
  });

  test("saying it again does not put it off", () => {
    const test = leaving().advance(1_900).say({ type: "goingAway", windowMs: 10_000 });
    test.advance(100);
    expect(test.model.deadlines.drain).toBeDefined();
    test.say({ type: "goingAway", windowMs: 10_000 });
    expect(test.model.deadlines.leave).toBeUndefined();
  });

  test("a server that closes before its window is over has dropped us: a failure, and named so", () => {
    const test = leaving().advance(1_000).drop("1001");
    expect(test.model).toMatchObject({ state: "backoff", reason: "goingAway", attempt: 1 });
    expect(test.snapshot.lastFailure).toMatchObject({ reason: "goingAway", detail: "1001" });
  });

  test("a server that closes while we drain is no failure", () => {
    const test = leaving().advance(2_000).drop("1001");
    expect(test.model).toMatchObject({ state: "connectingTransport", attempt: 0 });
  });

  test("before the welcome it is a refusal like any other", () => {
    const test = rig().dial().openSocket().say({ type: "goingAway", windowMs: 4_000 });
    expect(test.model).toMatchObject({ state: "backoff", reason: "goingAway", attempt: 1 });
    expect(test.snapshot.retryAt).toBe(test.clock.wallNow() + 2_000);
  });

  test("on a phone in its grace, the grace ends with the session", () => {
    const test = rig({ policy: PHONE });
    test.peer = "answering";
    test.open().advance(1_000).tell("appBackgrounded");
    test.say({ type: "goingAway", windowMs: 0 }).advance(0).say({ type: "drained" });
    expect(test.model).toMatchObject({ state: "backgroundSuspended", reason: "goingAway" });
    expect(test.control.count("openTransport")).toBe(1);
  });

  test("right after the dial, the next one waits for the floor", () => {
    const test = rig().open().advance(100).say({ type: "goingAway", windowMs: 0 }).advance(0);
    test.say({ type: "drained" });
    expect(test.model).toMatchObject({ state: "backoff", reason: "dialFloor" });
    test.advance(150);
    expect(test.model.state).toBe("connectingTransport");
  });
});

describe("stop", () => {
  test("stop is final until start, whatever happens (L16)", () => {
    const test = rig().open().tell("stop");
    const count = test.control.count("openTransport");
    test.network(false).network(true).logout().login().login(2);
    test.tell("connectNow", "woke", "appFrozen", "appThawed", "appBackgrounded", "appForegrounded");
    test.tell({ type: "tokenRenewed" }, { type: "faulted", detail: "TypeError" });
    test.advance(3_600_000);
    expect(test.model).toMatchObject({ state: "stopped", reason: "userStop" });
    expect(test.control.count("openTransport")).toBe(count);
    expect(test.clock.pending).toBe(0);
  });

  test("stop is obeyed in the middle of everything, at once (L08, L14)", () => {
    const inTheMiddle: readonly ConnectionRig[] = [
      rig().dial(),
      rig().dial().openSocket(),
      rig().open().advance(1_000).tell("woke"),
      rig().open().say({ type: "goingAway", windowMs: 0 }).advance(0),
      rig().dial().drop(),
      rig().dial().say({ type: "refused", action: "reauthenticate", code: "" }),
    ];
    for (const test of inTheMiddle) {
      test.tell("stop");
      expect(test.model.state).toBe("stopped");
      expect(test.clock.pending).toBe(0);
      expect(test.control.count("openTransport")).toBe(test.control.count("closeTransport"));
    }
  });

  test("start and stop back to back leave it stopped (L02)", () => {
    const test = rig().tell("start", "stop");
    test.sayAs(1, { type: "transportOpened" });
    test.sayAs(1, { type: "transportClosed", meaning: "retry", detail: "" });
    expect(test.states).toEqual([
      "stopped (userStop)",
      "connectingTransport (started)",
      "stopped (userStop)",
    ]);
  });

  test("start twice is start once (L64)", () => {
    const test = rig().tell("start", "start");
    expect(test.control.count("openTransport")).toBe(1);
    test.tell("stop", "stop", "start", "start").advance(250);
    expect(test.control.count("openTransport")).toBe(2);
  });

  test("the server can say it, too, and the user can start again", () => {
    const test = rig().dial().openSocket();
    test.say({ type: "refused", action: "stop", code: "unsupportedVersion" });
    expect(test.snapshot).toMatchObject({
      state: "stopped",
      reason: "serverStop",
      lastFailure: { reason: "serverStop", detail: "unsupportedVersion" },
    });
    expect(test.clock.pending).toBe(0);
    test.tell("start").advance(250);
    expect(test.model.state).toBe("connectingTransport");
  });
});

test("an open connection has no end of its own: hours later it is still the same (B12)", () => {
  const test = rig();
  test.peer = "answering";
  test.open().advance(10_800_000);
  expect(test.model).toMatchObject({ state: "open", sessionId: 1 });
});

test("every change of state has a reason, and a forced redial does not look like a stop (L15)", () => {
  const test = rig().open().advance(1_000).login(2);
  expect(test.states.slice(-2)).toEqual(["open (opened)", "connectingTransport (accountChanged)"]);
  expect(CONNECTION_STATES).toContain(test.snapshot.state);
  const failed = rig().open().advance(1_000).tell("woke").advance(2_000);
  expect(failed.snapshot).toMatchObject({
    state: "backoff",
    reason: "probeFailed",
    lastFailure: { reason: "probeFailed" },
  });
});
