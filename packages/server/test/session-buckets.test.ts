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

interface Told {
  readonly askId: number;
  readonly verdicts: readonly BucketVerdict[];
}

function setUp(speaksLog = true): { buckets: SessionBuckets; told: Told[] } {
  const rules = {
    now: { authorize: () => true },
    later: { authorize: async () => await Promise.resolve(true) },
    filtered: { authorize: () => true, visible: () => false },
  };
  const gate = new BucketGate(contract, rules, () => undefined);
  const told: Told[] = [];
  const buckets = new SessionBuckets(
    gate,
    { speaksLog } as never,
    () => viewer,
    (askId, verdicts) => told.push({ askId, verdicts }),
  );
  return { buckets, told };
}

test("verdicts that come together are told together", async () => {
  const { buckets, told } = setUp();
  buckets.authorize(1, ["now:1", "later:1", "now:2", "later:2", "gone:1"]);
  expect(told).toEqual([
    {
      askId: 1,
      verdicts: [{ bucket: "now:1" }, { bucket: "now:2" }, { bucket: "gone:1", code: "gone" }],
    },
  ]);
  await settled();
  expect(told[1]).toEqual({ askId: 1, verdicts: [{ bucket: "later:1" }, { bucket: "later:2" }] });
  buckets.authorize(2, ["later:3"]);
  buckets.authorize(3, ["later:4"]);
  expect(told).toHaveLength(2);
  await settled();
  expect(told.slice(2)).toEqual([
    { askId: 2, verdicts: [{ bucket: "later:3" }] },
    { askId: 3, verdicts: [{ bucket: "later:4" }] },
  ]);
});

test("what is filtered cannot be read by who knows no skips", () => {
  for (const speaksLog of [true, false]) {
    const { buckets, told } = setUp(speaksLog);
    buckets.authorize(1, ["filtered:1"]);
    expect(told[0]?.verdicts).toEqual([
      speaksLog ? { bucket: "filtered:1" } : { bucket: "filtered:1", code: "denied" },
    ]);
  }
});
