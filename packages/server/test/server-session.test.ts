import type { ClientMessage } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import type { ServerSessionEvent } from "../src/server-session-event.ts";
import {
  brief,
  DrivenSession,
  hello,
  openDurable,
  openSession,
  refusal,
  sent,
} from "./drive-session.ts";

const ping: ClientMessage = { type: "ping", nonce: 9 };
const pings = (count: number): ClientMessage[] => Array.from({ length: count }, () => ping);
const call: ClientMessage = { type: "call", id: 1, method: "echo", timeoutMs: 1_000 };

describe("before the welcome", () => {
  const others: ClientMessage[] = [
    call,
    { type: "cancel", id: 1 },
    { type: "subscribe", buckets: [{ bucket: "room:1" }] },
    { type: "unsubscribe", buckets: ["room:1"] },
    { type: "fetch", id: 1, bucket: "room:1", epoch: "e", after: 0, limit: 1 },
    { type: "token", token: "t" },
  ];

  test.each(others)("a $type instead of a hello ends the session (L60)", (message) => {
    const session = new DrivenSession();
    const effects = session.frame(message);
    expect(brief(effects)).toEqual(refusal("retry", "helloExpected", 4214));
    expect(sent(effects)[0]).toHaveProperty("message", `${message.type} before hello`);
  });

  test.each([...others, hello])("a $type during the check ends the session (L60)", (message) => {
    const session = new DrivenSession();
    session.frame(hello);
    const effects = session.frame(message);
    expect(brief(effects)).toEqual(refusal("retry", "protocolViolation", 4214));
    expect(sent(effects)[0]).toHaveProperty("message", `${message.type} before welcome`);
  });

  test("a ping is answered before the hello and during the check", () => {
    const session = new DrivenSession();
    expect(brief(session.frame(ping))).toEqual(["send pong 9 250"]);
    expect(session.model.state).toBe("awaitingHello");
    session.frame(hello);
    expect(brief(session.frame(ping))).toEqual(["send pong 9 250"]);
    expect(session.model.state).toBe("authenticating");
  });

  test("a hello that never comes ends the session after 15 s, pings or not (L60)", () => {
    const session = new DrivenSession();
    session.wait(14_000);
    session.frame(ping);
    expect(session.wait(999)).toEqual([]);
    expect(brief(session.wait(1))).toEqual(refusal("retry", "helloTimeout", 4203));
  });
});

describe("while open", () => {
  test("a ping is answered with its nonce and the window of the moment", () => {
    const session = openSession();
    session.windowMs = 4_000;
    expect(brief(session.frame(ping))).toEqual(["send pong 9 4000"]);
  });

  test("a second hello ends the session (L60)", () => {
    const effects = openSession().frame(hello);
    expect(brief(effects)).toEqual(refusal("retry", "protocolViolation", 4214));
    expect(sent(effects)[0]).toHaveProperty("message", "a second hello");
  });

  test.each<[string, ClientMessage]>([
    ["a fetch", { type: "fetch", id: 1, bucket: "room:1", epoch: "e", after: 0, limit: 1 }],
    ["a keyed call", { ...call, type: "call", id: 1, method: "echo", timeoutMs: 1, key: "k" }],
    ["a cancel by key", { type: "cancel", id: 1, key: "k" }],
  ])("%s ends the session: the server does not speak its capability (B52)", (_, message) => {
    const effects = openSession().frame(message);
    expect(brief(effects)).toEqual(refusal("retry", "protocolViolation", 4214));
    expect(sent(effects)[0]).toHaveProperty("message", expect.stringContaining("needs the capab"));
  });

  test("a client that did not name updates may not subscribe", () => {
    const session = openSession({}, { capabilities: [] });
    expect(brief(session.frame({ type: "unsubscribe", buckets: ["room:1"] }))).toEqual(
      refusal("retry", "protocolViolation", 4214),
    );
  });

  test("a frame that is none ends the session, and says what is wrong with it", () => {
    const effects = openSession().hears({ type: "malformed", detail: "badField ping.nonce" });
    expect(brief(effects)).toEqual(refusal("retry", "protocolViolation", 4214));
    expect(sent(effects)[0]).toHaveProperty("message", "badField ping.nonce");
  });

  test("a violation ends its frame: what follows in it is not heard", () => {
    const effects = openSession().frame(hello, call, ping);
    expect(brief(effects)).toEqual(refusal("retry", "protocolViolation", 4214));
  });
});

describe("silence", () => {
  test("100 s without a frame end an open session (L59)", () => {
    const session = openSession();
    session.wait(50_000);
    session.frame(ping);
    expect(session.wait(99_999)).toEqual([]);
    expect(brief(session.wait(1))).toEqual(refusal("retry", "idle", 4204));
  });

  test("an alarm that is not due changes nothing", () => {
    const session = openSession();
    const before = session.model;
    expect(session.hears({ type: "alarm" })).toEqual([]);
    expect(session.model).toEqual(before);
  });

  test("a check that takes long is not silence", () => {
    const session = new DrivenSession({ authenticateMs: 300_000 });
    session.frame(hello);
    expect(session.wait(200_000)).toEqual([]);
  });
});

describe("the rate limit", () => {
  test("as many messages as the burst are heard, one more ends the session", () => {
    const session = openSession();
    expect(brief(session.frame(...pings(20)))).toHaveLength(20);
    const effects = session.frame(ping);
    expect(brief(effects)).toEqual(["send pong 9 250", ...refusal("retry", "rateLimited", 4206)]);
    expect(sent(effects)[1]).toHaveProperty("retryAfterMs", 2_000);
  });

  test("the allowance grows with time, up to the burst", () => {
    const session = openSession();
    session.frame(...pings(20));
    session.wait(500);
    expect(brief(session.frame(...pings(5)))).toHaveLength(5);
    session.wait(60_000);
    expect(brief(session.frame(...pings(21)))).toContain("send refuse retry rateLimited");
  });

  test("time counts once", () => {
    const session = openSession();
    session.frame(...pings(20));
    session.wait(100);
    session.frame(ping);
    expect(brief(session.frame(ping))).toContain("send refuse retry rateLimited");
  });

  test("holds before the hello too", () => {
    const session = new DrivenSession();
    expect(brief(session.frame(...pings(21)))).toContain("send refuse retry rateLimited");
  });

  test.each<[string, ClientMessage, number]>([
    ["a cancel", { type: "cancel", id: 0 }, 1],
    ["a token", { type: "token", token: "t" }, 1],
    ["a refused call", { type: "call", id: 1, method: "none", timeoutMs: 1 }, 1],
    [
      "each bucket of a subscribe",
      { type: "subscribe", buckets: [{ bucket: "a" }, { bucket: "b" }] },
      2,
    ],
    ["each bucket of an unsubscribe", { type: "unsubscribe", buckets: ["a", "b", "c"] }, 3],
  ])("%s counts", (_, message, cost) => {
    const session = openSession();
    session.frame(message);
    expect(session.model.allowance).toBe(20 - cost);
  });

  test("a fetch counts, admitted or not, and once", () => {
    const session = openDurable();
    const fetch = { type: "fetch", bucket: "a", epoch: "e", after: 0 } as const;
    session.frame({ ...fetch, id: 1, limit: 9 });
    expect(session.model.allowance).toBe(19);
    session.frame({ ...fetch, id: 2, limit: 0 });
    expect(session.model.allowance).toBe(18);
    // What ends the session for another reason is not reckoned on top of it.
    session.frame(...pings(18));
    expect(brief(session.frame({ ...fetch, id: 2, limit: 9 }))).toEqual(
      refusal("retry", "protocolViolation", 4214),
    );
  });

  test("a call that is admitted does not count: how many may execute bounds it", () => {
    const session = openSession();
    session.frame(call);
    expect(session.model.allowance).toBe(20);
  });
});

describe("ends", () => {
  test.each<[string, ServerSessionEvent, string[]]>([
    ["too many connections", { type: "crowded" }, refusal("retry", "busy", 4213)],
    ["no common subprotocol", { type: "unsupported" }, refusal("stop", "unsupportedVersion", 4001)],
    ["a later session (B04)", { type: "superseded" }, refusal("retry", "superseded", 4202)],
    [
      "the application",
      {
        type: "disconnected",
        refusal: { action: "stop", code: "banned", message: "no", retryAfterMs: 5 },
      },
      refusal("stop", "banned", 4000),
    ],
    ["a slow reader (L59)", { type: "overflowed" }, refusal("retry", "slowConsumer", 4205)],
  ])("%s ends the session with a typed message first (B24)", (_, event, expected) => {
    expect(brief(openSession().hears(event))).toEqual(expected);
  });

  test("the application's words reach the client as they are", () => {
    const said = { action: "stop", code: "banned", message: "no", retryAfterMs: 5 } as const;
    const effects = openSession().hears({ type: "disconnected", refusal: said });
    expect(sent(effects)).toEqual([{ type: "refuse", ...said }]);
    const short = { action: "retry", code: "moved" } as const;
    expect(sent(openSession().hears({ type: "disconnected", refusal: short }))).toEqual([
      { type: "refuse", ...short },
    ]);
  });

  test("a slow reader is told the window to come back in", () => {
    expect(sent(openSession().hears({ type: "overflowed" }))[0]).toHaveProperty("windowMs", 250);
  });

  test("a peer that does not answer the close loses its socket after 2 s", () => {
    const session = openSession();
    session.hears({ type: "superseded" });
    expect(session.wait(1_999)).toEqual([]);
    expect(brief(session.wait(1))).toEqual(["terminate", "forget"]);
    expect(session.nextDeadline).toBeUndefined();
  });

  test("a peer that answers the close is forgotten at once, and once", () => {
    const session = openSession();
    session.hears({ type: "superseded" });
    expect(brief(session.hears({ type: "socketClosed" }))).toEqual(["forget"]);
    expect(session.nextDeadline).toBeUndefined();
    expect(session.hears({ type: "socketClosed" })).toEqual([]);
    expect(session.wait(1_000_000)).toEqual([]);
  });

  test("a socket that ends by itself releases everything", () => {
    const session = openSession();
    session.frame(call, { type: "subscribe", buckets: [{ bucket: "a" }] });
    expect(brief(session.hears({ type: "socketClosed" }))).toEqual(["release", "forget"]);
    expect(session.model.state).toBe("closed");
    expect(session.nextDeadline).toBeUndefined();
  });

  test("nothing that comes late changes a closed session (B05)", () => {
    const session = openSession();
    session.frame(call);
    session.hears({ type: "superseded" });
    const late: ServerSessionEvent[] = [
      { type: "received", messages: [ping, call, hello] },
      { type: "malformed", detail: "" },
      { type: "callsSettled", calls: [{ id: 1, answer: { type: "result", id: 1 } }] },
      { type: "authorized", askId: 0, verdicts: [{ bucket: "a" }] },
      { type: "authenticated", checkId: 1, account: "ada", accountSessions: 0 },
      { type: "disconnected", refusal: { action: "stop", code: "x" } },
      { type: "draining", windowMs: 0, graceMs: 0 },
      { type: "overflowed" },
      { type: "revoked", bucket: "a" },
      { type: "alarm" },
    ];
    for (const event of late) expect(session.hears(event)).toEqual([]);
    expect(session.nextDeadline).toBe(2_000);
  });
});

describe("draining", () => {
  const drain = { type: "draining", windowMs: 3_000, graceMs: 5_000 } as const;

  test("an open session is asked to go, works on, and is ended at window + 5 s (L62)", () => {
    const session = openSession();
    expect(sent(session.hears(drain))).toEqual([{ type: "goAway", windowMs: 3_000 }]);
    session.wait(2_999);
    expect(brief(session.frame(call))).toEqual(["runCall 1"]);
    session.hears({ type: "callsSettled", calls: [{ id: 1, answer: { type: "result", id: 1 } }] });
    session.wait(5_000);
    session.windowMs = 700;
    const effects = session.wait(1);
    expect(brief(effects)).toEqual(refusal("retry", "serverRestart", 4200));
    expect(sent(effects)[0]).toHaveProperty("windowMs", 700);
  });

  test("after the window new calls are refused: another session will take them", () => {
    const session = openSession();
    session.hears(drain);
    session.wait(3_000);
    expect(brief(session.frame(call))).toEqual(["send failure 1 draining refused"]);
  });

  test("asking twice does not move the end", () => {
    const session = openSession();
    session.hears(drain);
    session.wait(1_000);
    expect(session.hears(drain)).toEqual([]);
    expect(brief(session.wait(7_000))).toEqual(refusal("retry", "serverRestart", 4200));
  });

  test.each([0, 1])("a session that is not open yet is sent away (hellos said: %d)", (hellos) => {
    const session = new DrivenSession();
    if (hellos > 0) session.frame(hello);
    const effects = session.hears(drain);
    expect(brief(effects)).toEqual(refusal("retry", "serverRestart", 4200));
    expect(sent(effects)[0]).toHaveProperty("windowMs", 3_000);
  });
});
