/**
 * Stories of the driver: mailbox, alarm, faults, snapshots. What the machine decides is elsewhere.
 */
import { describe, expect, test } from "vitest";

import type { ConnectionEvent } from "../../src/connection/connection-event.ts";
import { isAsking } from "../../src/connection/connection-model.ts";
import type { ConnectionSnapshot } from "../../src/connection/connection-snapshot.ts";
import { CONNECTION_STATES } from "../../src/connection/connection-state.ts";
import { PLACES } from "./support/connection-places.ts";
import { PHONE, rig, type ConnectionRig } from "./support/connection-rig.ts";

/** The types of the events that were handled since `from`. */
function handledTypes({ handled }: ConnectionRig, from = 0): string[] {
  return handled
    .slice(from)
    .map(({ event }) => (event.type === "alarm" ? `alarm ${event.deadline}` : event.type));
}

describe("the mailbox", () => {
  test("what an effect answers at once waits for its turn, in the order of its coming (B06)", () => {
    const test = rig();
    const order: string[] = [];
    test.control.onPerform = ({ type }) => {
      order.push(`${type} while ${test.model.state}`);
      if (type === "openTransport") {
        test.openSocket();
        test.welcome();
        order.push(`told, still ${test.model.state}`);
      }
    };
    test.dial();
    expect(order).toEqual([
      "openTransport while connectingTransport",
      "told, still connectingTransport",
      "startHandshake while authenticating",
    ]);
    expect(handledTypes(test)).toEqual(["start", "transportOpened", "welcomed"]);
    expect(test.model.state).toBe("open");
  });

  test("a transport that fails within the dial is one failure", () => {
    const test = rig();
    test.control.onPerform = ({ type }) => {
      if (type === "openTransport") {
        test.say({ type: "openFailed", meaning: "retry", detail: "thrown" });
      }
    };
    test.dial();
    expect(test.model).toMatchObject({ state: "backoff", attempt: 1 });
    expect(test.control.count("openTransport")).toBe(1);
  });

  test("a listener that acts on a snapshot acts after it, not within it", () => {
    const test = rig();
    const seen: string[] = [];
    test.manager.snapshots.subscribe(({ state }) => {
      seen.push(state);
      if (state === "connectingTransport") test.tell("stop");
      else expect(test.model.state).toBe(state);
    });
    test.dial();
    expect(seen).toEqual(["stopped", "connectingTransport", "stopped"]);
    expect(test.faults).toEqual([]);
  });

  test("effects see the model they belong to", () => {
    const test = rig();
    const sessionIds: number[] = [];
    test.control.onPerform = (effect) => {
      if (effect.type === "openTransport") sessionIds.push(test.model.sessionId);
    };
    test.dial();
    expect(sessionIds).toEqual([1]);
  });
});

describe("the alarm", () => {
  test("there is one, for the earliest deadline", () => {
    const test = rig().open({ tokenExpiresInMs: 600_000 });
    expect(test.clock.pending).toBe(1);
    expect(test.clock.nextDeadline).toBe(test.clock.now() + 4_500);
  });

  test("a stopped connection has none", () => {
    const test = rig().open().tell("stop");
    expect(test.clock.pending).toBe(0);
  });

  /** Hands over what waited in the socket after the alarm has rung and before its turn has come. */
  function inTheTurnAfter(test: ConnectionRig, ms: number, act: () => void): void {
    test.clock.at(test.clock.now() + ms, act);
    test.advance(ms);
  }

  test.each([
    ["ping", 5_000],
    ["probe", 2_000],
  ] as const)(
    "a %s that is due is judged a turn later, so that a waiting frame is heard first",
    (question, ms) => {
      const test = rig().open().advance(1_000);
      if (question === "probe") test.tell("woke");
      else test.untilAlarm("ping");
      inTheTurnAfter(test, ms, () => test.frame());
      expect(test.model.state).toBe("open");
      expect(isAsking(test.model)).toBe(false);
    },
  );

  test("a socket that opens in the turn of its timeout is in time", () => {
    const test = rig().dial();
    inTheTurnAfter(test, 10_000, () => test.openSocket());
    expect(test.model.state).toBe("authenticating");
  });

  test("a welcome in the turn of its timeout is in time", () => {
    const test = rig().dial().openSocket();
    inTheTurnAfter(test, 10_000, () => test.welcome());
    expect(test.model.state).toBe("open");
  });

  test("nothing waiting, the verdict comes in the next turn", () => {
    const test = rig().open().advance(1_000).tell("woke").advance(1_999);
    expect(test.model.state).toBe("open");
    test.advance(1);
    expect(test.model).toMatchObject({ state: "backoff", reason: "probeFailed" });
  });

  test("what fell due is done before an event of the user or the world", () => {
    const test = rig().dial().drop();
    const before = test.handled.length;
    test.clock.sleep(1_500);
    test.network(true, "constrained");
    expect(handledTypes(test, before)).toEqual(["alarm backoff", "networkChanged"]);
    expect(test.model).toMatchObject({ state: "connectingTransport", reason: "retry" });
  });

  test("what fell due is not done before a fact of the session", () => {
    const test = rig().open().advance(4_000);
    const before = test.handled.length;
    test.clock.sleep(1_500);
    test.drop();
    expect(handledTypes(test, before)).toEqual(["transportClosed"]);
  });

  test.each(["pong", "connect", "handshake"] as const)(
    "a %s that fell due is not judged ahead of another event",
    (deadline) => {
      const test = rig().dial();
      if (deadline !== "connect") test.openSocket();
      if (deadline === "pong") test.welcome().untilAlarm("ping");
      const { state } = test.model;
      test.clock.sleep(deadline === "pong" ? 5_001 : 10_001);
      test.tell({ type: "appBackgrounded" });
      expect(test.model.state).toBe(state);
    },
  );

  test("only what is due is done early", () => {
    const test = rig().dial().drop();
    const before = test.handled.length;
    test.clock.sleep(499);
    test.tell({ type: "appBackgrounded" });
    expect(handledTypes(test, before)).toEqual(["appBackgrounded"]);
  });
});

describe("sleep", () => {
  test.each([
    [
      "both clocks run on, and the alarm comes late",
      (test: ConnectionRig) => test.clock.sleep(60_000),
    ],
    ["the monotonic clock stands still", (test: ConnectionRig) => test.clock.jumpWall(60_000)],
  ])("between any two events is found out: %s", (_, sleep) => {
    const test = rig().open().advance(1_000);
    const before = test.handled.length;
    sleep(test);
    test.say({ type: "useful" });
    expect(handledTypes(test, before)).toEqual(["woke", "useful"]);
    expect(test.takeEffects()).toContain("sendPing");
  });

  test("a late alarm finds it out before it is judged", () => {
    const test = rig();
    test.peer = "answering";
    test.open().untilAlarm("stable");
    test.peer = "silent";
    test.untilAlarm("ping");
    const before = test.handled.length;
    test.clock.sleep(60_000);
    test.advance(0);
    expect(handledTypes(test, before)).toEqual(["woke", "alarm pong", "alarm ownPong"]);
    expect(test.model.state).toBe("open");
    test.advance(2_000);
    expect(test.model).toMatchObject({ state: "backoff", reason: "probeFailed" });
  });

  test("a wake-up that is reported is not told twice", () => {
    const test = rig().open().advance(1_000);
    const before = test.handled.length;
    test.clock.jumpWall(60_000);
    test.tell("woke");
    expect(handledTypes(test, before)).toEqual(["woke"]);
  });

  test("a wall clock that is set back is no sleep", () => {
    const test = rig().open().advance(1_000);
    const before = test.handled.length;
    test.clock.jumpWall(-3_600_000);
    test.say({ type: "useful" });
    expect(handledTypes(test, before)).toEqual(["useful"]);
  });

  test("a pause below 2 s is no sleep", () => {
    const test = rig().open().advance(1_000);
    const before = test.handled.length;
    test.clock.jumpWall(2_000);
    test.say({ type: "useful" });
    expect(handledTypes(test, before)).toEqual(["useful"]);
  });
});

describe("our own faults", () => {
  test("an effect that throws costs the session, not the connection", () => {
    const test = rig().dial().openSocket();
    let isBroken = true;
    test.control.onPerform = ({ type }) => {
      if (type === "sendToken" && isBroken) throw new TypeError("a bug");
    };
    test.welcome().login();
    expect(test.model).toMatchObject({ state: "backoff", reason: "internal", attempt: 1 });
    expect(test.snapshot.lastFailure).toMatchObject({ reason: "internal", detail: "TypeError" });
    expect(test.faults).toEqual([new TypeError("a bug")]);
    expect(test.control.count("closeTransport")).toBe(1);
    isBroken = false;
    test.untilAlarm("backoff").accept();
    expect(test.model.state).toBe("open");
  });

  test("the mailbox goes on after a fault", () => {
    const test = rig();
    test.control.onPerform = ({ type }) => {
      if (type !== "openTransport") return;
      test.tell({ type: "networkChanged", available: true, quality: "constrained" });
      throw new Error("a bug");
    };
    test.dial();
    expect(test.model).toMatchObject({ state: "backoff", quality: "constrained" });
    expect(test.faults).toHaveLength(1);
  });

  test("what is thrown may be anything, and its words are not told", () => {
    const test = rig();
    test.control.onPerform = ({ type }) => {
      if (type === "openTransport") throw "secret";
    };
    test.dial();
    expect(test.snapshot.lastFailure).toMatchObject({ reason: "internal", detail: "string" });
  });

  test("everybody is told where the connection is, even when closing the socket throws", () => {
    const test = rig().open();
    test.control.onPerform = ({ type }) => {
      if (type === "closeTransport") throw new Error("a bug");
    };
    test.tell("stop");
    expect(test.model.state).toBe("stopped");
    expect(test.snapshot.state).toBe("stopped");
    expect(test.clock.pending).toBe(0);
  });

  test("a fault in the recovery from a fault is told, and the loop lives", () => {
    const test = rig().open();
    test.control.onPerform = ({ type }) => {
      if (type === "closeTransport" || type === "sendPing") throw new Error(type);
    };
    test.tell("connectNow");
    expect(test.faults).toEqual([new Error("sendPing"), new Error("closeTransport")]);
    expect(test.snapshot).toMatchObject({ state: "backoff", reason: "internal" });
    test.control.onPerform = undefined;
    test.untilAlarm("backoff");
    expect(test.model.state).toBe("connectingTransport");
  });

  test("a failed assertion closes the session, and the connection finds its way", () => {
    const test = rig().open().advance(1_000).tell({ type: "appBackgrounded" });
    // Somebody changes our policy under us: now the open session has no right to be.
    Object.assign(test.policy, PHONE);
    test.say({ type: "useful" });
    expect(test.faults).toMatchObject([{ name: "AssertionError" }]);
    expect(test.model).toMatchObject({ state: "backgroundSuspended", reason: "internal" });
    expect(test.control.count("closeTransport")).toBe(1);
    test.tell({ type: "appForegrounded" }).accept();
    expect(test.model.state).toBe("open");
  });
});

describe("snapshots", () => {
  test("a subscriber gets the current one first and misses none of the later ones (B08, L23)", () => {
    const test = rig().dial();
    const first: ConnectionSnapshot[] = [];
    const second: ConnectionSnapshot[] = [];
    test.manager.snapshots.subscribe((snapshot) => first.push(snapshot));
    test.openSocket();
    test.manager.snapshots.subscribe((snapshot) => second.push(snapshot));
    test.welcome().drop();
    expect(first.map(({ state }) => state)).toEqual([
      "connectingTransport",
      "authenticating",
      "open",
      "backoff",
    ]);
    expect(second.map(({ state }) => state)).toEqual(["authenticating", "open", "backoff"]);
    expect(second.at(-1)).toBe(first.at(-1));
  });

  test("one listener that ends its subscription takes nothing from the others", () => {
    const test = rig();
    const states: string[] = [];
    const cancel = test.manager.snapshots.subscribe(({ state }) => {
      if (state === "connectingTransport") cancel();
    });
    test.manager.snapshots.subscribe(({ state }) => states.push(state));
    test.dial().openSocket();
    expect(states).toEqual(["stopped", "connectingTransport", "authenticating"]);
  });

  test("facts that nobody can see make no noise", () => {
    const test = rig().open().advance(1_000);
    const count = test.snapshots.length;
    test.tell("start", { type: "tokenRenewed" });
    test.say({ type: "useful" }, { type: "drained" }).inbound();
    expect(test.snapshots).toHaveLength(count);
  });

  test("changes of constraints and of the count of failures are told, too (L23)", () => {
    const test = rig({ signedIn: false }).dial();
    const count = test.snapshots.length;
    test.network(false);
    expect(test.snapshots).toHaveLength(count + 1);
    expect(test.snapshot.blockedBy).toEqual(["auth", "network"]);
    const dropped = rig().dial().drop().untilAlarm("backoff").accept();
    expect(dropped.snapshot.attempt).toBe(1);
    dropped.say({ type: "useful" });
    expect(dropped.snapshot.attempt).toBe(0);
  });

  test("they say when the next dial comes, by the wall clock", () => {
    const test = rig().dial().advance(100);
    test.clock.jumpWall(1_000);
    test.drop();
    const now = test.clock.wallNow();
    expect(test.snapshot).toMatchObject({ since: now, retryAt: now + 500 });
    expect(test.snapshot.lastFailure?.at).toBe(now);
  });

  test("what was said of a moment stays, when the wall clock is set later", () => {
    const test = rig().open().advance(100);
    const { since } = test.snapshot;
    test.peer = "answering";
    test.clock.jumpWall(1_000);
    test.tell("connectNow");
    expect(test.snapshot).toMatchObject({ since, roundTripMs: 0 });
  });
});

describe("close()", () => {
  const places = CONNECTION_STATES.map((state) => PLACES.find(([from]) => from === state));

  test.each(places.flatMap((place) => (place ? [place] : [])))(
    "from %s (%s) leaves no timer and no socket, and later events change nothing",
    (state, _, reach) => {
      const test = reach();
      expect(test.model.state).toBe(state);
      test.manager.close();
      expect(test.clock.pending).toBe(0);
      expect(test.model.state).toBe("stopped");
      const opened = test.control.count("openTransport");
      expect(test.control.count("closeTransport")).toBe(opened);
      const { model } = test;
      const events: ConnectionEvent[] = [
        { type: "start" },
        { type: "connectNow" },
        { type: "appForegrounded" },
        { type: "credentialsChanged", available: true, account: 9 },
        { type: "transportClosed", sessionId: 1, meaning: "retry", detail: "" },
      ];
      for (const event of events) test.manager.dispatch(event);
      expect(test.model).toBe(model);
      expect(test.clock.pending).toBe(0);
      test.manager.close();
      expect(test.control.count("openTransport")).toBe(opened);
    },
  );

  test("called by a listener, it is the last thing that happens", () => {
    const test = rig();
    test.manager.snapshots.subscribe(({ state }) => {
      if (state === "authenticating") test.manager.close();
    });
    test.dial().openSocket().welcome();
    expect(test.model.state).toBe("stopped");
    expect(test.control.count("closeTransport")).toBe(1);
    expect(test.clock.pending).toBe(0);
  });
});
