import type { Call, ServerMessage } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import { refuse } from "../src/authenticate.ts";
import { PublishError } from "../src/bucket-publisher.ts";
import type { MemoryPeer } from "./memory-peer.ts";
import { TestServer } from "./serve.ts";
import type { Account } from "./serve.ts";

const call = (id: number, method: string, input?: unknown, timeoutMs = 15_000): Call => ({
  type: "call",
  id,
  method,
  input,
  timeoutMs,
});
const types = (messages: readonly ServerMessage[]): string[] => messages.map(({ type }) => type);
const subscribe = (...buckets: string[]) =>
  ({ type: "subscribe", buckets: buckets.map((bucket) => ({ bucket })) }) as const;

/** Nothing is left: no connection, no session, no alarm. */
async function expectNothingLeft(own: TestServer): Promise<void> {
  await own.tick();
  expect(own.server.stats).toMatchObject({ connections: 0, sessions: 0, buckets: 0 });
  // A server that is in use looks after its store, until it is closed.
  await own.server.close();
  expect(own.clock.pending).toBe(0);
}

describe("opening", () => {
  test("a good token is welcomed", async () => {
    const own = new TestServer();
    const peer = own.dial();
    peer.says(own.hello());
    await own.tick();
    expect(peer.takes()).toMatchObject([
      { type: "welcome", account: "ada", capabilities: ["updates"], windowMs: 100 },
    ]);
    expect(own.server.stats).toMatchObject({ connections: 1, sessions: 1, handshakes: 1 });
    expect(own.server.sessions("ada")).toEqual([
      {
        sessionId: "s1",
        account: "ada",
        instanceId: "i1",
        session: 1,
        client: { name: "test", version: "1" },
        openedAt: own.clock.wallNow(),
        remoteAddress: "10.0.0.1",
      },
    ]);
  });

  test("past the most connections a client is sent away, until another has gone (V3)", async () => {
    const own = new TestServer({ policy: { connectionsMax: 2 } });
    const first = await own.open();
    own.dial();
    expect(own.server.busyForMs).toBe(10_000);
    const third = own.dial();
    own.clock.flush();
    expect(third.takes()).toEqual([
      { type: "refuse", action: "retry", code: "busy", retryAfterMs: 10_000, windowMs: 100 },
    ]);
    first.drop();
    expect(own.server.busyForMs).toBe(0);
    expect((await own.open()).closedWith).toBeUndefined();
  });

  test("one account may have so many sessions, another account is not touched (V3)", async () => {
    const own = new TestServer({ policy: { connectionsPerAccount: 2 } });
    await own.open();
    const second = await own.open({ instanceId: "phone" });
    const third = own.dial();
    third.says(own.hello());
    await own.tick();
    expect(third.takes()).toMatchObject([{ type: "refuse", code: "busy", retryAfterMs: 10_000 }]);
    expect(third.closedWith?.code).toBe(4213);
    // Who comes back, and who is another, has a place.
    const again = await own.open({ instanceId: "phone", session: 2 });
    expect([second.closedWith?.code, again.closedWith]).toEqual([4202, undefined]);
    expect((await own.open({ token: "bob" })).closedWith).toBeUndefined();
    expect(own.server.stats).toMatchObject({ sessions: 3, refusals: { busy: 1, superseded: 1 } });
  });

  test("a bad token is refused and leaves nothing behind (B24)", async () => {
    const own = new TestServer();
    const peer = own.dial();
    peer.says(own.hello({ token: "bad" }));
    await own.tick();
    expect(peer.takes()).toEqual([{ type: "refuse", action: "reauthenticate", code: "badToken" }]);
    expect(peer.closedWith).toEqual({ code: 4101, reason: "badToken" });
    expect(own.server.stats.refusals).toEqual({ badToken: 1 });
    await expectNothingLeft(own);
  });

  test("a check that throws sends the client away for a while, and is reported", async () => {
    const own = new TestServer({
      authenticate: () => {
        throw new Error("no database");
      },
    });
    const peer = own.dial();
    peer.says(own.hello());
    await own.tick();
    expect(peer.takes()).toMatchObject([{ type: "refuse", action: "retry", code: "busy" }]);
    expect(own.errors).toMatchObject([{ context: { place: "authenticate", sessionId: "s1" } }]);
    expect(JSON.stringify(own.errors)).not.toContain('"ada"');
  });

  test("a check that never ends is aborted, and its late answer changes nothing", async () => {
    let signal: AbortSignal | undefined;
    let answer: (account: Account) => void = () => undefined;
    const own = new TestServer({
      authenticate: async (request) => {
        signal = request.signal;
        return await new Promise<Account>((resolve) => (answer = resolve));
      },
    });
    const peer = own.dial();
    peer.says(own.hello());
    await own.tick(10_000);
    expect(peer.takes()).toMatchObject([{ type: "refuse", code: "busy" }]);
    expect(signal?.aborted).toBe(true);
    answer({ account: "ada", data: { admin: true } });
    await own.tick();
    expect(peer.takes()).toEqual([]);
    await expectNothingLeft(own);
  });

  test("the application sees headers, origin and address, and no token means undefined", async () => {
    const seen: unknown[] = [];
    const own = new TestServer({
      authenticate: ({ token, request }) => {
        seen.push(token, request.origin, request.headers["cookie"], request.remoteAddress);
        return { account: "cookie", data: { admin: false } };
      },
    });
    const peer = own.dial({ origin: "https://a.example", headers: { cookie: "c=1" } });
    const { token: _, ...bare } = own.hello();
    peer.says(bare);
    await own.tick();
    expect(seen).toEqual([undefined, "https://a.example", "c=1", "10.0.0.1"]);
    expect(peer.takes()).toMatchObject([{ type: "welcome", account: "cookie" }]);
  });

  test("an answer that is none is an error of the server, not an open door", async () => {
    for (const answer of [undefined, null, {}, { account: "" }, { account: "a", expiresAt: NaN }]) {
      const own = new TestServer({ authenticate: () => answer as Account });
      const peer = own.dial();
      peer.says(own.hello());
      await own.tick();
      expect(peer.takes()).toMatchObject([{ type: "refuse", code: "busy" }]);
    }
  });

  test("no common subprotocol is said, then closed", async () => {
    const own = new TestServer();
    const peer = own.dial({ subprotocol: "chat.v0" });
    expect(peer.takes()).toEqual([{ type: "refuse", action: "stop", code: "unsupportedVersion" }]);
    expect(peer.closedWith?.code).toBe(4001);
    await expectNothingLeft(own);
  });
});

describe("one session per client object", () => {
  test("a later one takes over, wherever the older socket is (B04) (L59)", async () => {
    const own = new TestServer();
    const older = await own.open({ instanceId: "same", session: 1 });
    older.answersClose = false;
    const newer = await own.open({ instanceId: "same", session: 2 });
    expect(older.takes()).toEqual([{ type: "refuse", action: "retry", code: "superseded" }]);
    expect(older.closedWith).toEqual({ code: 4202, reason: "superseded" });
    expect(own.server.sessions("ada")).toHaveLength(1);
    await own.tick(2_000);
    expect(older.isTerminated).toBe(true);
    newer.says({ type: "ping", nonce: 1 });
    await own.tick();
    expect(types(newer.takes())).toEqual(["pong"]);
  });

  test("the end of the older socket leaves the newer session on the register (B54)", async () => {
    const own = new TestServer();
    const older = await own.open({ instanceId: "same", session: 1 });
    const newer = await own.open({ instanceId: "same", session: 2 });
    older.drop();
    newer.says(subscribe("room:1"));
    await own.tick();
    await own.server.publish("room:1", 1);
    await own.tick();
    expect(types(newer.takes())).toEqual(["subscribed", "updates"]);
    expect(own.server.sessions("ada")).toHaveLength(1);
  });

  test("an overtaken one is itself refused", async () => {
    const own = new TestServer();
    await own.open({ instanceId: "same", session: 7 });
    const late = own.dial();
    late.says(own.hello({ instanceId: "same", session: 7 }));
    await own.tick();
    expect(late.takes()).toMatchObject([{ type: "refuse", code: "superseded" }]);
    expect(own.server.stats.sessions).toBe(1);
  });

  test("another client object, or another account, is not touched", async () => {
    const own = new TestServer();
    await own.open({ instanceId: "a", session: 1 });
    await own.open({ instanceId: "b", session: 2 });
    await own.open({ instanceId: "a", session: 2, token: "bob" });
    expect(own.server.stats.sessions).toBe(3);
  });
});

describe("calls", () => {
  test("answers of one tick travel in one frame", async () => {
    const own = new TestServer();
    const peer = await own.open();
    peer.says(call(1, "echo", { n: 1 }), call(2, "echo", [2]));
    peer.says(call(3, "echo"));
    await own.tick();
    expect(peer.frames).toHaveLength(1);
    expect(peer.takes()).toEqual([
      { type: "result", id: 1, output: { n: 1 } },
      { type: "result", id: 2, output: [2] },
      { type: "result", id: 3 },
    ]);
  });

  test("an update that a call publishes comes before the call's result", async () => {
    const own = new TestServer();
    const peer = await own.open({ buckets: [{ bucket: "room:1" }] });
    peer.says(call(1, "send", { text: " hi " }));
    await own.tick();
    expect(peer.takes()).toMatchObject([
      {
        type: "updates",
        after: 0,
        upTo: 1,
        updates: [{ seq: 1, data: { from: "ada", text: "hi" } }],
      },
      { type: "result", id: 1, output: { seq: 1 } },
    ]);
  });

  test("a bad input is named by its place, never by its value", async () => {
    const own = new TestServer();
    const peer = await own.open();
    peer.says(call(1, "send", { text: 1234 }));
    await own.tick();
    expect(peer.takes()).toEqual([
      {
        type: "failure",
        id: 1,
        code: "badInput",
        message: "the input breaks the contract: text.0",
        refused: true,
        data: { issues: [{ path: ["text", 0] }] },
      },
    ]);
    expect(own.errors).toEqual([]);
  });

  test("what a handler throws on purpose reaches the caller, a bug does not", async () => {
    const own = new TestServer();
    const peer = await own.open();
    peer.says(call(1, "fail", "own"), call(2, "fail", "bug"), call(3, "nothing"));
    await own.tick();
    const answers = peer
      .takes()
      .toSorted((a, b) => ("id" in a && "id" in b ? Number(a.id) - Number(b.id) : 0));
    expect(answers).toMatchObject([
      { id: 1, code: "full", message: "the room is full", data: { max: 3 } },
      { id: 2, code: "internal" },
      { id: 3, code: "unknownMethod", refused: true },
    ]);
    expect(JSON.stringify(answers)).not.toContain("1234");
    expect(own.errors).toMatchObject([
      { context: { place: "handler", method: "fail", account: "ada" } },
    ]);
  });

  test("an output that cannot be sent fails its call and no other", async () => {
    const own = new TestServer({ limits: { frameBytes: 5_000 } });
    const peer = await own.open();
    peer.says(call(1, "echo", "x".repeat(4_900)));
    // As large an answer as the frame that asked: the rest of the message makes it too large.
    peer.says(call(2, "slow"), call(3, "echo", 1));
    own.slow[0]?.("x".repeat(5_000));
    await own.tick();
    expect(peer.takes()).toMatchObject([
      { type: "result", id: 1 },
      { type: "result", id: 3, output: 1 },
      { type: "failure", id: 2, code: "tooLarge" },
    ]);
    expect(own.errors).toMatchObject([{ context: { place: "encode", account: "ada" } }]);
  });

  test("a cancelled call's handler is told, and its answer is dropped", async () => {
    const own = new TestServer();
    const peer = await own.open();
    peer.says(call(1, "slow"));
    await own.tick();
    peer.says({ type: "cancel", id: 1 });
    await own.tick();
    expect(peer.takes()).toMatchObject([{ type: "failure", id: 1, code: "cancelled" }]);
    expect(own.signals[0]?.aborted).toBe(true);
    own.slow[0]?.("late");
    await own.tick();
    expect(peer.takes()).toEqual([]);
    expect(own.errors).toEqual([]);
  });

  test("a call that outlives its time is answered, and its handler is told", async () => {
    const own = new TestServer();
    const peer = await own.open();
    peer.says(call(1, "slow", undefined, 700));
    await own.tick(700);
    expect(peer.takes()).toMatchObject([{ type: "failure", id: 1, code: "timedOut" }]);
    expect(own.signals[0]?.aborted).toBe(true);
  });

  test("a session's end tells its handlers", async () => {
    const own = new TestServer();
    const peer = await own.open();
    peer.says(call(1, "slow"));
    await own.tick();
    peer.drop();
    expect(own.signals[0]?.reason).toMatchObject({ code: "closed" });
    own.slow[0]?.("late");
    await own.tick();
    await expectNothingLeft(own);
  });

  test("the 65th call waits and pauses reading until one has ended", async () => {
    const own = new TestServer();
    const peer = await own.open();
    for (let id = 1; id <= 64; id++) peer.says(call(id, "slow"));
    await own.tick();
    expect(peer.isPaused).toBe(false);
    peer.says(call(65, "echo", "later"));
    expect(peer.isPaused).toBe(true);
    own.slow[10]?.("done");
    await own.tick();
    expect(peer.isPaused).toBe(false);
    expect(peer.takes()).toEqual([
      { type: "result", id: 11, output: "done" },
      { type: "result", id: 65, output: "later" },
    ]);
  });
});

describe("buckets", () => {
  test("an update reaches every subscriber, with the next number (B48)", async () => {
    const own = new TestServer();
    const peers = [await own.open(), await own.open({ token: "bob" }), await own.open()];
    for (const peer of peers.slice(0, 2)) peer.says(subscribe("room:7"));
    await own.tick();
    const [first] = peers[0]?.takes() ?? [];
    expect(first).toMatchObject({ type: "subscribed", bucket: "room:7", head: 0 });
    peers[1]?.takes();
    const at = own.clock.wallNow();
    expect(await own.server.publish("room:7", "a")).toMatchObject({ bucket: "room:7", seq: 1, at });
    await own.server.publish("room:7", "b", { at: 5 });
    await own.server.publish("room:8", "other");
    await own.tick();
    const expected = [
      {
        type: "updates",
        bucket: "room:7",
        after: 0,
        upTo: 1,
        updates: [{ seq: 1, at, data: "a" }],
      },
      {
        type: "updates",
        bucket: "room:7",
        after: 1,
        upTo: 2,
        updates: [{ seq: 2, at: 5, data: "b" }],
      },
    ];
    expect(peers[0]?.frames).toHaveLength(1);
    expect(peers[0]?.takes()).toMatchObject(expected);
    expect(peers[1]?.takes()).toMatchObject(expected);
    expect(peers[2]?.takes()).toEqual([]);
    expect(own.server.stats).toMatchObject({ updatesPublished: 3, updatesPushed: 4 });
  });

  test("the first push follows the head that was named", async () => {
    const own = new TestServer();
    await own.server.publish("note:1", { text: "before" });
    const peer = await own.open();
    peer.says(subscribe("note:1"));
    await own.server.publish("note:1", { text: "while the right is checked" });
    await own.tick();
    await own.server.publish("note:1", { text: "after" });
    await own.tick();
    expect(peer.takes()).toMatchObject([
      { type: "subscribed", head: 2 },
      { type: "updates", after: 2, upTo: 3 },
    ]);
  });

  test("nobody reads what nobody allowed", async () => {
    const own = new TestServer();
    const peer = await own.open({ token: "bob" });
    peer.says(subscribe("room:admin", "secret:1", "nothing:1", "toString"));
    await own.tick();
    expect(peer.takes()).toEqual([
      { type: "unsubscribed", bucket: "room:admin", code: "denied" },
      { type: "unsubscribed", bucket: "secret:1", code: "denied" },
      { type: "unsubscribed", bucket: "nothing:1", code: "gone" },
      { type: "unsubscribed", bucket: "toString", code: "gone" },
    ]);
  });

  test("unsubscribing and revoking end the pushes (L62)", async () => {
    const own = new TestServer();
    const peer = await own.open({ buckets: [{ bucket: "room:1" }, { bucket: "room:2" }] });
    peer.says({ type: "unsubscribe", buckets: ["room:1"] });
    own.server.revoke("ada", "room:2");
    await own.server.publish("room:1", 1);
    await own.server.publish("room:2", 1);
    await own.tick();
    expect(peer.takes()).toEqual([
      { type: "unsubscribed", bucket: "room:1" },
      { type: "unsubscribed", bucket: "room:2", code: "revoked" },
    ]);
    expect(own.server.stats.buckets).toBe(0);
  });

  test("what does not fit is not published, and uses no number", async () => {
    const own = new TestServer();
    const codeOf = async (published: Promise<unknown>): Promise<string> =>
      await published.then(
        () => "published",
        (error: unknown) => (error instanceof PublishError ? error.code : String(error)),
      );
    const { server } = own;
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(await codeOf(server.publish("room:1", "x".repeat(65_536)))).toBe("tooLarge");
    expect(await codeOf(server.publish("room:1", cycle))).toBe("notEncodable");
    expect(await codeOf(server.publish("room:1", 1n))).toBe("notEncodable");
    expect(await codeOf(server.publish("note:1", { text: 5 as never }))).toBe("badData");
    expect(await codeOf(server.publish("room:1", 1, { at: Number.NaN }))).toBe("badData");
    expect(await codeOf(server.publish("nothing:1" as "room:1", 1))).toBe("unknownBucket");
    expect(await codeOf(server.publish(`room:${"x".repeat(128)}`, 1))).toBe("unknownBucket");
    expect((await server.publish("room:1", "fits")).seq).toBe(1);
  });
});

describe("a client that is too much", () => {
  test("a slow reader is sent away before more is held for it (L59)", async () => {
    const own = new TestServer();
    const peer = await own.open({ buckets: [{ bucket: "room:1" }] });
    peer.answersClose = false;
    peer.bufferedBytes = 4_194_304;
    await own.server.publish("room:1", 1);
    await own.tick();
    expect(types(peer.takes())).toEqual(["updates"]);
    peer.bufferedBytes += 1;
    await own.server.publish("room:1", 2);
    await own.tick();
    expect(peer.takes()).toMatchObject([{ type: "refuse", code: "slowConsumer" }]);
    expect(peer.closedWith?.code).toBe(4205);
    await own.tick(2_000);
    expect(peer.isTerminated).toBe(true);
    await expectNothingLeft(own);
  });

  test.each<[string, (peer: MemoryPeer) => void, string]>([
    ["not JSON", (peer) => peer.saysRaw("{"), "notParseable"],
    ["a number", (peer) => peer.saysRaw("7"), "unknownType"],
    ["an unknown type", (peer) => peer.saysRaw('{"type":"explode"}'), "unknownType"],
    ["a wrong field", (peer) => peer.saysRaw('{"type":"ping","nonce":"1"}'), "badField"],
    ["a binary frame", (peer) => peer.saysRaw(new Uint8Array([1])), "wrongFrameKind"],
    ["a frame of 2 MiB", (peer) => peer.saysRaw(`"${"x".repeat(2 ** 21)}"`), "tooLarge"],
  ])("%s ends its session and no other", async (_, say, code) => {
    const own = new TestServer();
    const other = await own.open();
    const peer = await own.open();
    say(peer);
    const [said] = peer.takes();
    expect(said).toMatchObject({ type: "refuse", action: "retry", code: "protocolViolation" });
    expect(said).toHaveProperty("message", expect.stringContaining(code));
    expect(peer.closedWith?.code).toBe(4214);
    other.says({ type: "ping", nonce: 1 });
    await own.tick();
    expect(types(other.takes())).toEqual(["pong"]);
  });

  test("a hello of more than 64 KiB is too large, a later frame is not", async () => {
    const own = new TestServer();
    const peer = own.dial();
    peer.says(own.hello({ token: "x".repeat(70_000) }));
    expect(peer.takes()).toMatchObject([{ code: "protocolViolation", message: "tooLarge" }]);
    const good = await own.open();
    good.says(call(1, "echo", "x".repeat(70_000)));
    await own.tick();
    expect(types(good.takes())).toEqual(["result"]);
  });

  test("a flood of pings ends in rateLimited", async () => {
    const own = new TestServer({ policy: { messagesBurst: 50 } });
    const peer = await own.open();
    for (let nonce = 0; nonce < 100; nonce++) peer.says({ type: "ping", nonce });
    const heard = peer.takes();
    expect(heard.at(-1)).toMatchObject({ type: "refuse", code: "rateLimited" });
    expect(peer.closedWith?.code).toBe(4206);
  });

  test("what an account says on all its sessions together is bounded, others are not touched (V3)", async () => {
    const own = new TestServer({ policy: { accountMessagesBurst: 100, messagesBurst: 1_000 } });
    const [first, second] = [await own.open(), await own.open({ instanceId: "other" })];
    const bob = await own.open({ token: "bob" });
    const pings = (peer: MemoryPeer, count: number): void => {
      for (let nonce = 1; nonce <= count; nonce++) peer.says({ type: "ping", nonce });
    };
    pings(first, 80);
    pings(second, 40);
    pings(bob, 100);
    await own.tick();
    expect(first.takes()).toHaveLength(80);
    expect(second.takes().at(-1)).toMatchObject({ code: "rateLimited", retryAfterMs: 1 });
    expect(second.closedWith?.code).toBe(4206);
    expect(bob.takes().at(-1)).toMatchObject({ type: "pong", nonce: 100 });
    // The rest of the allowance comes back with time, and what was turned down cost nothing.
    own.clock.advance(10);
    pings(first, 100);
    expect(first.closedWith).toBeUndefined();
  });

  test("a fault of the server's own ends one session, loudly (B54)", async () => {
    const own = new TestServer();
    const peer = await own.open();
    peer.pauseReading = () => {
      throw new Error("a broken adapter");
    };
    for (let id = 1; id <= 65; id++) peer.says(call(id, "slow"));
    expect(own.errors).toMatchObject([{ context: { place: "session" } }]);
    expect(peer.takes().at(-1)).toMatchObject({ type: "refuse", code: "internal" });
    expect([peer.closedWith?.code, peer.isTerminated]).toEqual([4201, false]);
    await expectNothingLeft(own);
  });

  test("whose end cannot be said either is ended without a word", async () => {
    const own = new TestServer();
    const peer = await own.open();
    peer.close = () => {
      throw new Error("a broken adapter");
    };
    peer.saysRaw("not JSON");
    expect([own.errors.length, peer.isTerminated]).toEqual([1, true]);
    await expectNothingLeft(own);
  });
});

describe("steering", () => {
  test("disconnect ends the sessions of one account in the application's words", async () => {
    const own = new TestServer();
    const [ada, bob] = [await own.open(), await own.open({ token: "bob" })];
    expect(own.server.disconnect("ada", { action: "stop", code: "banned" })).toBe(1);
    expect(ada.takes()).toEqual([{ type: "refuse", action: "stop", code: "banned" }]);
    expect(ada.closedWith).toEqual({ code: 4000, reason: "banned" });
    expect(bob.closedWith).toBeUndefined();
    expect(own.server.disconnect("nobody", { action: "stop", code: "banned" })).toBe(0);
  });

  test("disconnect turns away who says hello at that moment, whatever authenticate saw before", async () => {
    let answer: (accepted: Account) => void = () => {};
    const own = new TestServer({
      authenticate: async () => await new Promise<Account>((resolve) => (answer = resolve)),
    });
    const peer = own.dial();
    peer.says(own.hello());
    await own.tick();
    expect(own.server.disconnect("ada", { action: "stop", code: "banned" })).toBe(0);
    answer({ account: "ada", data: { admin: false } });
    await own.tick();
    expect(peer.takes()).toEqual([{ type: "refuse", action: "stop", code: "banned" }]);
    await expectNothingLeft(own);
  });

  test("an application's code must be a name: clients end sessions over others", () => {
    const own = new TestServer();
    for (const code of ["", "x".repeat(129), "a\0b"]) {
      expect(() => own.server.disconnect("ada", { action: "stop", code })).toThrow(TypeError);
      expect(() => refuse({ action: "retry", code })).toThrow(TypeError);
    }
  });

  test("a session whose token ends is sent for a new one; a renewed one stays", async () => {
    const own = new TestServer({
      authenticate: ({ token = "" }) => ({
        account: "ada",
        expiresAt: own.clock.wallNow() + Number(token),
        data: { admin: true },
      }),
    });
    const peer = own.dial();
    peer.says(own.hello({ token: "30000" }));
    await own.tick(20_000);
    peer.says({ type: "token", token: "50000" });
    await own.tick(20_000);
    expect(types(peer.takes())).toEqual(["welcome", "tokenAccepted"]);
    await own.tick(30_000);
    expect(peer.takes()).toMatchObject([{ action: "reauthenticate", code: "tokenExpired" }]);
    await expectNothingLeft(own);
  });

  test("a renewal replaces what handlers know of the account", async () => {
    const own = new TestServer({
      authenticate: ({ token }) => ({ account: "ada", data: { admin: token === "root" } }),
    });
    const peer = await own.open({ token: "plain", buckets: [{ bucket: "room:admin" }] });
    peer.says({ type: "token", token: "root" });
    await own.tick();
    peer.says(subscribe("room:admin"));
    await own.tick();
    expect(types(peer.takes())).toEqual(["tokenAccepted", "subscribed"]);
  });

  test("a server of many sessions advertises a wider window", async () => {
    const own = new TestServer({ policy: { expectedConnections: 10_000 } });
    const peer = own.dial();
    peer.says(own.hello());
    await own.tick();
    expect(peer.takes()).toMatchObject([{ windowMs: 3_000 }]);
    expect(own.server.windowMs).toBeGreaterThan(2_900);
  });
});

describe("time", () => {
  test("silent sessions end, and all sessions share one alarm", async () => {
    const own = new TestServer();
    const peers = await Promise.all(Array.from({ length: 50 }, async () => await own.open()));
    expect(own.clock.pending).toBe(1);
    await own.tick(60_000);
    peers[0]?.says({ type: "ping", nonce: 1 });
    await own.tick(40_000);
    expect(own.server.stats).toMatchObject({ sessions: 1, refusals: { idle: 49 } });
    await own.tick(60_000);
    await expectNothingLeft(own);
  });

  test("a server that stood still hears the frames that wait before it judges silence", async () => {
    const own = new TestServer();
    const peer = await own.open();
    own.clock.sleep(500_000);
    // The overdue alarm runs first, then the frame that lay in the socket, then the judgement.
    own.clock.turn(() => peer.says({ type: "ping", nonce: 1 }));
    own.clock.flush();
    own.clock.flush();
    expect(types(peer.takes())).toEqual(["pong"]);
    expect(own.server.stats.sessions).toBe(1);
  });
});

describe("closing", () => {
  test("clients are asked to go, stragglers are ended, and nothing is left (L62)", async () => {
    const own = new TestServer();
    const [leaves, stays] = [await own.open(), await own.open()];
    let isClosed = false;
    const closed = own.server.close({ windowMs: 1_000 });
    void closed.then(() => (isClosed = true));
    await own.tick();
    expect(leaves.takes()).toEqual([{ type: "goAway", windowMs: 1_000 }]);
    leaves.drop();
    stays.says(call(1, "echo", 1));
    await own.tick(999);
    expect(types(stays.takes())).toEqual(["goAway", "result"]);
    await own.tick(1);
    stays.says(call(2, "echo", 2));
    await own.tick(4_999);
    expect(stays.takes()).toMatchObject([{ type: "failure", id: 2, code: "draining" }]);
    expect(isClosed).toBe(false);
    await own.tick(1);
    expect(stays.takes()).toMatchObject([{ type: "refuse", code: "serverRestart" }]);
    expect(stays.closedWith?.code).toBe(4200);
    await closed;
    await expectNothingLeft(own);
  });

  test("closing twice is closing once", async () => {
    const own = new TestServer();
    await own.open();
    const closed = own.server.close({ windowMs: 0, graceMs: 0 });
    expect(own.server.close()).toBe(closed);
    await own.tick();
    await closed;
    await own.server.close();
  });

  test("a call that runs may end within the grace", async () => {
    const own = new TestServer();
    const peer = await own.open();
    peer.says(call(1, "slow"));
    await own.tick();
    const closed = own.server.close({ windowMs: 0 });
    await own.tick(4_000);
    own.slow[0]?.("in time");
    await own.tick();
    expect(peer.takes()).toMatchObject([{ type: "goAway" }, { type: "result", output: "in time" }]);
    await own.tick(1_000);
    await closed;
  });

  test("who comes while it closes is sent to another process", async () => {
    const own = new TestServer();
    await own.open();
    void own.server.close({ windowMs: 500 });
    expect(own.server.isClosing).toBe(true);
    const late = own.dial();
    expect(late.takes()).toMatchObject([{ type: "refuse", code: "serverRestart", windowMs: 500 }]);
    await own.tick(6_000);
    await expectNothingLeft(own);
  });

  test("an empty server closes at once, and tells who feeds it", async () => {
    const own = new TestServer();
    let told = 0;
    own.server.onClosed(() => told++);
    await own.server.close();
    expect(told).toBe(1);
    await expectNothingLeft(own);
  });

  test("sessions that come and go leave nothing behind", async () => {
    const own = new TestServer();
    const peers = await Promise.all(Array.from({ length: 200 }, async () => await own.open()));
    for (const peer of peers) peer.says(subscribe("room:1"), call(1, "slow"));
    await own.tick();
    for (const peer of peers) peer.drop();
    await expectNothingLeft(own);
  });
});
