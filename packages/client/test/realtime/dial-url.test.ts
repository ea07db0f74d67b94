import { accepts, clientHarness, refusesConnections } from "@holdfast/testing";
import { describe, expect, test } from "vitest";

import { variedUrl } from "../../src/realtime/dial-url.ts";

describe("the varied address", () => {
  const rows: readonly [attempt: number, url: string, dialled: string][] = [
    [0, "wss://a.test/realtime", "wss://a.test/realtime"],
    [2, "wss://a.test/realtime", "wss://a.test/realtime"],
    [3, "wss://a.test/realtime", "wss://a.test/realtime/~3"],
    [4, "wss://a.test/realtime", "wss://a.test/realtime"],
    [5, "wss://a.test/realtime/", "wss://a.test/realtime/~5"],
    [7, "wss://a.test", "wss://a.test/~7"],
    [9, "wss://a.test/realtime?room=1", "wss://a.test/realtime/~9?room=1"],
  ];
  for (const [attempt, url, dialled] of rows) {
    test(`of ${url} after ${attempt} failures is ${dialled}`, () => {
      expect(variedUrl(url, attempt)).toBe(dialled);
    });
  }
});

test("only a platform that holds dials back gets varied addresses", async () => {
  const urlsOn = async (variesPath: boolean): Promise<string[]> => {
    const behaviors = [...Array.from({ length: 6 }, () => refusesConnections()), accepts()];
    const own = await clientHarness({ variesPath, behaviors }).open();
    own.client.close();
    return own.server.transports.map(({ url }) => new URL(url).pathname);
  };
  expect(new Set(await urlsOn(false))).toEqual(new Set(["/realtime"]));
  expect(await urlsOn(true)).toEqual([
    "/realtime",
    "/realtime",
    "/realtime",
    "/realtime/~3",
    "/realtime",
    "/realtime/~5",
    "/realtime",
  ]);
});
