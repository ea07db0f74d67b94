import { bucket, defineContract } from "@holdfast/protocol";
import { expect, test } from "vitest";

import { BucketGate } from "../src/bucket-gate.ts";
import type { BucketVerdict } from "../src/server-session-event.ts";
import { SessionBuckets } from "../src/session-buckets.ts";
import { settled } from "./serve.ts";

const contract = defineContract({
  buckets: { now: bucket(), later: bucket(), filtered: bucket() },
});
const viewer = { account: "ada", accountData: undefined, sessionId: "s1" };

function setUp(speaksLog = true): { buckets: SessionBuckets; told: BucketVerdict[][] } {
  const rules = {
    now: { authorize: () => true },
    later: { authorize: async () => await Promise.resolve(true) },
    filtered: { authorize: () => true, visible: () => false },
  };
  const gate = new BucketGate(contract, rules, () => undefined);
  const told: BucketVerdict[][] = [];
  const buckets = new SessionBuckets(
    gate,
    { speaksLog } as never,
    () => viewer,
    (verdicts) => told.push([...verdicts]),
  );
  return { buckets, told };
}

test("verdicts that come together are told together", async () => {
  const { buckets, told } = setUp();
  buckets.authorize(["now:1", "later:1", "now:2", "later:2", "gone:1"]);
  expect(told).toEqual([
    [{ bucket: "now:1" }, { bucket: "now:2" }, { bucket: "gone:1", code: "gone" }],
  ]);
  await settled();
  expect(told.slice(1)).toEqual([[{ bucket: "later:1" }, { bucket: "later:2" }]]);
  buckets.authorize(["later:3"]);
  expect(told).toHaveLength(2);
  await settled();
  expect(told[2]).toEqual([{ bucket: "later:3" }]);
});

test("what is filtered cannot be read by who knows no skips", () => {
  for (const speaksLog of [true, false]) {
    const { buckets, told } = setUp(speaksLog);
    buckets.authorize(["filtered:1"]);
    expect(told).toEqual([
      [speaksLog ? { bucket: "filtered:1" } : { bucket: "filtered:1", code: "denied" }],
    ]);
  }
});
