import { describe, expect, test } from "vitest";

import { newServerSession, nextServerDeadline } from "../src/server-session-model.ts";
import type { ServerSessionModel } from "../src/server-session-model.ts";
import { policy } from "./drive-session.ts";

const fresh = newServerSession(1_000, policy);

test("a new session waits for its hello and nothing else", () => {
  expect(fresh).toEqual({
    state: "awaitingHello",
    deadlines: { hello: 16_000 },
    lastFrameAt: 1_000,
    allowance: 20,
    allowanceAt: 1_000,
    spent: 0,
    hello: undefined,
    account: undefined,
    capabilities: [],
    checkId: 0,
    askId: 0,
    asking: 0,
    lastCallId: -1,
    executing: [],
    waiting: [],
    subscriptions: new Map(),
    callsRefusedFrom: Infinity,
  });
});

describe("the next deadline", () => {
  const call = { type: "call", id: 1, method: "echo", timeoutMs: 1 } as const;
  const quiet: ServerSessionModel = { ...fresh, state: "closed", deadlines: {} };
  const all = { hello: 50, authenticate: 40, tokenExpiry: 30, drain: 20, linger: 10 };

  test.each<[string, Partial<ServerSessionModel>, number | undefined]>([
    ["nothing", {}, undefined],
    ["hello", { deadlines: { hello: 50 } }, 50],
    ["authenticate", { deadlines: { hello: 50, authenticate: 40 } }, 40],
    ["tokenExpiry", { deadlines: { hello: 50, tokenExpiry: 30 } }, 30],
    ["drain", { deadlines: { hello: 50, drain: 20 } }, 20],
    ["linger", { deadlines: all }, 10],
    ["silence", { state: "open" }, 101_000],
    [
      "an executing call",
      {
        executing: [
          { id: 1, deadline: 7 },
          { id: 2, deadline: 9 },
        ],
      },
      7,
    ],
    ["an answered call", { executing: [{ id: 1, deadline: Infinity }] }, undefined],
    [
      "a waiting call",
      {
        waiting: [
          { request: call, deadline: 9 },
          { request: call, deadline: 8 },
        ],
      },
      8,
    ],
  ])("is the earliest: %s", (_, changes, expected) => {
    expect(nextServerDeadline({ ...quiet, ...changes }, policy)).toBe(expected);
  });
});
