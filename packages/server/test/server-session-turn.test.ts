import { expect, test } from "vitest";

import { newServerSession } from "../src/server-session-model.ts";
import {
  end,
  leave,
  refuse,
  say,
  setDeadlines,
  spend,
  violate,
} from "../src/server-session-turn.ts";
import type { Turn } from "../src/server-session-turn.ts";
import { brief, policy, refusal, sent } from "./drive-session.ts";

function turn(): Turn {
  const stamp = { now: 100, wallNow: 0, windowMs: 0 };
  return {
    model: { ...newServerSession(0, policy) },
    effects: [],
    stamp,
    policy,
    ownTable: undefined,
  };
}

test("a deadline that is set to undefined is gone, the others stay", () => {
  const one = turn();
  setDeadlines(one, { drain: 5 });
  expect(one.model.deadlines).toEqual({ hello: 15_000, drain: 5 });
  setDeadlines(one, { hello: undefined });
  expect(Object.keys(one.model.deadlines)).toEqual(["drain"]);
});

test("what is said is one effect each, in order", () => {
  const one = turn();
  say(one, { type: "goAway", windowMs: 1 });
  say(one, { type: "pong", nonce: 1, windowMs: 1 });
  expect(brief(one.effects)).toEqual(["send goAway", "send pong 1 1"]);
});

test("a refusal with a reserved code has its own action and close code", () => {
  const one = turn();
  refuse(one, "badToken", { message: "m", retryAfterMs: 3 });
  expect(brief(one.effects)).toEqual(refusal("reauthenticate", "badToken", 4101));
  expect(sent(one.effects)[0]).toMatchObject({ message: "m", retryAfterMs: 3 });
  expect(one.model).toMatchObject({ state: "closed", deadlines: { linger: 2_100 } });
});

test("a violation says what it was", () => {
  const one = turn();
  violate(one, "why");
  expect(sent(one.effects)).toEqual([
    { type: "refuse", action: "retry", code: "protocolViolation", message: "why" },
  ]);
});

test("a code of the application closes with the general code of its action", () => {
  const one = turn();
  end(one, { type: "refuse", action: "stop", code: "banned" });
  expect(brief(one.effects)).toEqual(refusal("stop", "banned", 4000));
});

test("leaving gives everything up, whatever deadline is left", () => {
  const one = turn();
  leave(one, {});
  expect(brief(one.effects)).toEqual(["release"]);
  expect(one.model).toMatchObject({ state: "closed", deadlines: {} });
});

test("an allowance may be used up, but not overdrawn", () => {
  const one = turn();
  spend(one, 20);
  expect(one.effects).toEqual([]);
  spend(one, 1);
  expect(brief(one.effects)).toEqual(refusal("retry", "rateLimited", 4206));
});
