import { bucket, DEFAULT_WIRE_LIMITS, defineContract, jsonServerCodec } from "@holdfast/protocol";
import type { StandardSchemaV1 } from "@holdfast/protocol";
import { expect, test } from "vitest";

import { BucketPublisher, PublishError } from "../src/bucket-publisher.ts";
import type { SharedMessage } from "../src/outbox.ts";
import { MemoryBucketLog } from "../src/stores/memory.ts";
import { Subscribers } from "../src/subscribers.ts";

const later: StandardSchemaV1 = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) => await Promise.resolve({ value }),
  },
};
const laterNo: StandardSchemaV1 = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async () => await Promise.reject(new Error("no")),
  },
};
const contract = defineContract({
  buckets: { room: bucket(), later: bucket({ data: later }), laterNo: bucket({ data: laterNo }) },
});

function setUp(): { publisher: BucketPublisher; log: MemoryBucketLog; pushed: SharedMessage[] } {
  const log = new MemoryBucketLog("e1");
  const subscribers = new Subscribers();
  const pushed: SharedMessage[] = [];
  subscribers.add("room:1", { push: (message) => pushed.push(message) });
  const limits = { ...DEFAULT_WIRE_LIMITS, updateBytes: 200 };
  return {
    publisher: new BucketPublisher(contract, log, subscribers, jsonServerCodec, limits),
    log,
    pushed,
  };
}

test("an update gets the next number and is pushed as a run of one", () => {
  const { publisher, pushed } = setUp();
  publisher.publish("room:1", "a", { at: 5 });
  expect(publisher.publish("room:1", "b", { at: 6 })).toEqual({
    bucket: "room:1",
    epoch: "e1",
    seq: 2,
    at: 6,
  });
  expect(JSON.parse(String(pushed[1]?.in(jsonServerCodec, 32).part))).toEqual({
    type: "updates",
    bucket: "room:1",
    epoch: "e1",
    after: 1,
    upTo: 2,
    updates: [{ seq: 2, at: 6, data: "b" }],
  });
});

test.each<[string, string, unknown, number, string]>([
  ["of no kind", "hall:1", 1, 0, "unknownBucket"],
  ["of an inherited kind", "toString", 1, 0, "unknownBucket"],
  ["with a key too long", `room:${"x".repeat(124)}`, 1, 0, "unknownBucket"],
  ["with NUL in its key", "room:\0", 1, 0, "unknownBucket"],
  ["with a validator that takes its time", "later:1", 1, 0, "badData"],
  ["with a validator that takes its time and fails", "laterNo:1", 1, 0, "badData"],
  ["at half a millisecond", "room:1", 1, 0.5, "badData"],
  ["before the epoch", "room:1", 1, -1, "badData"],
  ["too large", "room:1", "x".repeat(200), 0, "tooLarge"],
  ["a BigInt", "room:1", 1n, 0, "notEncodable"],
  ["too deep", "room:1", JSON.parse("[".repeat(40) + "]".repeat(40)), 0, "tooLarge"],
])("an update %s is not published", (_, key, data, at, code) => {
  const { publisher, log, pushed } = setUp();
  const publish = (): unknown => publisher.publish(key, data, { at });
  expect(publish).toThrow(PublishError);
  expect(publish).toThrow(expect.objectContaining({ code }));
  expect(log.head(key).head).toBe(0);
  expect(pushed).toEqual([]);
});
