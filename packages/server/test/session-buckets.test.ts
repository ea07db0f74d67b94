import { bucket, defineContract } from "@holdfast/protocol";
import { expect, test } from "vitest";

import { BucketGate } from "../src/bucket-gate.ts";
import type { BucketVerdict } from "../src/server-session-event.ts";
import { SessionBuckets } from "../src/session-buckets.ts";
import { Subscribers } from "../src/subscribers.ts";
import { settled } from "./serve.ts";

const contract = defineContract({ buckets: { now: bucket(), later: bucket() } });
const viewer = { account: "ada", accountData: undefined, sessionId: "s1" };

function setUp(): { buckets: SessionBuckets; subscribers: Subscribers; told: BucketVerdict[][] } {
  const rules = {
    now: { authorize: () => true },
    later: { authorize: async () => await Promise.resolve(true) },
  };
  const gate = new BucketGate(contract, rules, () => undefined);
  const subscribers = new Subscribers();
  const told: BucketVerdict[][] = [];
  const subscriber = { push: () => undefined };
  const buckets = new SessionBuckets(gate, subscribers, subscriber, (verdicts) =>
    told.push([...verdicts]),
  );
  return { buckets, subscribers, told };
}

test("verdicts that come together are told together", async () => {
  const { buckets, told } = setUp();
  buckets.authorize(viewer, ["now:1", "later:1", "now:2", "later:2", "gone:1"]);
  expect(told).toEqual([
    [{ bucket: "now:1" }, { bucket: "now:2" }, { bucket: "gone:1", code: "gone" }],
  ]);
  await settled();
  expect(told.slice(1)).toEqual([[{ bucket: "later:1" }, { bucket: "later:2" }]]);
  buckets.authorize(viewer, ["later:3"]);
  expect(told).toHaveLength(2);
  await settled();
  expect(told[2]).toEqual([{ bucket: "later:3" }]);
});

test("a session leaves one bucket, or all that it joined", () => {
  const { buckets, subscribers } = setUp();
  for (const key of ["a", "b", "c"]) buckets.join(key);
  buckets.leave("a");
  expect(subscribers.buckets).toBe(2);
  buckets.leaveAll();
  expect(subscribers.buckets).toBe(0);
});
