/** The rooms over a real socket, when there is much in them, and when much of it is forgotten. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Cell, RealtimeClient } from "@holdfast/client";
import { sqliteStore } from "@holdfast/server/sqlite";
import { attach } from "@holdfast/server/use/ws";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";

import { contract, type RoomsContract } from "../src/contract.ts";
import { makeRooms, tokenFor } from "../src/rooms.ts";

const DAY_MS = 86_400_000;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function openRooms() {
  const store = sqliteStore({ path: ":memory:" });
  const rooms = makeRooms(store);
  const http = createServer();
  attach(http, rooms);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const client: RealtimeClient<RoomsContract> = new RealtimeClient({
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/realtime`,
    contract,
    createSocket: (url, protocols) => new WebSocket(url, [...protocols]),
    credentials: {
      identity: new Cell<string | null>("ann"),
      token: () => Promise.resolve(tokenFor("ann")),
    },
  });
  client.start();
  ends.push(
    () => store.close(),
    () => http.close(),
    () => rooms.close(),
    () => client.close(),
  );
  /** Says so much in the lobby at once, as at that time. */
  const say = async (texts: readonly string[], at: number): Promise<void> => {
    await store.commit({
      run: (tx) => texts.forEach((text) => tx.append("room:lobby", { from: "ann", text }, at)),
    });
  };
  return { store, client, say };
}

const numbered = (text: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${text} ${index}`);

test("an older room, whose beginning is forgotten, is shown from there on", async () => {
  const { store, client, say } = await openRooms();
  const now = Date.now();
  await say(numbered("old", 900), now - 40 * DAY_MS);
  await say(numbered("new", 100), now);
  await store.trim({ updateAgeMs: 30 * DAY_MS, updatesMax: Infinity, keyMs: DAY_MS }, now, 10_000);
  const { seq, messages } = await client.call("room.snapshot", "lobby");
  expect([seq, messages.length, messages[0]?.text]).toEqual([1_000, 100, "new 0"]);
  const found = await client.call("room.find", { room: "lobby", words: "new 9" });
  expect(found.map(({ text }) => text)).toEqual(["new 9", ...numbered("new", 100).slice(90)]);
});

test("the newest is found, also when the room holds more than is read at once", async () => {
  const { client, say } = await openRooms();
  const long = "x".repeat(200);
  await say([...numbered(long, 4_999), `needle ${long}`], Date.now());
  const found = await client.call("room.find", { room: "lobby", words: "needle" });
  expect(found.map(({ seq }) => seq)).toEqual([5_000]);
  const { seq, messages } = await client.call("room.snapshot", "lobby");
  expect([seq, messages.length, messages.at(-1)?.seq]).toEqual([5_000, 200, 5_000]);
});

test("a room in which nothing was said is empty", async () => {
  const { client } = await openRooms();
  expect(await client.call("room.snapshot", "garden")).toMatchObject({ seq: 0, messages: [] });
});
