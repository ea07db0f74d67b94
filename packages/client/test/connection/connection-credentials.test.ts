/** Stories of tokens: gained, lost, rejected, renewed, of another account. */
import { describe, expect, test } from "vitest";

import { rig, type ConnectionRig } from "./support/connection-rig.ts";

const REJECTED = { type: "refused", action: "reauthenticate", code: "unauthorized" } as const;

/** Rejected, and the provider is asked for a new token. */
function renewing(): ConnectionRig {
  return rig().dial().openSocket().advance(1_000).say(REJECTED);
}

/** Rejected again, with the token that the provider renewed. */
function rejectedTwice(): ConnectionRig {
  return renewing().tell("tokenRenewed").openSocket().advance(1_000).say(REJECTED);
}

describe("a login", () => {
  test("dials at once, in the very call that tells it", () => {
    const test = rig({ signedIn: false }).dial().advance(60_000);
    expect(test.snapshot).toMatchObject({ state: "waitingForConstraints", blockedBy: ["auth"] });
    expect(test.control.effects).toEqual([]);
    test.login();
    expect(test.control.effects).toEqual([
      { type: "openTransport", sessionId: 1, attempt: 0, renewToken: false },
    ]);
    expect(test.snapshot).toMatchObject({ reason: "credentialsGained", blockedBy: [] });
  });

  test("before the start is not lost", () => {
    const test = rig({ signedIn: false }).login().dial();
    expect(test.model.state).toBe("connectingTransport");
  });

  test("a login does not start what the user stopped (L16)", () => {
    const test = rig({ signedIn: false }).login();
    expect(test.model.state).toBe("stopped");
  });

  test("ends the wait of a backoff, and the failures stay counted", () => {
    const test = rig().dial().drop().advance(300).logout().login();
    expect(test.model).toMatchObject({ state: "connectingTransport", attempt: 1 });
  });
});

describe("a logout", () => {
  test("a logout closes and waits, without a single retry (B23)", () => {
    const test = rig().open().logout();
    expect(test.snapshot).toMatchObject({
      state: "waitingForConstraints",
      reason: "authLost",
      blockedBy: ["auth"],
      retryAt: undefined,
    });
    test.advance(3_600_000);
    expect(test.control.count("openTransport")).toBe(1);
    expect(test.clock.pending).toBe(0);
  });

  test("ends a backoff, too", () => {
    const test = rig().dial().drop().logout().advance(60_000);
    expect(test.dials).toEqual([0]);
  });

  test("while a renewal runs makes its answer worthless", () => {
    const test = renewing().logout().tell("tokenRenewed");
    expect(test.snapshot).toMatchObject({ state: "waitingForConstraints", blockedBy: ["auth"] });
    expect(test.clock.pending).toBe(0);
  });
});

describe("a session without a token", () => {
  test("a session without a token parks: a known user is not yet a usable credential (B22, B23)", () => {
    const test = rig().dial().openSocket().say({ type: "tokenMissing" });
    expect(test.snapshot).toMatchObject({ reason: "authLost", blockedBy: ["auth"] });
    test.advance(3_600_000);
    expect(test.control.count("openTransport")).toBe(1);
    test.login();
    expect(test.control.count("openTransport")).toBe(2);
  });

  test("a provider that fails for the moment costs a backoff, and is no logout (B22)", () => {
    const test = rig().dial().openSocket().advance(300);
    test.say({ type: "tokenFailed", detail: "provider" });
    expect(test.snapshot).toMatchObject({
      state: "backoff",
      reason: "tokenUnavailable",
      blockedBy: [],
    });
    expect(test.waits).toEqual([]);
    test.untilAlarm("backoff");
    expect(test.waits).toEqual([775]);
  });

  test("is dialled anew as soon as the app has a token", () => {
    const test = rig().dial().advance(300).say({ type: "tokenFailed", detail: "provider" }).login();
    expect(test.model).toMatchObject({ state: "connectingTransport", reason: "credentialsGained" });
  });

  test("waits for other failures all the same: a new token does not mend them", () => {
    const test = rig().dial().advance(300).drop().login();
    expect(test.model.state).toBe("backoff");
  });
});

describe("a rejected token", () => {
  test("a rejected token is renewed once, by force, while the connection waits (B24)", () => {
    const test = renewing();
    expect(test.takeEffects().slice(-2)).toEqual(["closeTransport", "renewToken"]);
    expect(test.snapshot).toMatchObject({
      state: "waitingForConstraints",
      reason: "authRejected",
      blockedBy: ["auth"],
      lastFailure: { reason: "authRejected", detail: "unauthorized" },
      attempt: 0,
    });
    test.tell("tokenRenewed");
    expect(test.model).toMatchObject({ state: "connectingTransport", reason: "credentialsGained" });
    test.accept();
    expect(test.model).toMatchObject({ state: "open", renewal: "none" });
  });

  test("by a close code says the same as by words", () => {
    const test = rig().dial().openSocket().advance(300);
    test.say({ type: "transportClosed", meaning: "reauthenticate", detail: "4100" });
    expect(test.takeEffects().at(-1)).toBe("renewToken");
    const http = rig().dial();
    http.say({ type: "openFailed", meaning: "reauthenticate", detail: "401" });
    expect(http.takeEffects().at(-1)).toBe("renewToken");
  });

  test("a token rejected again after its renewal parks for good, and the app is told once (L63, B24)", () => {
    const test = rejectedTwice();
    expect(test.takeEffects().slice(-2)).toEqual(["closeTransport", "reportAuthInvalidated"]);
    expect(test.snapshot).toMatchObject({
      state: "waitingForConstraints",
      reason: "authRejected",
      blockedBy: ["auth"],
      retryAt: undefined,
    });
    test.tell("tokenRenewed", "woke", "connectNow", "appForegrounded").network(true);
    test.tell({ type: "renewalFailed", detail: "late" }).advance(3_600_000);
    expect(test.takeEffects()).toEqual([]);
    expect(test.clock.pending).toBe(0);
  });

  test("after a new login is a first rejection again", () => {
    const test = rejectedTwice().login().openSocket().advance(1_000);
    test.takeEffects();
    test.say(REJECTED);
    expect(test.takeEffects()).toEqual(["closeTransport", "renewToken"]);
  });

  test("after a session that proved itself is a first rejection again", () => {
    const test = renewing().tell("tokenRenewed").accept().say({ type: "useful" }).advance(1_000);
    test.takeEffects();
    test.say(REJECTED);
    expect(test.takeEffects()).toEqual(["closeTransport", "renewToken"]);
  });

  test("after a welcome alone is a second one", () => {
    const test = renewing().tell("tokenRenewed").accept().advance(1_000);
    test.takeEffects();
    test.say(REJECTED);
    expect(test.takeEffects()).toEqual(["closeTransport", "reportAuthInvalidated"]);
  });

  test("whose renewal fails is tried later, and renewed again before the next hello", () => {
    const test = renewing();
    test.tell({ type: "renewalFailed", detail: "offline" });
    expect(test.snapshot).toMatchObject({
      state: "backoff",
      reason: "tokenUnavailable",
      blockedBy: [],
      attempt: 1,
      lastFailure: { detail: "offline" },
    });
    test.untilAlarm("backoff");
    expect(test.control.effects.at(-1)).toMatchObject({ type: "openTransport", renewToken: true });
    test.say({ type: "tokenFailed", detail: "still offline" }).untilAlarm("backoff");
    expect(test.control.effects.at(-1)).toMatchObject({ type: "openTransport", renewToken: true });
    test.accept().drop().untilAlarm("backoff");
    expect(test.control.effects.at(-1)).toMatchObject({ type: "openTransport", renewToken: false });
  });

  test("whose renewal takes longer than 10 s counts as failed, and its late answer for nothing", () => {
    const test = renewing().advance(9_999);
    expect(test.model.renewal).toBe("pending");
    test.advance(1);
    expect(test.model).toMatchObject({ state: "backoff", reason: "tokenUnavailable" });
    const { model } = test;
    test.tell("tokenRenewed", { type: "renewalFailed", detail: "late" });
    expect(test.model).toEqual(model);
  });

  test("while offline is renewed all the same, and the time for it does not start anew", () => {
    const test = renewing().advance(4_000).network(false).advance(3_000).network(true);
    test.advance(2_999);
    expect(test.model.renewal).toBe("pending");
    test.advance(1);
    expect(test.model).toMatchObject({ state: "backoff", reason: "tokenUnavailable" });
  });

  test("is renewed before the hello, when a stop came in between", () => {
    const test = renewing().tell("stop");
    expect(test.snapshot).toMatchObject({ state: "stopped", constraints: { auth: true } });
    expect(test.clock.pending).toBe(0);
    test.tell("start");
    expect(test.control.effects.at(-1)).toMatchObject({ type: "openTransport", renewToken: true });
  });

  test("is not renewed by force, when the app has a new one by itself", () => {
    const test = renewing().tell("stop").login().tell("start");
    expect(test.control.effects.at(-1)).toMatchObject({ type: "openTransport", renewToken: false });
  });

  test("is no reason to fail, even when it is the last word of a long trouble", () => {
    const test = rig().dial().drop().untilAlarm("backoff").openSocket().say(REJECTED);
    expect(test.snapshot).toMatchObject({ attempt: 1, lastFailure: { reason: "authRejected" } });
  });
});

describe("a new token for the same account", () => {
  test("a new token of the same account goes out over the open connection (L19)", () => {
    const test = rig().open().advance(1_000);
    test.takeEffects();
    test.login();
    expect(test.control.effects).toEqual([{ type: "sendToken", sessionId: 1, forced: false }]);
    expect(test.model).toMatchObject({ state: "open", sessionId: 1 });
  });

  test.each([
    ["dials", (test: ConnectionRig) => test.login().openSocket()],
    ["shakes hands", (test: ConnectionRig) => test.openSocket().login()],
  ])("is kept while the connection %s, and sent once it is open", (_, renew) => {
    const test = renew(rig().dial());
    expect(test.control.count("sendToken")).toBe(0);
    test.welcome();
    expect(test.control.effects.at(-1)).toEqual({ type: "sendToken", sessionId: 1, forced: false });
    expect(test.model.tokenOwed).toBe(false);
  });

  test("is dialled with when the token that was asked for before turns out to be missing", () => {
    const test = rig().dial().login().advance(700).openSocket().say({ type: "tokenMissing" });
    expect(test.model).toMatchObject({ state: "connectingTransport", reason: "credentialsGained" });
    expect(test.control.count("openTransport")).toBe(2);
  });

  test("is not sent twice: the next hello carries it", () => {
    const test = rig().dial().login().drop().untilAlarm("backoff").accept();
    expect(test.control.count("sendToken")).toBe(0);
  });
});

describe("another account", () => {
  test("another account gets a session of its own, at once (L19)", () => {
    const test = rig().open().advance(1_000);
    test.takeEffects();
    test.login(2);
    expect(test.control.effects).toEqual([
      { type: "closeTransport", sessionId: 1, detail: "accountChanged" },
      { type: "openTransport", sessionId: 2, attempt: 0, renewToken: false },
    ]);
    expect(test.snapshot).toMatchObject({ reason: "accountChanged", attempt: 0 });
  });

  test("than the server knows parks, with the reason", () => {
    const test = rig().dial().openSocket().say({ type: "accountMismatched" });
    expect(test.snapshot).toMatchObject({
      state: "waitingForConstraints",
      reason: "accountMismatch",
      blockedBy: ["auth"],
      lastFailure: { reason: "accountMismatch" },
    });
    expect(test.clock.pending).toBe(0);
    test.advance(1_000).login(2);
    expect(test.model).toMatchObject({ state: "connectingTransport", account: 2 });
  });

  test("after a logout is another one still", () => {
    const test = rig().open().advance(1_000).logout().login(2);
    expect(test.model).toMatchObject({ state: "connectingTransport", reason: "accountChanged" });
  });
});

describe("renewal before the end", () => {
  test.each([
    ["1 h: 10 % before its end", 3_600_000, 3_240_000],
    ["5 min: as much", 300_000, 270_000],
    ["2 min: 30 s before its end", 120_000, 90_000],
    ["40 s: at half its life", 40_000, 20_000],
    ["1 s", 1_000, 500],
  ])("of a token that lives %s", (_, expiresInMs, expected) => {
    const after = (random: number): number => {
      const test = rig();
      test.random = random;
      test.open({ tokenExpiresInMs: expiresInMs });
      return (test.model.deadlines.tokenRenewal ?? Number.NaN) - test.clock.now();
    };
    expect(after(0.5)).toBeCloseTo(expected);
    expect(after(0)).toBeCloseTo(0.95 * expected);
    expect(after(1)).toBeCloseTo(1.05 * expected);
  });

  test("of a token that a lenient server takes past its end does not spin (L36)", () => {
    const test = rig();
    test.peer = "answering";
    test.open({ tokenExpiresInMs: -10_000 });
    for (let ms = 0; ms < 1_000; ms += 10) {
      const before = test.control.count("sendToken");
      test.advance(10);
      if (test.control.count("sendToken") > before)
        test.say({ type: "tokenAccepted", tokenExpiresInMs: -10_000 });
    }
    expect(test.control.count("sendToken")).toBeLessThanOrEqual(2);
  });

  test("of a token that lives for ever never comes", () => {
    expect(rig().open().model.deadlines.tokenRenewal).toBeUndefined();
  });

  test("goes over the open connection by force, and again after 30 s without an answer", () => {
    const test = rig();
    test.peer = "answering";
    test.open({ tokenExpiresInMs: 120_000 }).advance(89_999);
    expect(test.control.count("sendToken")).toBe(0);
    test.advance(1);
    expect(test.control.effects).toContainEqual({ type: "sendToken", sessionId: 1, forced: true });
    test.advance(30_000);
    expect(test.control.count("sendToken")).toBe(2);
    test.say({ type: "tokenAccepted", tokenExpiresInMs: 120_000 }).advance(89_000);
    expect(test.control.count("sendToken")).toBe(2);
    test.advance(1_000);
    expect(test.control.count("sendToken")).toBe(3);
    test.say({ type: "tokenAccepted" }).advance(600_000);
    expect(test.control.count("sendToken")).toBe(3);
    expect(test.model).toMatchObject({ state: "open", sessionId: 1 });
  });

  test("accepted before the welcome is nonsense, and changes nothing", () => {
    const test = rig().dial().openSocket();
    const { model } = test;
    test.say({ type: "tokenAccepted", tokenExpiresInMs: 120_000 });
    expect(test.model.deadlines).toEqual(model.deadlines);
  });
});
