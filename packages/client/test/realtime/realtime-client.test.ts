/**
 * The seed's own stories, told through the front door: a whole client against a scripted server.
 */
import {
  accepts,
  acceptsThenDrops,
  answersHttp,
  blackHoles,
  choosesSubprotocol,
  clientHarness,
  FakePlatform,
  goesAway,
  ManualClock,
  neverAnswers,
  opensNeverWelcomes,
  opensTooLate,
  refusesConnections,
  refusesWithRetryAfter,
  rejectsTheToken,
  saysBadFrame,
  ScriptedServer,
  stops,
} from "@holdfast/testing";
import { call, defineContract } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import { OptionsError } from "../../src/base/errors.ts";
import { Cell } from "../../src/base/source.ts";
import { CLIENT_VERSION, RealtimeClient } from "../../src/realtime/realtime-client.ts";
import { FakeSocket } from "../transport/fake-socket.ts";

const PHONE = { background: { graceMs: 30_000 } } as const;

describe("a client that is made", () => {
  test("has done nothing: no dial, no timer, no listener, no token", () => {
    const own = clientHarness();
    expect(own.dials).toEqual([]);
    expect(own.clock.pending).toBe(0);
    expect(own.lifecycle.listenerCount + own.network.listenerCount).toBe(0);
    expect(own.credentials.identity.subscriberCount).toBe(0);
    expect(own.credentials.requests).toEqual([]);
    expect(own.snapshot).toMatchObject({ state: "stopped", attempt: 0, blockedBy: [] });
    expect(own.client.state.current).toBe("idle");
  });

  test("says hello with its name, its capabilities and a name of its own", async () => {
    const own = await clientHarness().open();
    expect(own.said("hello")).toEqual([
      {
        type: "hello",
        token: "ada.1",
        client: { name: "holdfast-js", version: CLIENT_VERSION },
        capabilities: ["updates"],
        instanceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        session: 1,
      },
    ]);
  });

  test("dials with sockets of the app's own making, where it makes them (U7)", () => {
    const dials: unknown[] = [];
    const own = clientHarness({ behaviors: [] });
    const socket = new FakeSocket();
    const client = new RealtimeClient({
      url: "wss://server.test/realtime",
      credentials: own.credentials,
      platform: new FakePlatform({ clock: own.clock, openTransport: own.server.openTransport }),
      createSocket: (url, subprotocols) => {
        dials.push([url, subprotocols]);
        return socket;
      },
    });
    client.start();
    expect(dials).toEqual([["wss://server.test/realtime", ["holdfast.v1.json"]]]);
    socket.open();
    expect(client.connection.current.state).toBe("authenticating");
    client.close();
    expect(socket.log).toHaveLength(1);
    expect(own.server.transports).toEqual([]);
  });

  test("lives beside others, each with its own sessions", async () => {
    const clock = new ManualClock();
    const server = new ScriptedServer(clock, accepts());
    const make = (seed: number): RealtimeClient =>
      new RealtimeClient({
        url: "wss://server.test",
        credentials: { ambient: true, identity: new Cell<string | null>("ada") },
        platform: new FakePlatform({ clock, openTransport: server.openTransport, seed }),
      });
    const [one, other] = [make(1), make(2)];
    one.start();
    other.start();
    await clock.settle();
    expect([one.state.current, other.state.current]).toEqual(["connected", "connected"]);
    one.close();
    expect([one.state.current, other.state.current]).toEqual(["idle", "connected"]);
    other.close();
    expect(clock.pending).toBe(0);
  });
});

describe("immediate login connect", () => {
  test("signed in already, the client dials within the call to start", () => {
    const own = clientHarness();
    own.client.start();
    expect(own.dials).toEqual([0]);
  });

  test("a login dials within the login's own call stack, and not twice (B22, L20)", async () => {
    const own = clientHarness({ identity: null });
    own.client.start();
    await own.clock.run(60_000);
    expect(own.snapshot).toMatchObject({ state: "waitingForConstraints", blockedBy: ["auth"] });
    expect(own.dials).toEqual([]);
    expect(own.client.state.current).toBe("idle");
    own.credentials.signIn();
    expect(own.dials).toEqual([60_000]);
    await own.clock.settle();
    expect(own.client.state.current).toBe("connected");
  });

  test("a login before the start is not lost, whatever comes in between", async () => {
    const own = clientHarness({ identity: null });
    own.credentials.signIn();
    own.network.goOffline();
    own.network.goOnline();
    await own.open();
    expect(own.dials).toEqual([0]);
  });

  test("a login does not overrule the user's stop (L16)", async () => {
    const own = await clientHarness().open();
    own.client.stop();
    own.credentials.signOut();
    own.credentials.signIn();
    own.network.goOnline();
    own.lifecycle.foreground();
    own.lifecycle.wake();
    own.client.connectNow();
    await own.clock.run(60_000);
    expect(own.dials).toHaveLength(1);
    expect(own.snapshot).toMatchObject({ state: "stopped", reason: "userStop" });
  });
});

describe("auth and client together", () => {
  test("signed out nothing is sent; the login's token is in the hello", async () => {
    const own = clientHarness({ identity: null, token: () => "fresh.1" });
    own.client.start();
    await own.clock.run(1_000);
    expect(own.server.transports).toEqual([]);
    own.credentials.signIn("fresh");
    await own.clock.settle();
    expect(own.said("hello")).toMatchObject([{ token: "fresh.1" }]);
    expect(own.client.state.current).toBe("connected");
  });

  test("a logout closes the socket at once and parks the client", async () => {
    const own = await clientHarness().open();
    own.credentials.signOut();
    expect(own.server.last.closed).toMatchObject({ code: 1000 });
    expect(own.snapshot).toMatchObject({
      state: "waitingForConstraints",
      reason: "authLost",
      blockedBy: ["auth"],
    });
    expect(own.clock.pending).toBe(0);
  });

  test("another account gets a session of its own, within the floor (L19)", async () => {
    const own = await clientHarness().open();
    await own.clock.run(10_000);
    own.credentials.signIn("eve");
    await own.clock.settle();
    expect(own.dials).toEqual([0, 10_000]);
    expect(own.said("hello")).toMatchObject([{ token: "eve.2", session: 2 }]);
    expect(own.states).toContain("connectingTransport (accountChanged)");
  });

  test("a server that welcomes somebody else is left, and the client waits for a login", async () => {
    const wrong = accepts({ welcome: { account: "eve" } });
    const own = clientHarness({ behaviors: [wrong] });
    own.client.start();
    await own.reach("waitingForConstraints");
    expect(own.snapshot).toMatchObject({ reason: "accountMismatch", blockedBy: ["auth"] });
    await own.clock.run(600_000);
    expect(own.dials).toHaveLength(1);
  });

  test("a new token of the same account goes over the open connection (L19)", async () => {
    const own = await clientHarness().open();
    own.client.tokenChanged();
    await own.clock.settle();
    expect(own.said("token")).toEqual([{ type: "token", token: "ada.2" }]);
    expect(own.dials).toHaveLength(1);
  });

  test("the token is fetched while the socket opens, once for both", async () => {
    const own = clientHarness({ behaviors: [neverAnswers(), accepts()] });
    own.client.start();
    await own.clock.settle();
    expect(own.credentials.requests).toHaveLength(1);
    await own.reach("open");
    expect(own.credentials.requests).toHaveLength(1);
    expect(own.said("hello")).toMatchObject([{ token: "ada.1" }]);
  });
});

describe("auth failure", () => {
  test("a rejected token is renewed once, by force, and the new one opens (B24)", async () => {
    const own = clientHarness({ behaviors: [rejectsTheToken((token) => token === "ada.1")] });
    await own.open();
    expect(own.states).toEqual([
      "stopped (userStop)",
      "connectingTransport (started)",
      "authenticating (started)",
      "waitingForConstraints (authRejected)",
      "backoff (dialFloor)",
      "connectingTransport (retry)",
      "authenticating (retry)",
      "open (opened)",
    ]);
    expect(own.credentials.requests.map(({ forced }) => forced)).toEqual([false, true]);
    expect(own.credentials.rejections).toBe(0);
  });

  test("rejected again, it parks, tells the app once, and waits for a login (B23, B24)", async () => {
    const own = clientHarness({
      behaviors: [rejectsTheToken((token) => !token?.startsWith("eve"))],
    });
    own.client.start();
    await own.clock.run(3_600_000);
    expect(own.dials).toHaveLength(2);
    expect(own.credentials.rejections).toBe(1);
    expect(own.snapshot).toMatchObject({
      state: "waitingForConstraints",
      reason: "authRejected",
      blockedBy: ["auth"],
      isRenewingToken: false,
      lastFailure: { reason: "authRejected", detail: "badToken" },
    });
    expect(own.client.state.current).toBe("idle");
    own.credentials.signOut();
    own.credentials.signIn("eve");
    await own.clock.settle();
    expect(own.client.state.current).toBe("connected");
  });

  test("while the renewal runs the state is connecting, and after 10 s it is backoff", async () => {
    const own = clientHarness({ behaviors: [rejectsTheToken()] });
    own.credentials.reply("ada.1", new Promise(() => {}));
    own.client.start();
    await own.reach("waitingForConstraints");
    expect(own.snapshot.isRenewingToken).toBe(true);
    expect(own.client.state.current).toBe("connecting");
    await own.reach("backoff");
    expect(own.snapshot).toMatchObject({ reason: "tokenUnavailable" });
    own.client.close();
    expect(own.clock.pending).toBe(0);
  });

  test("a provider that says null parks the client; it does not retry (B23)", async () => {
    const own = clientHarness({ token: null });
    own.client.start();
    await own.clock.run(600_000);
    expect(own.dials).toHaveLength(1);
    expect(own.snapshot).toMatchObject({ reason: "authLost", blockedBy: ["auth"] });
  });

  test("a provider that fails for the moment is asked again, by and by", async () => {
    const own = clientHarness();
    own.credentials.reply(new Error("try later"), new Error("try later"));
    await own.open();
    expect(own.dials).toHaveLength(3);
    expect(own.states).toContain("backoff (tokenUnavailable)");
  });

  test("a provider that hangs costs the handshake's deadline, not the connection (L8)", async () => {
    const own = clientHarness();
    own.credentials.hang();
    own.client.start();
    await own.reach("backoff");
    expect(own.snapshot).toMatchObject({ reason: "handshakeTimeout" });
    await own.reach("open");
    expect(own.credentials.requests).toHaveLength(2);
    expect(own.credentials.requests[0]?.signal.aborted).toBe(true);
  });

  test("no token is in a snapshot, a trace or a failure (B25)", async () => {
    const own = clientHarness({ behaviors: [rejectsTheToken()], token: "ada.secret" });
    own.client.start();
    await own.clock.run(60_000);
    const everything = JSON.stringify([own.snapshots, own.client.recentEvents]);
    expect(everything).not.toContain("secret");
    expect(everything).not.toContain("ada");
  });
});

describe("reconnection", () => {
  test("a connection that breaks is back within the server's window", async () => {
    const once = acceptsThenDrops({ afterMs: 20_000, welcome: { windowMs: 100 } });
    const own = await clientHarness({ behaviors: [once, accepts()] }).open();
    await own.reach("backoff");
    expect(own.snapshot).toMatchObject({ reason: "transportClosed", attempt: 1 });
    const { retryAt } = own.snapshot;
    expect(retryAt).toBeLessThanOrEqual(own.clock.wallNow() + 250);
    await own.reach("open");
    expect(own.dials[1]).toBeLessThanOrEqual(20_250);
    expect(own.client.state.current).toBe("connected");
  });

  test("a server that accepts and drops is met ever more slowly (L10, B07)", async () => {
    const own = clientHarness({ behaviors: [acceptsThenDrops()] });
    own.client.start();
    await own.clock.run(20_000);
    expect(own.snapshot.attempt).toBeGreaterThan(4);
    expect(own.dials.length).toBeLessThan(12);
    await own.clock.run(60_000);
    const gaps = own.dials.slice(1).map((at, index) => at - (own.dials[index] ?? 0));
    expect(Math.max(...gaps)).toBeGreaterThan(4_000);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
  });

  test("a stable session forgets what failed before", async () => {
    const own = clientHarness({
      behaviors: [refusesConnections(), refusesConnections(), accepts()],
    });
    await own.open();
    expect(own.snapshot.attempt).toBe(2);
    expect(own.snapshot.lastFailure).toMatchObject({ reason: "openFailed" });
    await own.clock.run(5_000);
    expect(own.snapshot).toMatchObject({ attempt: 0, lastFailure: undefined });
  });

  test("the answer of a call proves a session at once", async () => {
    const own = clientHarness({ behaviors: [refusesConnections(), accepts()] });
    await own.open();
    await own.clock.finish(own.client.call("echo", "hi"));
    expect(own.snapshot.attempt).toBe(0);
  });

  test("a dial that hangs ends after 10 s, and its late opening concerns nobody (B09)", async () => {
    const own = clientHarness({ behaviors: [opensTooLate({ afterMs: 10_400 }), neverAnswers()] });
    own.client.start();
    await own.clock.run(10_000);
    expect(own.snapshot).toMatchObject({ state: "backoff", reason: "connectTimeout" });
    expect(own.server.transports[0]?.closed).toBeDefined();
    await own.clock.run(2_000);
    expect(own.server.transports[0]?.said).toEqual([]);
    expect(own.snapshot).toMatchObject({ state: "connectingTransport", sessionId: 2 });
  });

  test("an open socket that says nothing is given 10 s for the handshake (L22)", async () => {
    const own = clientHarness({ behaviors: [opensNeverWelcomes(), accepts()] });
    own.client.start();
    await own.clock.run(10_000);
    expect(own.snapshot).toMatchObject({ state: "backoff", reason: "handshakeTimeout" });
    await own.reach("open");
  });

  test("a dead path is noticed within 10 s, and a new one dialled (B11)", async () => {
    const own = await clientHarness({ behaviors: [blackHoles(), accepts()] }).open();
    const openedAt = own.clock.now();
    await own.reach("backoff");
    expect(own.snapshot).toMatchObject({ reason: "pingTimeout" });
    expect(own.clock.now() - openedAt).toBeLessThanOrEqual(10_000);
    await own.reach("open");
  });

  test("a busy server is not dialled before its delay, but for the user's wish (C13)", async () => {
    const own = clientHarness({ behaviors: [refusesWithRetryAfter(60_000), accepts()] });
    own.client.start();
    await own.clock.run(1_000);
    own.network.goOnline();
    own.lifecycle.wake();
    await own.clock.run(30_000);
    expect(own.dials).toHaveLength(1);
    own.client.connectNow();
    expect(own.dials).toEqual([0, 31_000]);
  });

  test("HTTP 503 with Retry-After is obeyed, and 401 asks for a new token", async () => {
    const own = clientHarness({
      behaviors: [answersHttp(503, 30_000), answersHttp(401), accepts()],
    });
    await own.open();
    expect(own.dials[1]).toBeGreaterThanOrEqual(30_000);
    expect(own.credentials.requests.map(({ forced }) => forced)).toEqual([false, true]);
  });

  test("a server that says stop is left alone until the user starts anew", async () => {
    const own = clientHarness({ behaviors: [stops(), accepts()] });
    own.client.start();
    await own.reach("stopped");
    expect(own.snapshot).toMatchObject({
      reason: "serverStop",
      lastFailure: { reason: "serverStop", detail: "accountDisabled" },
    });
    own.network.goOnline();
    own.lifecycle.foreground();
    await own.clock.run(3_600_000);
    expect(own.dials).toHaveLength(1);
    await own.open();
    expect(own.dials).toHaveLength(2);
  });

  test("a server of another protocol, and one that talks nonsense, are left with a reason", async () => {
    const behaviors = [choosesSubprotocol("mqtt"), saysBadFrame("{"), accepts()];
    const own = clientHarness({ behaviors });
    own.client.start();
    await own.reach("backoff");
    expect(own.snapshot).toMatchObject({
      reason: "protocolViolated",
      lastFailure: { detail: "subprotocol" },
    });
    await own.reach("open");
    await own.reach("backoff");
    expect(own.snapshot).toMatchObject({
      reason: "protocolViolated",
      lastFailure: { detail: "notParseable" },
    });
    await own.reach("open");
  });

  test("goAway is followed within the window and is no failure", async () => {
    const behaviors = [goesAway({ windowMs: 3_000, afterMs: 10_000 }), accepts()];
    const own = await clientHarness({ behaviors }).open();
    await own.clock.runUntil(() => own.dials.length === 2);
    expect(own.dials[1]).toBeGreaterThanOrEqual(10_000);
    expect(own.dials[1]).toBeLessThanOrEqual(15_000);
    expect(own.states).not.toContain("backoff (goingAway)");
    expect(own.snapshot).toMatchObject({ attempt: 0, lastFailure: undefined });
  });

  test("an address may be chosen anew for each attempt, and may take its time", async () => {
    const asked: number[] = [];
    const url = async ({ attempt }: { readonly attempt: number }): Promise<string> => {
      asked.push(attempt);
      if (attempt === 1) throw new Error("the directory is down");
      return `wss://server-${attempt}.test`;
    };
    const own = clientHarness({ url, behaviors: [refusesConnections(), accepts()] });
    await own.open();
    expect(asked).toEqual([0, 1, 2]);
    expect(own.server.transports.map((transport) => transport.url)).toEqual([
      "wss://server-0.test",
      "wss://server-2.test",
    ]);
    expect(own.snapshots.map(({ lastFailure }) => lastFailure?.detail)).toContain("url");
  });

  test("an address that never comes is given up with the dial's deadline", async () => {
    const own = clientHarness({ url: () => new Promise<string>(() => {}) });
    own.client.start();
    await own.reach("backoff");
    expect(own.snapshot).toMatchObject({ reason: "connectTimeout" });
    own.client.close();
    expect(own.clock.pending).toBe(0);
  });
});

describe("background and foreground", () => {
  test("on a phone a session in the background has 30 s, then it is suspended", async () => {
    const own = await clientHarness({ policy: PHONE }).open();
    own.lifecycle.background();
    await own.clock.run(29_999);
    expect(own.snapshot.state).toBe("open");
    await own.clock.run(1);
    expect(own.snapshot).toMatchObject({ state: "backgroundSuspended", blockedBy: ["app"] });
    expect(own.client.state.current).toBe("idle");
    expect(own.clock.pending).toBe(0);
    const atDial = own.dials.length;
    own.lifecycle.foreground();
    expect(own.dials).toHaveLength(atDial + 1);
    await own.clock.settle();
    expect(own.client.state.current).toBe("connected");
  });

  test("back within the grace, the connection is asked whether it lives (B01)", async () => {
    const own = await clientHarness({ policy: PHONE }).open();
    own.lifecycle.background();
    await own.clock.run(10_000);
    const before = own.said("ping").length;
    own.lifecycle.foreground();
    await own.clock.settle();
    expect(own.said("ping").length - before).toBe(1);
    await own.clock.run(60_000);
    expect(own.dials).toHaveLength(1);
  });

  test("a drop within the grace is not redialled in the background (L3, L26)", async () => {
    const behaviors = [acceptsThenDrops({ afterMs: 20_000 }), accepts()];
    const own = await clientHarness({ policy: PHONE, behaviors }).open();
    await own.clock.run(10_000);
    own.lifecycle.background();
    await own.clock.run(600_000);
    expect(own.dials).toHaveLength(1);
    expect(own.snapshot).toMatchObject({ state: "backgroundSuspended", blockedBy: ["app"] });
  });

  test("a grace that ran out while the process slept does not suspend an app that is back (L4)", async () => {
    const own = await clientHarness({ policy: PHONE }).open();
    own.lifecycle.background();
    own.clock.sleep(3_600_000);
    own.lifecycle.foreground();
    await own.clock.run(10_000);
    expect(own.client.state.current).toBe("connected");
  });

  test("on the web a hidden page stays connected, with a quieter heartbeat", async () => {
    const own = await clientHarness().open();
    const pings = (): number => own.said("ping").length;
    await own.clock.run(60_000);
    const visible = pings();
    own.lifecycle.background();
    await own.clock.run(60_000);
    expect(own.dials).toHaveLength(1);
    expect(pings() - visible).toBeLessThan(visible / 3);
  });

  test("a freeze closes the socket in its own call stack; the thaw dials", async () => {
    const own = await clientHarness().open();
    own.lifecycle.freeze();
    expect(own.server.last.closed).toBeDefined();
    expect(own.snapshot).toMatchObject({ state: "backgroundSuspended", blockedBy: ["frozen"] });
    own.lifecycle.thaw();
    await own.clock.run(250);
    expect(own.client.state.current).toBe("connected");
  });

  test("a burst of foreground signals probes once (B10)", async () => {
    const own = await clientHarness().open();
    await own.clock.run(1_000);
    const before = own.said("ping").length;
    for (let i = 0; i < 10; i++) {
      own.lifecycle.foreground();
      own.lifecycle.wake();
    }
    await own.clock.settle();
    expect(own.said("ping").length - before).toBe(1);
    expect(own.dials).toHaveLength(1);
  });

  test("after sleep a dead connection is replaced within 2 s of the probe (B01, L13)", async () => {
    const own = await clientHarness({ behaviors: [blackHoles(), accepts()] }).open();
    await own.clock.settle();
    own.lifecycle.wake();
    await own.clock.run(2_000);
    expect(own.snapshot).toMatchObject({ state: "backoff", reason: "probeFailed" });
    await own.clock.run(250);
    expect(own.client.state.current).toBe("connected");
  });

  test("a client that starts in the background of a phone waits for its user", async () => {
    const own = clientHarness({ policy: PHONE });
    own.lifecycle.background();
    own.client.start();
    await own.clock.run(60_000);
    expect(own.dials).toEqual([]);
    own.lifecycle.foreground();
    expect(own.dials).toEqual([60_000]);
  });
});

describe("network up and down", () => {
  test("a hint that lies does not end a connection that answers (B02)", async () => {
    const own = await clientHarness().open();
    own.network.goOffline();
    await own.clock.run(600_000);
    expect(own.dials).toHaveLength(1);
    expect(own.client.state.current).toBe("connected");
  });

  test("the network goes and comes back: one dial, at once (B02, L20)", async () => {
    const own = await clientHarness({ behaviors: [blackHoles(), accepts()] }).open();
    await own.clock.settle();
    own.network.goOffline();
    await own.clock.run(2_000);
    expect(own.snapshot).toMatchObject({ state: "waitingForConstraints", blockedBy: ["network"] });
    expect(own.client.state.current).toBe("connecting");
    await own.clock.run(3_000);
    own.network.goOnline();
    expect(own.dials).toEqual([0, 5_000]);
    await own.clock.settle();
    expect(own.client.state.current).toBe("connected");
  });

  test("offline, a dial is made against the hint every 30 s", async () => {
    const own = clientHarness({ behaviors: [refusesConnections()] });
    own.network.goOffline();
    own.client.start();
    await own.clock.run(100_000);
    expect(own.dials).toEqual([30_000, 60_000, 90_000]);
  });

  test("another network is asked whether the connection still lives (L13)", async () => {
    const own = await clientHarness({ behaviors: [blackHoles(), accepts()] }).open();
    await own.clock.run(1_000);
    own.network.goOnline("constrained");
    expect(own.said("ping")).toHaveLength(0);
    await own.clock.run(2_000);
    expect(own.snapshot).toMatchObject({ reason: "probeFailed" });
  });

  test("a storm of network events dials no faster than the floor (L11, B13)", async () => {
    const own = clientHarness({ behaviors: [refusesConnections()] });
    own.client.start();
    for (let i = 0; i < 200; i++) {
      own.network.goOffline();
      own.network.goOnline();
      own.client.connectNow();
      await own.clock.run(50);
    }
    const gaps = own.dials.slice(1).map((at, index) => at - (own.dials[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
  });
});

describe("start, stop and close", () => {
  test("start twice is start once", async () => {
    const own = await clientHarness().open();
    own.client.start();
    await own.clock.run(1_000);
    expect(own.dials).toHaveLength(1);
    expect(own.lifecycle.listenerCount).toBe(1);
  });

  test("asking an open connection to connect shows nothing but connected (L32)", async () => {
    const own = await clientHarness().open();
    const heard: string[] = [];
    own.client.state.subscribe((state) => heard.push(state));
    own.client.connectNow();
    own.client.start();
    await own.clock.run(10_000);
    expect(heard).toEqual(["connected"]);
  });

  test("stop and start in one breath leave one connection, not two (L2, B14)", async () => {
    const own = await clientHarness().open();
    own.client.stop();
    own.client.start();
    own.client.stop();
    own.client.start();
    await own.clock.run(1_000);
    expect(own.client.state.current).toBe("connected");
    expect(own.server.transports.filter(({ closed }) => !closed)).toHaveLength(1);
  });

  const states: readonly [string, Parameters<typeof clientHarness>[0], number][] = [
    ["stopped", {}, -1],
    ["waitingForConstraints", { identity: null }, 0],
    ["connectingTransport", { behaviors: [neverAnswers()] }, 0],
    ["authenticating", { behaviors: [opensNeverWelcomes()] }, 0],
    ["open", {}, 0],
    ["backoff", { behaviors: [refusesWithRetryAfter(60_000)] }, 1_000],
    ["backgroundSuspended", { policy: PHONE }, 0],
  ];
  for (const [state, options, ms] of states) {
    test(`close in ${state} leaves no timer, listener or socket behind`, async () => {
      const own = clientHarness(options);
      if (state === "backgroundSuspended") own.lifecycle.background();
      if (ms >= 0) own.client.start();
      await own.clock.run(Math.max(ms, 0));
      expect(own.snapshot.state).toBe(state);
      const call = own.client.call("echo", "x");
      call.catch(() => {});
      own.client.subscribe("room", () => {});
      own.client.close();
      expect(own.clock.pending).toBe(0);
      expect(own.lifecycle.listenerCount + own.network.listenerCount).toBe(0);
      expect(own.credentials.identity.subscriberCount).toBe(0);
      expect(own.server.transports.every(({ closed, isOver }) => closed ?? isOver)).toBe(true);
      await expect(call).rejects.toMatchObject({ kind: "closed" });
      expect(own.snapshot).toMatchObject({ state: "stopped" });
    });

    test(`stop in ${state} is final, and leaves nothing scheduled`, async () => {
      const own = clientHarness(options);
      if (state === "backgroundSuspended") own.lifecycle.background();
      if (ms >= 0) own.client.start();
      await own.clock.run(Math.max(ms, 0));
      own.client.stop();
      own.client.stop();
      await own.clock.run(60_000);
      expect(own.snapshot).toMatchObject({ state: "stopped", blockedBy: [] });
      expect(own.clock.pending).toBe(0);
    });
  }

  test("what is asked of a closed client fails with closed; starting it throws", async () => {
    const own = await clientHarness().open();
    own.client.close();
    own.client.close();
    await expect(own.client.call("echo", "x")).rejects.toMatchObject({ kind: "closed" });
    expect(() => own.client.start()).toThrow(OptionsError);
    own.client.stop();
    own.client.connectNow();
    own.client.tokenChanged();
    expect(own.clock.pending).toBe(0);
  });

  test("an option of a call that is undefined is one that was not named", async () => {
    const contract = defineContract({ calls: { read: call<void, string>({ repeatable: true }) } });
    const own = clientHarness({ contract, callTimeoutMs: 1_000, behaviors: [blackHoles()] });
    const nothing = { timeoutMs: undefined, repeatable: undefined };
    const outcome = own.client.call("read", undefined, nothing).catch((error: unknown) => error);
    await own.clock.run(1_000);
    expect(await Promise.race([outcome, Promise.resolve("waits")])).toMatchObject({
      kind: "timedOut",
    });
  });

  test("a call that waits while stopped is made after the next start (B30)", async () => {
    const own = await clientHarness().open();
    own.client.stop();
    const answer = own.client.call("echo", "later");
    await own.clock.run(5_000);
    own.client.start();
    expect(await own.clock.finish(answer)).toBe("later");
  });
});

describe("what it shows", () => {
  test("every listener hears the current snapshot first, and none misses a later one (B08, L23)", async () => {
    const own = clientHarness();
    const one: string[] = [];
    own.client.connection.subscribe(({ state }) => {
      if (one.at(-1) !== state) one.push(state);
    });
    await own.open();
    const late: string[] = [];
    own.client.connection.subscribe(({ state }) => late.push(state));
    own.client.stop();
    expect(one).toEqual(["stopped", "connectingTransport", "authenticating", "open", "stopped"]);
    expect(late).toEqual(["open", "stopped"]);
  });

  test("a wait says until when, a failure what it was and when (B18, B19)", async () => {
    const own = clientHarness({ behaviors: [refusesConnections(), accepts()] });
    own.client.start();
    await own.reach("backoff");
    const now = own.clock.wallNow();
    expect(own.snapshot).toMatchObject({
      reason: "openFailed",
      attempt: 1,
      since: now,
      lastFailure: { reason: "openFailed", at: now },
    });
    expect(own.snapshot.retryAt).toBeGreaterThan(now);
    await own.reach("open");
    expect(own.snapshot.retryAt).toBeUndefined();
  });

  test("the round-trip time of the last answered ping is public", async () => {
    const own = await clientHarness().open();
    expect(own.snapshot.roundTripMs).toBeUndefined();
    await own.clock.run(5_000);
    expect(own.snapshot.roundTripMs).toBe(0);
  });

  test("what the app's own listener throws does not harm the connection", async () => {
    const own = clientHarness({
      onHandled: () => {
        throw new Error("the app's log is full");
      },
      onFault: () => {},
    });
    own.client.start();
    await own.clock.run(20_000);
    expect(own.client.state.current).toBe("connected");
    own.client.close();
    expect(own.clock.pending).toBe(0);
  });

  test("nor does what its fault handler throws: it becomes an uncaught error", async () => {
    const uncaught: unknown[] = [];
    const others = process.rawListeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => uncaught.push(error.message));
    const own = clientHarness({
      onHandled: () => {
        throw new Error("the app's log is full");
      },
      onFault: () => {
        throw new Error("so is that for faults");
      },
    });
    await own.open();
    own.client.close();
    await new Promise((resolve) => setImmediate(resolve));
    process.removeAllListeners("uncaughtException");
    for (const other of others) process.on("uncaughtException", other as () => void);
    expect(new Set(uncaught)).toEqual(new Set(["so is that for faults"]));
    expect(own.clock.pending).toBe(0);
  });

  test("the trace keeps as many events as it may, and no more", async () => {
    const own = await clientHarness({ traceEntriesMax: 5 }).open();
    await own.clock.run(60_000);
    expect(own.client.recentEvents).toHaveLength(5);
  });
});
