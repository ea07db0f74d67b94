/** Thousands of clients come and go: no listener, timer, handle or memory of them is left. */
import { afterEach, describe, expect, test } from "vitest";

import { linkedPair } from "../../src/linked-pair.ts";
import {
  cleanUp,
  contract,
  isOpen,
  newClient,
  reach,
  SocketServer,
  until,
} from "./socket-world.ts";

afterEach(cleanUp);

/** In megabytes, after everything that can be collected was. */
async function heapMb(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed / 1_048_576;
}

const resources = (): string => process.getActiveResourcesInfo().sort().join();

/** A round of clients on one linked pair: made, opened, used, closed. */
async function linkedRound(clients: number): Promise<void> {
  const pair = linkedPair({
    contract,
    handlers: {
      echo: (text) => text,
      send: async (text, { publish }) => (await publish("room", text)).seq,
    },
    buckets: { room: { authorize: () => true } },
  });
  for (let count = 1; count < clients; count++) pair.addClient({ identity: `user-${count}` });
  for (const { client } of pair.clients) client.subscribe("room", () => {});
  await pair.open();
  await pair.clock.finish(Promise.all(pair.clients.map(({ client }) => client.call("echo", "x"))));
  expect(pair.server.stats).toMatchObject({ connections: clients, sessions: clients });
  await pair.close();
  expect(pair.clock.pending).toBe(0);
  expect(pair.server.stats).toMatchObject({ connections: 0, sessions: 0, buckets: 0 });
  for (const { credentials, lifecycle, network, link } of pair.clients) {
    const listeners = [lifecycle.listenerCount, network.listenerCount, link.connections];
    expect([...listeners, credentials.identity.subscriberCount]).toEqual([0, 0, 0, 0]);
  }
}

/** What there is now and was not before. The runner's own timers may go meanwhile. */
function added(before: string, after: string): string[] {
  const known = before.split(",");
  return after.split(",").filter((resource) => {
    const index = known.indexOf(resource);
    if (index >= 0) known.splice(index, 1);
    return index < 0 && resource !== "";
  });
}

describe("nothing is left", () => {
  test("of 10 000 clients on linked pairs", { timeout: 60_000 }, async () => {
    await linkedRound(100);
    const before = { heap: await heapMb(), resources: resources() };
    for (let round = 0; round < 100; round++) await linkedRound(100);
    const after = { heap: await heapMb(), resources: resources() };
    console.log(`10 000 linked clients: heap ${(after.heap - before.heap).toFixed(2)} MB`);
    expect(Math.abs(after.heap - before.heap)).toBeLessThan(5);
    expect(added(before.resources, after.resources)).toEqual([]);
  });

  test("of 1 000 clients on real sockets", { timeout: 60_000 }, async () => {
    const host = await SocketServer.start();
    const round = async (): Promise<void> => {
      const clients = Array.from({ length: 50 }, () => newClient(host.port));
      for (const client of clients) {
        client.subscribe("room", () => {});
        client.start();
      }
      await Promise.all(clients.map((client) => reach(client, isOpen)));
      await Promise.all(clients.map((client) => client.call("echo", "x")));
      for (const client of clients) client.close();
      await until(() => host.server?.stats.connections === 0);
    };
    await round();
    const isQuiet = (): boolean => !resources().includes("TCPSocketWrap");
    await until(isQuiet);
    const before = { heap: await heapMb(), resources: resources() };
    for (let count = 0; count < 20; count++) await round();
    await until(isQuiet);
    const after = { heap: await heapMb(), resources: resources() };
    console.log(`1 000 clients on sockets: heap ${(after.heap - before.heap).toFixed(2)} MB`);
    expect(added(before.resources, after.resources)).toEqual([]);
    expect(Math.abs(after.heap - before.heap)).toBeLessThan(5);
    expect(host.server?.stats).toMatchObject({ connections: 0, sessions: 0, buckets: 0 });
  });

  test("of a client that was closed: nobody holds it (L27)", async () => {
    const host = await SocketServer.start();
    const open = async (): Promise<WeakRef<object>> => {
      const client = newClient(host.port);
      client.start();
      await reach(client, isOpen);
      await client.call("echo", "x");
      client.close();
      return new WeakRef(client);
    };
    const refs = [await open(), await open(), await open()];
    await until(() => host.server?.stats.connections === 0);
    await heapMb();
    expect(refs.map((ref) => ref.deref())).toEqual([undefined, undefined, undefined]);
  });
});
