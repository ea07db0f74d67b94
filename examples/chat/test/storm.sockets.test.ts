/** A storm over real sockets: its clients gather, the server restarts, and they are all back. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { startChat, type Chat } from "../src/server.ts";
import { STORM_CLIENTS } from "../src/storm.ts";
import { buildPage } from "./support/built-page.ts";
import { DataFolder } from "./support/data-folder.ts";

const data = new DataFolder();
let chat: Chat;

beforeAll(async () => {
  buildPage();
  chat = await startChat({ port: 0, dataFolder: data.path, awayMs: 500 });
});

afterAll(async () => {
  await chat.close();
  data.remove();
});

test(
  "all clients come back after the restart, and the curve tells of it",
  { timeout: 60_000 },
  async () => {
    expect(chat.stormReport).toMatchObject({ phase: "none", points: [] });
    chat.startStorm();
    chat.startStorm();
    await expect.poll(() => chat.stormReport.phase, { timeout: 50_000 }).toBe("over");
    const { points, backAtMs = 0, clients } = chat.stormReport;
    expect(clients).toBe(STORM_CLIENTS);
    expect(points[0]).toEqual([0, STORM_CLIENTS]);
    expect(points.some(([, connected]) => connected === 0)).toBe(true);
    expect(points.at(-1)?.[1]).toBe(STORM_CLIENTS);
    expect(backAtMs).toBeGreaterThanOrEqual(500);
  },
);

test("a chat that closes in the middle of a storm leaves no thread behind", async () => {
  chat.startStorm();
  await chat.close();
  const phase = chat.stormReport.phase;
  await expect.poll(() => chat.stormReport.phase).toBe(phase);
});
