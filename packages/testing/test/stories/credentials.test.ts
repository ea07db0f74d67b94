/** Tokens that end, are renewed, are turned down; users who sign in, out, and as somebody else. */
import { refuse } from "@holdfast/server";
import { describe, expect, test } from "vitest";

import { accountOfToken } from "../../src/fake-adapters.ts";
import { ManualClock } from "../../src/manual-clock.ts";
import { ChatWorld, Fate, openChat } from "./chat-world.ts";

const MINUTE = 60_000;

/** A chat whose tokens live ten minutes from their check. */
function openMortalChat(): Promise<ChatWorld> {
  const clock = new ManualClock();
  return openChat({
    clock,
    authenticate: ({ token = "" }) => ({
      account: accountOfToken(token),
      expiresAt: clock.wallNow() + 10 * MINUTE,
    }),
  });
}

describe("a token that ends", () => {
  test("is renewed over the open connection, for hours, without a break", async () => {
    const world = await openMortalChat();
    const { clock, credentials, link, client } = world.pair;
    await clock.run(3 * 60 * MINUTE);
    expect(link.dials).toBe(1);
    expect(client.state.current).toBe("connected");
    expect(credentials.requests.length).toBeGreaterThan(18);
    expect(credentials.requests.slice(1).every(({ forced }) => forced)).toBe(true);
    await world.close();
  });

  test("while the provider is down ends the session, and a renewal by force brings it back", async () => {
    const world = await openMortalChat();
    const { clock, credentials, client, server } = world.pair;
    credentials.script = new Error("the provider is down");
    await clock.run(10 * MINUTE + 1_000);
    expect(client.state.current).toBe("connecting");
    expect(server.stats.refusals).toEqual({ tokenExpired: 1 });
    credentials.script = undefined;
    await world.pair.connected();
    expect(credentials.rejections).toBe(0);
    await world.close();
  });

  test("while a renewal hangs does not keep the connection from its other work", async () => {
    const world = await openMortalChat();
    const { clock, credentials, client } = world.pair;
    credentials.hang();
    await clock.run(9 * MINUTE + 25_000);
    expect(await clock.finish(client.call("add", 1))).toBe(1);
    await clock.run(5 * MINUTE);
    expect(client.state.current).toBe("connected");
    await world.close();
  });
});

describe("a token that comes", () => {
  test("while a dial is under way that began without one is dialled with", async () => {
    const world = await openChat();
    const { clock, credentials, link, client } = world.pair;
    await clock.run(2 * MINUTE);
    credentials.script = null;
    link.dialDelayMs = 2_000;
    link.drop();
    await clock.run(1_500);
    expect(client.connection.current.state).toBe("connectingTransport");
    expect(credentials.requests.length).toBe(2);
    credentials.script = undefined;
    client.tokenChanged();
    await world.pair.connected();
    await world.close();
  });
});

describe("a token that the server turns down", () => {
  test("is renewed; turned down again the client parks, until somebody signs in (B23, B24)", async () => {
    let isRevoked = false;
    const world = await openChat({
      authenticate: ({ token = "" }) =>
        isRevoked && token.startsWith("ada")
          ? refuse({ action: "reauthenticate", code: "revoked" })
          : { account: accountOfToken(token) },
    });
    const { clock, credentials, client, server } = world.pair;
    isRevoked = true;
    server.disconnect("ada", { action: "reauthenticate", code: "revoked" });
    await clock.run(60 * MINUTE);
    expect(client.connection.current).toMatchObject({
      state: "waitingForConstraints",
      reason: "authRejected",
      blockedBy: ["auth"],
    });
    expect(credentials.rejections).toBe(1);
    expect(world.pair.link.dials).toBe(2);
    credentials.signOut();
    credentials.signIn("eve");
    await world.pair.connected();
    expect(await clock.finish(client.call("who"))).toBe("eve");
    await world.close();
  });

  test("of an old session does not touch a login that came meanwhile (L18)", async () => {
    const world = await openChat();
    const { clock, credentials, client, server, link } = world.pair;
    link.delayMs = 100;
    server.disconnect("ada", { action: "reauthenticate", code: "revoked" });
    credentials.signIn("eve");
    await clock.run(2_000);
    expect(client.state.current).toBe("connected");
    expect(await clock.finish(client.call("who"))).toBe("eve");
    expect(credentials.rejections).toBe(0);
    await world.close();
  });
});

describe("signing out and in", () => {
  test("a logout ends the session at the server; nothing runs until the next login", async () => {
    const world = await openChat();
    const { clock, credentials, server, client } = world.pair;
    credentials.signOut();
    await clock.settle();
    expect(server.stats).toMatchObject({ connections: 0, sessions: 0 });
    expect(client.state.current).toBe("idle");
    await clock.run(60 * MINUTE);
    credentials.signIn();
    await clock.settle();
    expect(server.sessions("ada")).toHaveLength(1);
    await world.close();
  });

  test("as somebody else makes a session of that account, and closes the other (L19, L41)", async () => {
    const world = await openChat();
    const { clock, credentials, server, client } = world.pair;
    await clock.run(1_000);
    credentials.signIn("eve");
    await clock.run(1_000);
    expect(server.sessions("ada")).toEqual([]);
    expect(server.sessions("eve")).toHaveLength(1);
    expect(await clock.finish(client.call("who"))).toBe("eve");
    await world.close();
  });

  test("a call that waits is never made in another user's name (L41)", async () => {
    const world = await openChat();
    const { clock, credentials, client, link } = world.pair;
    link.drop();
    const asAda = new Fate(client.call("who"));
    credentials.signIn("eve");
    await clock.run(5_000);
    expect(asAda).toMatchObject({ error: { kind: "closed", code: "accountChanged" } });
    expect(await clock.finish(client.call("who"))).toBe("eve");
    expect(world.ran).toEqual(["who eve"]);
    await world.close();
  });

  test("nor after a logout, even if it may run twice without harm (L41)", async () => {
    const world = await openChat();
    const { clock, credentials, client } = world.pair;
    const asAda = new Fate(client.call("waitRead", "mine"));
    await clock.settle();
    credentials.signOut();
    credentials.signIn("eve");
    await clock.run(5_000);
    expect(asAda).toMatchObject({ error: { kind: "closed", code: "accountChanged" } });
    expect(world.ran).toEqual(["wait mine"]);
    await world.close();
  });

  test("a call that was made before anybody signed in is made for the first who does", async () => {
    const world = new ChatWorld({ client: { identity: null } });
    const { clock, credentials, client } = world.pair;
    client.start();
    const call = new Fate(client.call("who"));
    await clock.run(5_000);
    expect(call.state).toBe("pending");
    credentials.signIn();
    await clock.settle();
    expect(call).toMatchObject({ value: "ada" });
    await world.close();
  });
});
