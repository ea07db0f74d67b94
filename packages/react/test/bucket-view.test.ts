import { StoreError, SyncError, type BucketPhase } from "@holdfast/client/durable";
import { expect, test } from "vitest";

import { statusOf, type BucketStatus } from "../src/bucket-view.ts";

const state = { phase: "live", cursor: undefined, head: undefined } as const;
const contents = { documents: [], pending: [] };

test.each<[BucketPhase, BucketStatus]>([
  ["loading", "loading"],
  ["waiting", "waiting"],
  ["behind", "updating"],
  ["live", "live"],
  ["stopped", "trouble"],
])("a bucket that is %s is shown as %s", (phase, status) => {
  expect(statusOf({ contents, state: { ...state, phase } })).toBe(status);
});

test("before what is stored was read it is loading, whatever the connection says", () => {
  expect(statusOf({ contents: { documents: undefined, pending: [] }, state })).toBe("loading");
});

test("what is tried again for a fault, and a store that fails, are trouble", () => {
  const error = new SyncError("fetchFailed", {});
  expect(statusOf({ contents, state: { ...state, phase: "behind", error } })).toBe("trouble");
  const failure = new StoreError("failed");
  expect(statusOf({ contents: { ...contents, failure }, state })).toBe("trouble");
});
