/** The questions that others ask of the model. */
import { describe, expect, test } from "vitest";

import {
  blockedBy,
  deadlineOf,
  earliestDial,
  isAsking,
  isStaleSession,
  nextDeadline,
  pendingDeadlines,
  stoppedModel,
  wantsLife,
  type Blocker,
} from "../../src/connection/connection-model.ts";
import { PHONE, rig } from "./support/connection-rig.ts";

test("before anybody starts it, it is stopped, knows what the adapters know, and plans nothing", () => {
  const { policy } = rig();
  const facts = {
    account: 3,
    quality: "constrained",
    constraints: { auth: true, network: false, appActive: false, notFrozen: true },
  } as const;
  const model = stoppedModel(facts, 500, policy);
  expect(model).toMatchObject({ ...facts, state: "stopped", reason: "userStop", since: 500 });
  expect(model).toMatchObject({ wanted: false, sessionId: 0, attempt: 0, authRejections: 0 });
  expect(model).toMatchObject({ windowMs: 1_000, renewal: "none", tokenOwed: false });
  expect(pendingDeadlines(model, policy)).toEqual({});
  expect(nextDeadline(model, policy)).toBeUndefined();
});

describe("what blocks", () => {
  type Row = readonly [
    auth: 0 | 1,
    network: 0 | 1,
    active: 0 | 1,
    thawed: 0 | 1,
    missing: Blocker[],
  ];
  const onPhones: readonly Row[] = [
    [1, 1, 1, 1, []],
    [0, 1, 1, 1, ["auth"]],
    [1, 0, 1, 1, ["network"]],
    [1, 1, 0, 1, ["app"]],
    [1, 1, 1, 0, ["frozen"]],
    [0, 0, 0, 0, ["auth", "network", "app", "frozen"]],
    [1, 0, 1, 0, ["network", "frozen"]],
  ];

  test.each(onPhones)("auth %i, network %i, active %i, thawed %i: %j", (...row) => {
    const [auth, network, appActive, notFrozen, missing] = row;
    const constraints = {
      auth: auth === 1,
      network: network === 1,
      appActive: appActive === 1,
      notFrozen: notFrozen === 1,
    };
    const phone = rig({ policy: PHONE, facts: { constraints } });
    expect(blockedBy(phone.model, phone.policy)).toEqual(missing);
    const web = rig({ facts: { constraints } });
    expect(blockedBy(web.model, web.policy)).toEqual(missing.filter((what) => what !== "app"));
  });

  test("is not the inactive app while its grace runs", () => {
    const test = rig({ policy: PHONE }).open().tell("appBackgrounded");
    expect(blockedBy(test.model, test.policy)).toEqual([]);
    expect(pendingDeadlines(test.model, test.policy).grace).toBe(test.clock.now() + 30_000);
  });
});

test("the next deadline is the earliest of the state, the grace and the heartbeat", () => {
  const test = rig({ policy: { ...PHONE, stableMs: 40_000 } }).open();
  const { policy, startedAt } = test;
  expect(nextDeadline(test.model, policy)).toEqual({ name: "ping", at: startedAt + 4_500 });
  test.tell("appBackgrounded").advance(24_999);
  expect(nextDeadline(test.model, policy)).toEqual({ name: "ping", at: startedAt + 25_000 });
  test.advance(4_000).frame();
  expect(nextDeadline(test.model, policy)).toEqual({ name: "grace", at: startedAt + 30_000 });
  const dialling = rig().dial();
  expect(nextDeadline(dialling.model, policy)).toEqual({
    name: "connect",
    at: dialling.startedAt + 10_000,
  });
});

test("a dial waits for the floor and for the server, whichever is later", () => {
  const never = rig();
  expect(earliestDial(never.model, never.policy)).toBe(-Infinity);
  const test = rig().dial();
  expect(earliestDial(test.model, test.policy)).toBe(test.startedAt + 250);
  test.say({ type: "refused", action: "retry", code: "busy", retryAfterMs: 5_000, windowMs: 0 });
  expect(earliestDial(test.model, test.policy)).toBe(test.startedAt + 5_000);
  const late = rig().dial();
  late.say({ type: "refused", action: "retry", code: "busy", retryAfterMs: 100, windowMs: 0 });
  expect(earliestDial(late.model, late.policy)).toBe(late.startedAt + 250);
});

test("frames are wanted only while open, and only if a question waits or the hint says offline", () => {
  expect(wantsLife(rig().dial().network(false).model)).toBe(false);
  const test = rig().open();
  expect(wantsLife(test.model)).toBe(false);
  expect(wantsLife(test.network(false).model)).toBe(true);
  expect(wantsLife(test.frame().model)).toBe(false);
  expect(wantsLife(test.tell("woke").model)).toBe(true);
});

test("a question waits from a ping or a probe until any frame comes", () => {
  const test = rig().open();
  expect(isAsking(test.model)).toBe(false);
  expect(isAsking(test.tell("woke").model)).toBe(true);
  expect(isAsking(test.frame().model)).toBe(false);
  expect(isAsking(test.untilAlarm("ping").model)).toBe(true);
});

test("a deadline that is not pending never comes", () => {
  const { model, policy, startedAt } = rig().dial();
  expect(deadlineOf(model, "connect", policy)).toBe(startedAt + 10_000);
  expect(deadlineOf(model, "handshake", policy)).toBe(Infinity);
});

test("a session is stale before its dial, after its end, and when another one took over", () => {
  expect(isStaleSession(rig().model, 0)).toBe(true);
  const test = rig().dial();
  expect(isStaleSession(test.model, 1)).toBe(false);
  expect(isStaleSession(test.model, 0)).toBe(true);
  expect(isStaleSession(test.model, 2)).toBe(true);
  expect(isStaleSession(test.openSocket().model, 1)).toBe(false);
  expect(isStaleSession(test.welcome().model, 1)).toBe(false);
  expect(isStaleSession(test.drop().model, 1)).toBe(true);
});
