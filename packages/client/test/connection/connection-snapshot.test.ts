/** What outsiders see of the model, word by word. */
import { expect, test } from "vitest";

import { snapshotOf } from "../../src/connection/connection-snapshot.ts";
import { rig } from "./support/connection-rig.ts";

test("an open connection, as outsiders see it", () => {
  const test = rig();
  test.peer = "answering";
  test.open().advance(4_500);
  expect(test.snapshot).toEqual({
    state: "open",
    reason: "opened",
    attempt: 0,
    sessionId: 1,
    since: 1_800_000_000_000,
    retryAt: undefined,
    blockedBy: [],
    lastFailure: undefined,
    roundTripMs: 0,
    constraints: { auth: true, network: true, appActive: true, notFrozen: true },
    isRenewingToken: false,
  });
});

test("a wait says the phase, the reason, when it ends and which session failed (B18)", () => {
  const test = rig().dial().advance(1_000).drop("1006");
  const now = test.clock.wallNow();
  expect(test.snapshot).toMatchObject({
    state: "backoff",
    reason: "transportClosed",
    attempt: 1,
    sessionId: 1,
    since: now,
    retryAt: now + 500,
    blockedBy: [],
    lastFailure: { reason: "transportClosed", detail: "1006", at: now },
    roundTripMs: undefined,
  });
});

test("what blocks is told by name, and when the hint is dialled against (B18)", () => {
  const test = rig({ signedIn: false }).dial().network(false).tell("appFrozen");
  expect(test.snapshot.blockedBy).toEqual(["auth", "network", "frozen"]);
  expect(test.snapshot.retryAt).toBeUndefined();
  test.login().tell("appThawed");
  expect(test.snapshot.blockedBy).toEqual(["network"]);
  expect(test.snapshot.retryAt).toBe(test.clock.wallNow() + 30_000);
});

test("a stopped connection is not blocked by anything: nobody wants it", () => {
  const test = rig({ signedIn: false }).network(false);
  expect(test.snapshot).toMatchObject({ state: "stopped", blockedBy: [], retryAt: undefined });
});

test("a running renewal of the token is told", () => {
  const test = rig().dial().say({ type: "refused", action: "reauthenticate", code: "expired" });
  expect(test.snapshot.isRenewingToken).toBe(true);
  expect(test.tell("tokenRenewed").snapshot.isRenewingToken).toBe(false);
});

test("instants are told by the wall clock", () => {
  const { model, policy } = rig().dial().drop();
  const snapshot = snapshotOf(model, policy, 5);
  expect(snapshot).toMatchObject({
    since: model.since + 5,
    retryAt: (model.deadlines.backoff ?? 0) + 5,
    lastFailure: { at: model.since + 5 },
  });
});
