import { getEventListeners } from "node:events";

import { CLOSE_CODES, DEFAULT_WIRE_LIMITS, HELLO_BYTES_MAX } from "@holdfast/protocol";
import type { ServerMessage } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";
import { WELCOME } from "../../../testing/src/fake-transport.ts";
import { SEND_SOFT_MARK, SEND_STALL_MS } from "../../src/session/outbox.ts";
import { failure, isSettled, positions, SessionHarness, tick } from "./session-harness.ts";

const update: ServerMessage = {
  type: "updates",
  bucket: "room:1",
  epoch: "e",
  after: 0,
  upTo: 1,
  updates: [{ seq: 1, at: 1, data: "hi" }],
};

describe("dialling", () => {
  test("offers the codec's subprotocol, and reports the open socket", () => {
    const harness = new SessionHarness();
    harness.session().open("ws://server");
    expect(harness.transport).toMatchObject({
      url: "ws://server",
      subprotocols: ["holdfast.v1.json"],
    });
    harness.transport.open();
    expect(harness.events).toEqual([{ type: "transportOpened", sessionId: 1 }]);
  });

  test.each(["", "holdfast.v2.json"])("the subprotocol %j is not ours", (subprotocol) => {
    const harness = new SessionHarness();
    harness.session().open("ws://server");
    harness.transport.open(subprotocol);
    expect(harness.events).toEqual([
      { type: "protocolViolated", sessionId: 1, detail: "subprotocol" },
    ]);
    expect(harness.transport.closed?.code).toBe(CLOSE_CODES.protocolViolation);
  });

  test.each([
    [{}, { meaning: "retry" }],
    [{ httpStatus: 401 }, { meaning: "reauthenticate" }],
    [{ httpStatus: 426 }, { meaning: "stop" }],
    [
      { httpStatus: 503, retryAfterMs: 7_000 },
      { meaning: "retry", retryAfterMs: 7_000 },
    ],
  ])("a dial that fails with %o means %o", (http, meaning) => {
    const harness = new SessionHarness();
    harness.session().open("ws://server");
    harness.transport.fail(http);
    expect(harness.events).toEqual([
      { type: "openFailed", sessionId: 1, detail: "refused", ...meaning },
    ]);
  });

  test("a transport that fails while it is made ends the session", () => {
    const harness = new SessionHarness();
    const session = harness.session({
      openTransport: (url, subprotocols, onEvent) => {
        const transport = harness.network.openTransport(url, subprotocols, onEvent);
        harness.transport.fail();
        return transport;
      },
    });
    session.open("ws://server");
    expect(harness.types).toEqual(["openFailed"]);
  });

  test("a session that was closed before it could dial never dials (B09)", () => {
    const harness = new SessionHarness();
    const session = harness.session();
    session.close("userStop");
    session.open("ws://server");
    expect(harness.network.transports).toEqual([]);
  });

  test("a socket that opens after its session was closed stays unheard (B09)", () => {
    const harness = new SessionHarness();
    const session = harness.session();
    session.open("ws://server");
    session.close("connectTimeout");
    harness.transport.sayRudely({ type: "opened", subprotocol: "holdfast.v1.json" });
    session.startHandshake();
    expect(harness.events).toEqual([]);
    expect(harness.transport.closed).toEqual({ code: 1000, reason: "connectTimeout" });
  });
});

describe("the handshake", () => {
  test("says hello with token, session and subscriptions", async () => {
    const harness = new SessionHarness();
    await harness.greeted({ buckets: [{ bucket: "room:1" }] });
    expect(harness.transport.said).toEqual([
      {
        type: "hello",
        client: { name: "test", version: "1" },
        capabilities: ["updates"],
        instanceId: "00112233",
        session: 1,
        token: "secret",
        buckets: [{ bucket: "room:1" }],
      },
    ]);
  });

  test("cookies need no token", async () => {
    const harness = new SessionHarness();
    await harness.greeted({ token: Promise.resolve("") });
    expect(harness.said("hello")[0]).not.toHaveProperty("token");
  });

  test("is welcomed: calls and subscriptions may flow", async () => {
    const harness = new SessionHarness();
    await harness.greeted();
    const welcome = { ...WELCOME, tokenExpiresAt: WELCOME.serverTime + 60_000 };
    harness.transport.receive(welcome);
    expect(harness.events.slice(1)).toEqual([
      {
        type: "welcomed",
        sessionId: 1,
        windowMs: 1_000,
        heartbeat: WELCOME.heartbeat,
        tokenExpiresInMs: 60_000,
      },
    ]);
  });

  test("a welcome to another account than the credentials name ends it", async () => {
    const harness = new SessionHarness();
    await harness.greeted({ expectedAccount: "bob" });
    harness.transport.receive(WELCOME);
    expect(harness.types).toEqual(["transportOpened", "accountMismatched"]);
    expect(harness.transport.closed).toBeDefined();
  });

  test("a refusal says what to do, and closes the socket at once (L17)", async () => {
    const harness = new SessionHarness();
    await harness.greeted();
    harness.transport.receive({
      type: "refuse",
      action: "retry",
      code: "busy",
      message: "secret words",
      retryAfterMs: 5_000,
    });
    harness.transport.sayRudely({ type: "closed", code: 4213, reason: "busy" });
    expect(harness.events.slice(1)).toEqual([
      { type: "refused", sessionId: 1, action: "retry", code: "busy", retryAfterMs: 5_000 },
    ]);
    expect(harness.transport.closed).toBeDefined();
  });

  test("a server may refuse before it was greeted", () => {
    const harness = new SessionHarness();
    harness.session().open("ws://server");
    harness.transport.open();
    harness.transport.receive({ type: "refuse", action: "stop", code: "unsupportedVersion" });
    expect(harness.types).toEqual(["transportOpened", "refused"]);
  });

  test("no credentials, and a provider that fails, end the session and its socket (L7)", async () => {
    for (const [token, fact] of [
      [Promise.resolve(null), { type: "tokenMissing" }],
      [Promise.reject(new Error("timeout")), { type: "tokenFailed", detail: "timeout" }],
    ] as const) {
      const harness = new SessionHarness();
      await harness.greeted({ token });
      expect(harness.events.slice(1)).toEqual([{ ...fact, sessionId: 1 }]);
      expect(harness.transport.closed).toBeDefined();
      expect(harness.transport.frames).toEqual([]);
    }
  });

  test("a token that never comes blocks nobody: the session closes at once (L8)", async () => {
    const harness = new SessionHarness();
    const session = await harness.greeted({ token: new Promise(() => {}) });
    session.close("handshakeTimeout");
    expect(harness.transport.closed).toEqual({ code: 1000, reason: "handshakeTimeout" });
    expect(harness.clock.pending).toBe(0);
  });

  test("a token that comes after the session was closed is not sent (L8)", async () => {
    const harness = new SessionHarness();
    let deliver = (_token: string): void => {};
    const token = new Promise<string>((resolve) => (deliver = resolve));
    const session = await harness.greeted({ token });
    session.close("handshakeTimeout");
    deliver("late");
    await tick();
    expect(harness.transport.frames).toEqual([]);
    expect(harness.types).toEqual(["transportOpened"]);
  });

  test("a hello that cannot be written ends the session at once (L7)", async () => {
    const harness = new SessionHarness();
    const session = harness.session();
    session.open("ws://server");
    harness.transport.open();
    harness.transport.accepts = new Error("gone");
    session.startHandshake();
    await tick();
    expect(harness.types).toEqual(["transportOpened", "sendFailed"]);
    expect(harness.transport.closed).toBeDefined();
  });

  test("a peer that closes before the hello is obeyed: its code is not lost to the hello", async () => {
    const harness = new SessionHarness();
    const session = harness.session();
    session.open("ws://server");
    harness.transport.open();
    harness.transport.accepts = false;
    session.startHandshake();
    await tick();
    expect(harness.types).toEqual(["transportOpened"]);
    harness.transport.end(4000);
    expect(harness.events.at(-1)).toMatchObject({ type: "transportClosed", meaning: "stop" });
  });

  test("calls and subscriptions wait for the welcome; pings need not (L29)", async () => {
    const harness = new SessionHarness();
    const session = await harness.greeted();
    void harness.call("m", 1);
    harness.link?.say({ type: "subscribe", buckets: [{ bucket: "room:1" }] });
    session.ping(1);
    await tick();
    expect(harness.transport.said.map(({ type }) => type)).toEqual(["hello", "ping"]);
    harness.transport.receive({ type: "pong", nonce: 1, windowMs: 5 });
    expect(harness.events.at(-1)).toMatchObject({ type: "pongReceived", nonce: 1, windowMs: 5 });
    harness.transport.receive(WELCOME);
    await tick();
    const types = harness.transport.said.map(({ type }) => type);
    expect(types).toEqual(["hello", "ping", "subscribe", "call"]);
  });

  test("nothing is said before the hello", async () => {
    const harness = new SessionHarness();
    const session = harness.session();
    session.open("ws://server");
    harness.transport.open();
    session.ping(1);
    session.sendToken("early");
    session.say({ type: "subscribe", buckets: [{ bucket: "room:1" }] });
    await tick();
    expect([harness.transport.frames, harness.link]).toEqual([[], undefined]);
  });

  test("subscriptions that do not fit into a hello follow the welcome", async () => {
    const harness = new SessionHarness();
    // The longest names and the longest token that there are.
    const buckets = positions(1_000, 128, "語");
    await harness.greeted({ buckets, token: Promise.resolve("t".repeat(32_768)) });
    const [hello] = harness.said("hello");
    const bytes = new TextEncoder().encode(String(harness.transport.frames[0])).length;
    expect(bytes).toBeLessThan(HELLO_BYTES_MAX);
    harness.transport.receive(WELCOME);
    await tick();
    const rest = harness.said("subscribe").flatMap((message) => message.buckets);
    expect([...(hello?.buckets ?? []), ...rest]).toEqual(buckets);
  });

  test("the buckets that the hello does not hold keep to the frames of a small server", async () => {
    const harness = new SessionHarness();
    const frameBytes = 20_000;
    await harness.greeted({ buckets: positions(500, 128, "b") });
    harness.transport.receive({ ...WELCOME, limits: { ...DEFAULT_WIRE_LIMITS, frameBytes } });
    await tick();
    const [, ...frames] = harness.transport.frames.map((frame) => String(frame).length);
    expect(frames.length).toBeGreaterThan(2);
    expect(Math.max(...frames)).toBeLessThan(frameBytes);
  });

  test("a server without updates is not asked for any", async () => {
    const harness = new SessionHarness();
    await harness.greeted();
    harness.transport.receive({ ...WELCOME, capabilities: [] });
    harness.link?.say({ type: "subscribe", buckets: [{ bucket: "room:1" }] });
    void harness.call("m", 1);
    await tick();
    expect(harness.transport.said.map(({ type }) => type)).toEqual(["hello", "call"]);
  });

  test.each<ServerMessage>([
    { type: "result", id: 1 },
    { type: "goAway", windowMs: 1 },
    { type: "tokenAccepted" },
    update,
  ])("before the welcome $type is a violation (L6)", async (message) => {
    const harness = new SessionHarness();
    await harness.greeted();
    harness.transport.receive(message);
    expect(harness.events.at(-1)).toEqual({
      type: "protocolViolated",
      sessionId: 1,
      detail: message.type,
    });
  });

  test("before the hello a welcome is a violation (L6)", () => {
    const harness = new SessionHarness();
    harness.session().open("ws://server");
    harness.transport.open();
    harness.transport.receive(WELCOME);
    expect(harness.types).toEqual(["transportOpened", "protocolViolated"]);
  });
});

describe("calls", () => {
  test("are answered, also by an answer that comes within the write (B26, B27, L35)", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    const { transport } = harness;
    const send = transport.send.bind(transport);
    transport.send = (frame) => {
      const isTaken = send(frame);
      transport.receive({ type: "result", id: harness.lastCall.id, output: "at once" });
      return isTaken;
    };
    expect(await harness.call("m", 1)).toBe("at once");
  });

  test("the first answer makes the session useful, once", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    const first = harness.call("m", 1);
    await tick();
    harness.transport.receive({ type: "result", id: harness.lastCall.id });
    const second = harness.call("m", 2);
    await Promise.all([first, tick()]);
    harness.transport.receive({ type: "result", id: harness.lastCall.id });
    await second;
    expect(harness.types).toEqual(["useful"]);
  });

  test("a failure is useful too; welcome and pong are not", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    session.ping(1);
    harness.transport.receive({ type: "pong", nonce: 1, windowMs: 1 });
    expect(harness.types).toEqual(["pongReceived"]);
    const call = harness.call("m", 1);
    await tick();
    const { id } = harness.lastCall;
    harness.transport.receive({ type: "failure", id, code: "no", message: "No." });
    await failure(call);
    expect(harness.types).toEqual(["pongReceived", "useful"]);
  });

  test("an aborted call is cancelled at the server, its late answer dropped and counted", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    const controller = new AbortController();
    const call = harness.call("m", 1, { signal: controller.signal });
    await tick();
    const { id } = harness.lastCall;
    controller.abort();
    await failure(call);
    await tick();
    expect(harness.said("cancel")).toEqual([{ type: "cancel", id }]);
    harness.transport.receive({ type: "failure", id, code: "cancelled", message: "" });
    expect(session.dropped).toBe(1);
    expect(harness.events).toEqual([]);
  });

  test("an answer to a call that was never made ends the session", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    harness.transport.receive({ type: "result", id: 999_999 });
    expect(harness.events).toEqual([
      { type: "protocolViolated", sessionId: 1, detail: "unknownCall" },
    ]);
  });

  test("a page is no answer to a call: it ends the session, and the call may have run", async () => {
    const harness = new SessionHarness();
    await harness.opened({ isDurable: true });
    const call = harness.call("m", 1);
    await tick();
    const { id } = harness.lastCall;
    const page = { type: "page", id, bucket: "b", epoch: "e", after: 0, upTo: 0, head: 0 } as const;
    harness.transport.receive({ ...page, updates: [] });
    expect(harness.types).toEqual(["detached", "protocolViolated"]);
    expect((await failure(call)).kind).toBe("outcomeUnknown");
  });

  test("a late answer to an old session's call cannot reach a new one's (B28, L28)", async () => {
    const harness = new SessionHarness();
    const old = await harness.opened();
    const call = harness.call("m", 1, { repeatable: true });
    await tick();
    const oldId = harness.lastCall.id;
    old.close("networkChanged");
    const session = await harness.opened();
    await tick();
    harness.transport.receive({ type: "result", id: oldId, output: "old" });
    expect([harness.events, session.dropped]).toEqual([[], 1]);
    expect(await isSettled(call)).toBe(false);
  });

  test("a lost connection decides calls before anybody hears of it", async () => {
    const harness = new SessionHarness();
    const waiting: number[] = [];
    await harness.opened({ onEvent: () => waiting.push(harness.calls.waiting) });
    waiting.length = 0;
    const written = harness.call("m", 1);
    await tick();
    const unwritten = harness.call("m", 2);
    harness.transport.end(1006);
    expect(waiting).toEqual([1]);
    expect(await failure(written)).toMatchObject({ kind: "outcomeUnknown" });
    await harness.greeted();
    harness.transport.receive(WELCOME);
    await tick();
    harness.transport.receive({ type: "result", id: harness.lastCall.id, output: 2 });
    expect(await unwritten).toBe(2);
  });

  test("a call made while the frame cannot be taken waits for the next session (L38)", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    harness.transport.accepts = new Error("gone");
    const call = harness.call("m", 1);
    await tick();
    expect(harness.events).toEqual([{ type: "sendFailed", sessionId: 1, detail: "" }]);
    await harness.opened();
    await tick();
    expect(harness.calls.inFlight).toBe(1);
    expect(harness.network.transports[0]?.frames).toEqual([]);
    expect(await isSettled(call)).toBe(false);
  });
});

describe("updates", () => {
  test("answers, updates and pongs of one frame are handed on in its order (B06)", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    const order: string[] = [];
    const call = harness.call("m", 1);
    await tick();
    const result: ServerMessage = { type: "result", id: harness.lastCall.id };
    const pong: ServerMessage = { type: "pong", nonce: 1, windowMs: 1 };
    const settled = call.then(() => order.push("settled"));
    harness.transport.receive(update, pong, result, { type: "goAway", windowMs: 1 });
    await settled;
    expect(harness.types).toEqual(["useful", "updates", "pongReceived", "goingAway"]);
    expect(order).toEqual(["settled"]);
  });

  test("are handed on, and the first makes the session useful", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    const head = { bucket: "room:1", epoch: "e", head: 0 };
    harness.transport.receive({ type: "subscribed", ...head }, update, update);
    expect(harness.types).toEqual(["subscribed", "useful", "updates", "updates"]);
    expect(harness.events[2]).toEqual({ type: "updates", run: update });
  });

  test("a subscription that the server ends is reported with its reason", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    const answer = { type: "unsubscribed", bucket: "room:1", code: "revoked" } as const;
    harness.transport.receive(answer);
    expect(harness.events).toEqual([{ type: "unsubscribed", answer }]);
  });
});

describe("logs and keys, for a client that keeps what it reads", () => {
  const page = {
    type: "page",
    bucket: "room:1",
    epoch: "e",
    after: 0,
    upTo: 1,
    updates: [{ seq: 1, at: 1, data: "x" }],
    head: 1,
  } as const;
  const behind = {
    type: "tooFarBehind",
    bucket: "room:1",
    epoch: "e",
    oldest: 5,
    head: 9,
  } as const;
  const heads = { type: "heads", heads: [{ bucket: "room:1", epoch: "e", head: 9 }] } as const;

  test("a page that comes unasked is handed on in order, and makes the session useful", async () => {
    const harness = new SessionHarness();
    await harness.opened({ isDurable: true });
    const subscribed = { type: "subscribed", bucket: "room:1", epoch: "e", head: 1 } as const;
    harness.transport.receive(subscribed, heads, page, behind);
    expect(harness.types).toEqual(["subscribed", "log", "useful", "log", "log"]);
    expect(harness.events.flatMap((said) => (said.type === "log" ? said.message : []))).toEqual([
      heads,
      page,
      behind,
    ]);
  });

  test("a page or a refusal that was asked for answers who asked, and nobody else", async () => {
    const harness = new SessionHarness();
    await harness.opened({ isDurable: true });
    const request = { type: "fetch", bucket: "room:1", epoch: "e", after: 0, limit: 200 } as const;
    const asked = [harness.calls.ask(request), harness.calls.ask(request)];
    await tick();
    const [first, second] = harness.said("fetch");
    const answers = [
      { ...page, id: first?.id ?? 0 },
      { ...behind, id: second?.id ?? 0 },
    ] as const;
    harness.transport.receive(...answers);
    expect(await Promise.all(asked)).toEqual(answers);
    expect(harness.types).toEqual(["useful"]);
  });

  test.each([
    ["a result", { type: "result" }],
    ["a page of another bucket", { ...page, bucket: "room:2" }],
    ["a refusal of another bucket", { ...behind, bucket: "room:2" }],
  ] as const)("%s is no answer to a fetch: it ends the session, unheard", async (_, answer) => {
    const harness = new SessionHarness();
    await harness.opened({ isDurable: true });
    const request = { type: "fetch", bucket: "room:1", epoch: "e", after: 0, limit: 200 } as const;
    const asked = failure(harness.calls.ask(request));
    await tick();
    harness.transport.receive({ ...answer, id: harness.said("fetch")[0]?.id ?? 0 });
    expect(harness.types).toEqual(["detached", "protocolViolated"]);
    expect((await asked).kind).not.toBe("refused");
  });

  test("a page for a fetch that was never made ends the session", async () => {
    const harness = new SessionHarness();
    await harness.opened({ isDurable: true });
    harness.transport.receive({ ...page, id: 2 ** 40 });
    expect(harness.types).toEqual(["detached", "protocolViolated"]);
  });

  test("an ack reaches who made the keyed call, before its result", async () => {
    const harness = new SessionHarness();
    await harness.opened({ isDurable: true });
    const order: string[] = [];
    const request = { type: "call", method: "m", input: 1, key: "k" } as const;
    const asked = harness.calls.ask(request, { onAck: () => order.push("acked") });
    await tick();
    const { id, key } = harness.lastCall;
    harness.transport.receive({ type: "ack", id }, { type: "result", id, at: { "room:1": 4 } });
    expect(await asked).toEqual({ type: "result", id, at: { "room:1": 4 } });
    expect([key, order]).toEqual(["k", ["acked"]]);
  });

  test("the welcome is handed on before anybody may end the session over it, and its end with its cause", async () => {
    const harness = new SessionHarness();
    await harness.greeted({ isDurable: true });
    harness.transport.receive({ ...WELCOME, keyRetentionMs: 5 });
    harness.transport.receive({ type: "refuse", action: "retry", code: "protocolViolation" });
    const heard = harness.events.slice(-4);
    expect(heard.map(({ type }) => type)).toEqual(["greeted", "welcomed", "detached", "refused"]);
    expect(heard[0]).toMatchObject({ welcome: { keyRetentionMs: 5 } });
    expect(heard[2]).toEqual({ type: "detached", cause: "protocolViolation" });
  });

  test("to a client that keeps nothing such messages are of unknown type", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    harness.transport.receive(heads);
    expect(harness.events).toMatchObject([{ type: "protocolViolated", detail: "unknownType" }]);
  });
});

describe("steering", () => {
  test("goAway is told, and changes nothing by itself", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    harness.transport.receive({ type: "goAway", windowMs: 500 });
    expect(harness.events).toEqual([{ type: "goingAway", sessionId: 1, windowMs: 500 }]);
    expect(harness.transport.closed).toBeUndefined();
  });

  test("a renewed token travels in-band; its life is reckoned by the server's clock", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    harness.clock.advance(10_000);
    harness.clock.jumpWall(1e9);
    session.sendToken("renewed");
    await tick();
    expect(harness.transport.said).toEqual([{ type: "token", token: "renewed" }]);
    const tokenExpiresAt = WELCOME.serverTime + 60_000;
    harness.transport.receive({ type: "tokenAccepted", tokenExpiresAt });
    expect(harness.events).toEqual([
      { type: "tokenAccepted", sessionId: 1, tokenExpiresInMs: 50_000 },
    ]);
  });

  test("an open session can be refused", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    harness.transport.receive({ type: "refuse", action: "reauthenticate", code: "tokenExpired" });
    expect(harness.types).toEqual(["refused"]);
    expect(harness.transport.closed).toBeDefined();
  });

  test("draining: no new calls, and word when the last one has settled", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    const answered = harness.call("m", 1);
    const late = harness.call("m", 2, { timeoutMs: 100 });
    await tick();
    session.drain();
    const waiting = harness.call("m", 3);
    await tick();
    harness.transport.receive({ type: "result", id: harness.lastCall.id - 1 });
    await answered;
    expect(harness.types).toEqual(["useful"]);
    harness.clock.advance(100);
    await failure(late);
    await tick();
    expect(harness.types).toEqual(["useful", "drained"]);
    expect([harness.said("call").length, harness.calls.waiting]).toEqual([2, 1]);
    session.close("goingAway");
    expect(await isSettled(waiting)).toBe(false);
  });

  test("draining with nothing in flight is done at once", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    session.drain();
    session.drain();
    await tick();
    expect(harness.types).toEqual(["drained"]);
  });
});

describe("life", () => {
  test("frames are reported while somebody listens, each before its messages", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    harness.transport.receive(update);
    session.listenForLife(true);
    harness.transport.receive(update, update);
    session.listenForLife(false);
    harness.transport.receive(update);
    const types = ["useful", "updates", "frameReceived", "updates", "updates", "updates"];
    expect(harness.types).toEqual(types);
  });

  test("any frame moves the time of the last sign of life (L24)", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    harness.clock.advance(3_000);
    harness.transport.receive(update);
    harness.clock.advance(1_000);
    expect(session.vitals().lastInboundAt).toBe(harness.clock.now() - 1_000);
  });

  test("a ping is said at once, whatever the buffer holds, and waits for nobody (L9)", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    harness.transport.bufferedBytes = 10 * SEND_SOFT_MARK;
    session.ping(5);
    await tick();
    expect(harness.said("ping")).toEqual([{ type: "ping", nonce: 5 }]);
    expect(session.vitals().bufferedBytes).toBe(10 * SEND_SOFT_MARK);
    expect(harness.clock.pending).toBe(0);
  });

  test("a ping that cannot be written ends the session (B15)", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    harness.transport.accepts = new Error("gone");
    session.ping(1);
    await tick();
    expect(harness.events).toEqual([{ type: "sendFailed", sessionId: 1, detail: "" }]);
    expect(harness.transport.closed).toBeDefined();
  });

  test("a buffer that stays full is reported", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    harness.transport.bufferedBytes = SEND_SOFT_MARK + 1;
    void harness.call("m", 1);
    await tick();
    harness.clock.advance(SEND_STALL_MS + 100);
    expect(harness.events).toEqual([{ type: "sendStalled", sessionId: 1 }]);
  });

  test("pings die with their session: none is written later, and nothing is left (B16, B17)", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    session.ping(1);
    session.close("pingTimeout");
    await tick();
    expect(harness.transport.frames).toEqual([]);
    expect(harness.clock.pending).toBe(0);
    await harness.opened();
    harness.network.transports[0]?.sayRudely({
      type: "frame",
      frame: '{"type":"pong","nonce":1,"windowMs":0}',
    });
    expect(harness.events).toEqual([]);
  });

  test("reading pauses for whoever hears the data, and silence proves nothing then", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    harness.link?.pauseReading();
    expect([harness.transport.isPaused, session.vitals().inboundPaused]).toEqual([true, true]);
    harness.link?.resumeReading();
    expect([harness.transport.isPaused, session.vitals().inboundPaused]).toEqual([false, false]);
  });
});

test("what the platform says of a broken connection is told, in its word", async () => {
  const harness = new SessionHarness();
  await harness.opened();
  harness.transport.say({ type: "closed", code: 1006, reason: "ECONNRESET" });
  expect(harness.events.at(-1)).toMatchObject({ type: "transportClosed", detail: "ECONNRESET" });
});

describe("violations", () => {
  test("a run that leaves a gap ends the session, and nobody hears it", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    const run = { bucket: "b", epoch: "another", after: 4, upTo: 5 };
    harness.transport.receive({
      type: "updates",
      ...run,
      updates: [{ seq: 5, at: 0, data: "secret" }],
    });
    expect(harness.events).toEqual([{ type: "protocolViolated", sessionId: 1, detail: "updates" }]);
    expect(harness.transport.closed?.code).toBe(CLOSE_CODES.protocolViolation);
  });

  test.each([
    ["text that is not JSON", "{", "notParseable"],
    ["binary where text is due", new Uint8Array([123, 125]), "wrongFrameKind"],
    ["an unknown type", '{"type":"surprise"}', "unknownType"],
    ["a field of the wrong kind", '{"type":"result","id":"1"}', "badField result.id"],
    ["a huge frame", `{"type":"result","id":1,"output":"${"x".repeat(2 ** 21)}"}`, "tooLarge"],
    ["no message at all", "[]", "notParseable"],
  ])("%s ends the session, typed and without its payload (L31)", async (_name, frame, detail) => {
    const harness = new SessionHarness();
    await harness.opened();
    harness.transport.receiveFrame(frame);
    expect(harness.events).toEqual([{ type: "protocolViolated", sessionId: 1, detail }]);
    expect(harness.transport.closed).toEqual({
      code: CLOSE_CODES.protocolViolation,
      reason: "protocolViolated",
    });
  });

  const run = { bucket: "b", epoch: "e", after: 0, upTo: 0, updates: [], head: 0 };
  test.each<[ServerMessage, string]>([
    [WELCOME, "welcome"],
    // Of capabilities that this client does not speak.
    [{ type: "ack", id: 1 }, "unknownType"],
    [{ type: "page", ...run }, "unknownType"],
    [{ type: "tooFarBehind", bucket: "b", epoch: "e", oldest: 1, head: 2 }, "unknownType"],
    [{ type: "heads", heads: [] }, "unknownType"],
  ])("$0.type was not agreed on, and ends the session (L31)", async (message, detail) => {
    const harness = new SessionHarness();
    await harness.opened();
    harness.transport.receive(message);
    expect(harness.events).toEqual([{ type: "protocolViolated", sessionId: 1, detail }]);
  });

  test("the server's own limits hold once it has named them", async () => {
    const harness = new SessionHarness();
    await harness.opened({}, { messagesPerFrame: 2 });
    harness.transport.receive(update, update, update);
    expect(harness.events).toMatchObject([{ type: "protocolViolated", detail: "tooManyMessages" }]);
  });
});

describe("the end", () => {
  test.each([
    [1006, "retry"],
    [1000, "retry"],
    [4001, "stop"],
    [4101, "reauthenticate"],
    [4200, "retry"],
  ])("a socket closed with %s means %s", async (code, meaning) => {
    const harness = new SessionHarness();
    await harness.opened();
    harness.transport.end(code);
    expect(harness.events).toEqual([
      { type: "transportClosed", sessionId: 1, meaning, detail: String(code) },
    ]);
  });

  test("close() closes the socket in the same call stack, and reports nothing", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    const call = harness.call("m", 1);
    await tick();
    session.close("appFrozen");
    expect(harness.transport.closed).toEqual({ code: 1000, reason: "appFrozen" });
    expect(harness.clock.pending).toBe(0);
    expect(await failure(call)).toMatchObject({ kind: "outcomeUnknown" });
    session.close("again");
    expect(harness.transport.closed?.reason).toBe("appFrozen");
    expect(harness.events).toEqual([]);
  });

  test("after its end a session says and does nothing, whatever it is asked (B05, L1)", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened();
    session.close("networkChanged");
    session.startHandshake();
    session.ping(1);
    session.sendToken("t");
    session.say({ type: "subscribe", buckets: [{ bucket: "b" }] });
    session.drain();
    session.listenForLife(true);
    session.pauseReading();
    harness.transport.sayRudely({ type: "opened", subprotocol: "holdfast.v1.json" });
    harness.transport.sayRudely({ type: "frame", frame: "{" });
    harness.transport.sayRudely({ type: "closed", code: 1006, reason: "" });
    await tick();
    expect(harness.events).toEqual([]);
    expect(harness.transport.frames).toEqual([]);
    expect(harness.clock.pending).toBe(0);
  });

  test("a late close of an old socket does not touch the new session (B05, L1)", async () => {
    const harness = new SessionHarness();
    const old = await harness.opened();
    old.close("networkChanged");
    await harness.opened();
    const call = harness.call("m", 1);
    await tick();
    harness.network.transports[0]?.sayRudely({ type: "closed", code: 1006, reason: "" });
    old.close("again");
    harness.transport.receive({ type: "result", id: harness.lastCall.id, output: 1 });
    expect(await call).toBe(1);
    expect(harness.events).toEqual([{ type: "useful", sessionId: 2 }]);
  });

  test("an error and a close of one socket are one end", async () => {
    const harness = new SessionHarness();
    await harness.opened();
    harness.transport.sayRudely({ type: "closed", code: 1006, reason: "" });
    harness.transport.sayRudely({ type: "closed", code: 1000, reason: "" });
    expect(harness.types).toEqual(["transportClosed"]);
  });

  test("a handler that closes the session stops the rest of the frame, which is counted", async () => {
    const harness = new SessionHarness();
    const session = await harness.opened({
      onEvent: ({ type }) => {
        if (type === "updates") session.close("userStop");
      },
    });
    harness.transport.receive(update, update, update);
    expect(harness.types).toEqual(["useful", "updates"]);
    expect(session.dropped).toBe(2);
  });

  test("a manager that closes on a frame, or on the welcome, is not told more", async () => {
    const onFrame = new SessionHarness();
    const first = await onFrame.opened({
      onEvent: ({ type }) => {
        if (type === "frameReceived") first.close("userStop");
      },
    });
    first.listenForLife(true);
    onFrame.transport.receive(update);
    expect(onFrame.types).toEqual(["frameReceived"]);
    expect(first.dropped).toBe(1);

    const onWelcome = new SessionHarness();
    const second = await onWelcome.greeted({
      onEvent: ({ type }) => {
        if (type === "welcomed") second.close("userStop");
      },
    });
    onWelcome.transport.receive(WELCOME);
    expect(onWelcome.types).toEqual(["transportOpened", "welcomed"]);
  });

  test("thousands of sessions leave nothing behind", async () => {
    const harness = new SessionHarness();
    const signal = new AbortController().signal;
    for (let made = 0; made < 1_000; made++) {
      const session = await harness.opened();
      void harness.call("m", 1, { signal });
      if (made % 2) await tick();
      else harness.transport.bufferedBytes = SEND_SOFT_MARK + 1;
      session.close("userStop");
    }
    harness.calls.close();
    expect(harness.clock.pending).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
