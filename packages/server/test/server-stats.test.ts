import { expect, test } from "vitest";

import { ServerCounts } from "../src/server-stats.ts";

test("refusals are counted by code, and endless codes take no endless room", () => {
  const counts = new ServerCounts();
  counts.refused("idle");
  counts.refused("idle");
  for (let i = 0; i < 500; i++) counts.refused(`own-${i}`);
  counts.refused("idle");
  expect(counts.refusals.get("idle")).toBe(3);
  expect(counts.refusals.get("other")).toBe(401);
  expect(counts.refusals.size).toBe(101);
});
