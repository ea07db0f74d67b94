import { bucket, call, defineContract } from "@holdfast/protocol";
import { expect, test } from "vitest";

import { accountOfToken } from "../src/fake-adapters.ts";
import { linkedPair } from "../src/linked-pair.ts";
import type { LinkedPair } from "../src/linked-pair.ts";

const contract = defineContract({
  calls: { echo: call<string, string>(), boom: call() },
  buckets: { room: bucket<string>() },
});

function makePair(): LinkedPair<typeof contract> {
  return linkedPair({
    contract,
    handlers: {
      echo: (text) => text,
      boom: () => {
        throw new Error("boom");
      },
    },
  });
}

test("a real client and a real server talk, and closing leaves nothing behind", async () => {
  const pair = makePair();
  expect(pair.clock.pending).toBe(0);
  await pair.open();
  expect(await pair.clock.finish(pair.client.call("echo", "hi"))).toBe("hi");
  expect(pair.server.sessions("ada")).toHaveLength(1);
  await pair.close();
  expect(pair.clock.pending).toBe(0);
  expect(pair.link.connections).toBe(0);
  expect(pair.server.stats).toMatchObject({ connections: 0, sessions: 0 });
});

test("the server lists a session under the number that its client has for it", async () => {
  const pair = await makePair().open();
  pair.link.drop();
  await pair.connected();
  const { sessionId } = pair.client.connection.current;
  expect(sessionId).toBe(2);
  expect(pair.server.sessions("ada")).toMatchObject([{ session: sessionId }]);
  await pair.close();
});

test("closing ends what hides in a black hole, too", async () => {
  const pair = await makePair().open();
  pair.link.strand();
  await pair.close();
  expect(pair.clock.pending).toBe(0);
});

test("more clients have links and users of their own", async () => {
  const pair = makePair();
  const eve = pair.addClient({ identity: "eve" });
  await pair.open();
  eve.link.drop();
  expect(pair.client.state.current).toBe("connected");
  expect(eve.client.state.current).toBe("connecting");
  await pair.connected();
  expect(pair.server.sessions("eve")).toHaveLength(1);
  await pair.close();
});

test("an app brings its own authenticate, and its handlers know what it says", async () => {
  const pair = linkedPair({
    contract,
    authenticate: ({ token = "" }) => ({ account: accountOfToken(token), data: { level: 3 } }),
    handlers: {
      echo: (text, { accountData, account }) => `${account} ${accountData.level} ${text}`,
      boom: () => {},
    },
  });
  await pair.open();
  expect(await pair.clock.finish(pair.client.call("echo", "hi"))).toBe("ada 3 hi");
  await pair.close();
});

test("a token that nobody gave is no token", async () => {
  const pair = linkedPair({
    contract,
    handlers: { echo: (text) => text, boom: () => {} },
    client: { ownCredentials: { ambient: true, identity: makePair().credentials.identity } },
  });
  pair.client.start();
  await pair.clock.runUntil(() => pair.client.connection.current.reason === "authRejected");
  await pair.close();
});

test("what the server survives is kept for the test to see", async () => {
  const pair = await makePair().open();
  await expect(pair.clock.finish(pair.client.call("boom"))).rejects.toMatchObject({
    kind: "failed",
    code: "internal",
  });
  expect(pair.serverErrors).toMatchObject([{ error: { message: "boom" } }]);
  await pair.close();
});

test("the server dies, is replaced, and hands over, and the client follows", async () => {
  const pair = await makePair().open();
  pair.killServer();
  expect(pair.client.state.current).toBe("connecting");
  pair.startServer();
  await pair.connected();
  const first = pair.server;
  pair.startServer();
  await pair.connected();
  expect(pair.server).not.toBe(first);
  await pair.clock.finish(pair.handOver({ windowMs: 0 }));
  await pair.connected();
  expect(pair.server.stats.sessions).toBe(1);
  await pair.close();
  expect(pair.clock.pending).toBe(0);
});

test("waiting for what does not come ends with a word", async () => {
  const pair = makePair();
  await expect(pair.connected(1_000)).rejects.toThrow("did not happen within 1000 ms");
  await pair.close();
});
