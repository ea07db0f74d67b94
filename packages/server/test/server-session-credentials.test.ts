import { ALL_CAPABILITIES } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import type { ServerSessionEffect } from "../src/server-session-effect.ts";
import {
  brief,
  DrivenSession,
  hello,
  openSession,
  refusal,
  sent,
  wallStart,
} from "./drive-session.ts";

const soon = wallStart + 60_000;

describe("the hello", () => {
  test("is checked, and answered by a welcome that names everything", () => {
    const session = new DrivenSession();
    expect(brief(session.frame(hello))).toEqual(["authenticate 1 t1"]);
    session.now = 40;
    const effects = session.accepts("ada", soon);
    expect(brief(effects)).toEqual(["register", "send welcome"]);
    expect(sent(effects)).toEqual([
      {
        type: "welcome",
        account: "ada",
        serverTime: wallStart + 40,
        capabilities: ["updates"],
        limits: session.policy.limits,
        heartbeat: { minMs: 1_000, maxMs: 30_000 },
        windowMs: 250,
        tokenExpiresAt: soon,
      },
    ]);
    const { client, instanceId, session: number } = hello;
    const lasting = { type: "hello", client, capabilities: [], instanceId, session: number };
    expect(session.model).toMatchObject({ state: "open", account: "ada" });
    // The token is not kept, nor what was for the handshake.
    expect(session.model.hello).toEqual(lasting);
  });

  test("without a token is checked as well: cookies may carry it", () => {
    const session = new DrivenSession();
    const { token: _, ...bare } = hello;
    expect(brief(session.frame(bare))).toEqual(["authenticate 1 -"]);
    expect(sent(session.accepts())[0]).not.toHaveProperty("tokenExpiresAt");
  });

  test("stops the wait for a hello", () => {
    const session = new DrivenSession();
    session.wait(14_000);
    session.frame(hello);
    session.accepts();
    expect(session.wait(50_000)).toEqual([]);
  });

  test("hears how long keys are kept, and has its buckets named, where both sides speak of them", () => {
    const everything = new DrivenSession({ capabilities: ALL_CAPABILITIES });
    everything.frame({ ...hello, capabilities: ALL_CAPABILITIES, buckets: [{ bucket: "a" }] });
    const effects = everything.accepts();
    // What the application names comes after what the client asks for: `named` is an event.
    expect(brief(effects)).toEqual(["register", "nameBuckets", "send welcome", "authorize a"]);
    expect(sent(effects)[0]).toMatchObject({
      capabilities: ["updates", "log", "keys"],
      keyRetentionMs: 1_000,
    });
    for (const capabilities of [["updates", "keys"], ["log"], []]) {
      const less = new DrivenSession({ capabilities: ALL_CAPABILITIES });
      less.frame({ ...hello, capabilities });
      const welcome = less.accepts();
      expect(brief(welcome)).toEqual(["register", "send welcome"]);
      expect("keyRetentionMs" in (sent(welcome)[0] ?? {})).toBe(capabilities.includes("keys"));
    }
  });

  test("brings its buckets, which count against the rate", () => {
    const session = new DrivenSession();
    session.frame({ ...hello, buckets: [{ bucket: "a" }, { bucket: "b" }] });
    expect(brief(session.accepts())).toEqual(["register", "send welcome", "authorize a b"]);
    expect(session.model.allowance).toBe(18);
  });

  test("brings no buckets where updates were not agreed", () => {
    const session = new DrivenSession();
    session.frame({ ...hello, capabilities: [], buckets: [{ bucket: "a" }] });
    expect(brief(session.accepts())).toEqual(["register", "send welcome"]);
  });

  test("is refused in the application's words", () => {
    const session = new DrivenSession();
    session.frame(hello);
    const told = { action: "retry", code: "later", retryAfterMs: 9 } as const;
    const effects = session.hears({ type: "authenticationRefused", checkId: 1, refusal: told });
    expect(sent(effects)).toEqual([{ type: "refuse", ...told }]);
  });

  test("is sent away as busy when the check breaks", () => {
    const session = new DrivenSession();
    session.frame(hello);
    const effects = session.hears({ type: "authenticationFailed", checkId: 1 });
    expect(brief(effects)).toEqual(refusal("retry", "busy", 4213));
    expect(sent(effects)[0]).toHaveProperty("windowMs", 250);
  });

  test("is sent away as busy when the check takes over 10 s", () => {
    const session = new DrivenSession();
    session.frame(hello);
    expect(session.wait(9_999)).toEqual([]);
    expect(brief(session.wait(1))).toEqual(["abortCheck", ...refusal("retry", "busy", 4213)]);
  });

  test("with a token that has ended already is refused", () => {
    const session = new DrivenSession();
    session.frame(hello);
    expect(brief(session.accepts("ada", wallStart))).toEqual(
      refusal("reauthenticate", "tokenExpired", 4102),
    );
    expect(session.model.state).toBe("closed");
  });
});

describe("superseding", () => {
  test.each([
    [4, "send welcome"],
    [5, "send refuse retry superseded"],
    [6, "send refuse retry superseded"],
  ])("session 5 meets session %d of the same client: %s (B04)", (rivalSession, expected) => {
    const session = new DrivenSession();
    session.frame(hello);
    expect(brief(session.accepts("ada", undefined, rivalSession))).toContain(expected);
  });
});

describe("the sessions of one account", () => {
  const others = (count: number, rivalSession?: number): readonly ServerSessionEffect[] => {
    const session = new DrivenSession({ connectionsPerAccount: 3, busyRetryMs: 7_000 });
    session.frame(hello);
    return session.accepts("ada", undefined, rivalSession, count);
  };

  test("may be so many; one more is sent away, and told for how long", () => {
    expect(brief(others(2))).toContain("send welcome");
    expect(brief(others(3))).toEqual(refusal("retry", "busy", 4213));
    expect(sent(others(4))[0]).toMatchObject({ retryAfterMs: 7_000, windowMs: 250 });
  });

  test("do not stand in the way of one that comes back for its own place", () => {
    expect(brief(others(3, 4))).toContain("send welcome");
  });

  test("are counted at the hello only: a renewal takes no place", () => {
    const session = new DrivenSession({ connectionsPerAccount: 1 });
    session.frame(hello);
    session.accepts();
    session.frame({ type: "token", token: "t2" });
    expect(brief(session.accepts("ada", undefined, 5, 1))).toEqual(["send tokenAccepted"]);
    session.frame({ type: "token", token: "t3" });
    expect(brief(session.accepts("ada", undefined, undefined, 1))).toEqual(["send tokenAccepted"]);
  });
});

describe("renewal", () => {
  test("a token for the same account moves the end of the session", () => {
    const session = new DrivenSession();
    session.frame(hello);
    session.accepts("ada", soon);
    expect(brief(session.frame({ type: "token", token: "t2" }))).toEqual(["authenticate 2 t2"]);
    const effects = session.accepts("ada", soon + 30_000);
    expect(sent(effects)).toEqual([{ type: "tokenAccepted", tokenExpiresAt: soon + 30_000 }]);
    expect(session.wait(60_000)).toEqual([]);
    expect(brief(session.wait(30_000))).toEqual(refusal("reauthenticate", "tokenExpired", 4102));
  });

  test("a token without an end takes the end away", () => {
    const session = new DrivenSession();
    session.frame(hello);
    session.accepts("ada", soon);
    session.frame({ type: "token", token: "t2" });
    expect(sent(session.accepts("ada"))).toEqual([{ type: "tokenAccepted" }]);
    expect(session.wait(99_000)).toEqual([]);
  });

  test("a token that nobody renews ends the session when it ends", () => {
    const session = new DrivenSession();
    session.frame(hello);
    session.accepts("ada", soon);
    expect(session.wait(59_999)).toEqual([]);
    expect(brief(session.wait(1))).toEqual(refusal("reauthenticate", "tokenExpired", 4102));
  });

  test("a token of another account ends the session", () => {
    const session = openSession();
    session.frame({ type: "token", token: "t2" });
    expect(brief(session.accepts("bob"))).toEqual(refusal("retry", "accountChanged", 4201));
  });

  test("a renewed token that has ended already ends the session", () => {
    const session = openSession();
    session.frame({ type: "token", token: "t2" });
    expect(brief(session.accepts("ada", wallStart - 1))).toEqual(
      refusal("reauthenticate", "tokenExpired", 4102),
    );
  });

  test("a rejected token ends the session", () => {
    const session = openSession();
    session.frame({ type: "token", token: "t2" });
    const effects = session.hears({
      type: "authenticationRefused",
      checkId: 2,
      refusal: { action: "reauthenticate", code: "badToken" },
    });
    expect(brief(effects)).toEqual(refusal("reauthenticate", "badToken", 4101));
  });

  test("a check that cannot be made leaves the token in force", () => {
    for (const event of [
      { type: "authenticationFailed", checkId: 2 } as const,
      {
        type: "authenticationRefused",
        checkId: 2,
        refusal: { action: "retry", code: "busy" },
      } as const,
    ]) {
      const session = new DrivenSession();
      session.frame(hello);
      session.accepts("ada", soon);
      session.frame({ type: "token", token: "t2" });
      expect(session.hears(event)).toEqual([]);
      expect(session.model.deadlines).toEqual({ tokenExpiry: 60_000 });
    }
  });

  test("a check that never ends is given up, and the session goes on", () => {
    const session = openSession();
    session.frame({ type: "token", token: "t2" });
    expect(brief(session.wait(10_000))).toEqual(["abortCheck"]);
    expect(session.model.state).toBe("open");
    expect(session.accepts("ada")).toEqual([]);
  });

  test("only the verdict on the latest token counts", () => {
    const session = openSession();
    session.frame({ type: "token", token: "t2" }, { type: "token", token: "t3" });
    const stale = {
      type: "authenticated",
      checkId: 2,
      account: "bob",
      accountSessions: 0,
    } as const;
    expect(session.hears(stale)).toEqual([]);
    expect(sent(session.accepts("ada"))).toEqual([{ type: "tokenAccepted" }]);
    expect(session.accepts("bob")).toEqual([]);
  });
});
