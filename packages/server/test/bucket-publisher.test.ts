import { bucket, DEFAULT_WIRE_LIMITS, defineContract, jsonServerCodec } from "@holdfast/protocol";
import type { StandardSchemaV1 } from "@holdfast/protocol";
import { expect, test } from "vitest";

import { ManualClock } from "../../testing/src/manual-clock.ts";
import { BucketPublisher, PublishError } from "../src/bucket-publisher.ts";
import { PreparedPushes } from "../src/prepared-pushes.ts";
import type { StoreTransaction } from "../src/server-store.ts";

function validator(validate: () => never): StandardSchemaV1 {
  return { "~standard": { version: 1, vendor: "test", validate } };
}
const contract = defineContract({
  buckets: {
    room: bucket(),
    later: bucket({ data: validator((async () => await Promise.resolve({ value: 1 })) as never) }),
    laterNo: bucket({
      data: validator((async () => await Promise.reject(new Error("no"))) as never),
    }),
    throws: bucket({
      data: validator(() => {
        throw new Error("a validator's bug");
      }),
    }),
  },
});

/** A transaction that remembers what was appended. */
class Appends implements StoreTransaction {
  readonly db = undefined;
  readonly appended: unknown[] = [];

  head(of: string): { bucket: string; epoch: string; head: number } {
    return { bucket: of, epoch: "e1", head: this.appended.length };
  }
  append(to: string, data: unknown, at: number): { epoch: string; seq: number } {
    return { epoch: "e1", seq: this.appended.push([to, data, at]) };
  }
}

function setUp(): { publisher: BucketPublisher; tx: Appends; prepared: PreparedPushes } {
  const limits = { ...DEFAULT_WIRE_LIMITS, updateBytes: 200 };
  const prepared = new PreparedPushes();
  const clock = new ManualClock();
  const publisher = new BucketPublisher(contract, jsonServerCodec, limits, clock, prepared);
  return { publisher, tx: new Appends(), prepared };
}

test("an update gets the next number, and the time of now unless it names one", () => {
  const { publisher, tx } = setUp();
  const at = new ManualClock().wallNow();
  expect(publisher.append(tx, "room:1", "a")).toEqual({
    bucket: "room:1",
    epoch: "e1",
    seq: 1,
    at,
  });
  expect(publisher.append(tx, "room:1", "b", { at: 6.7 })).toMatchObject({ seq: 2, at: 6 });
  expect(tx.appended).toEqual([
    ["room:1", "a", at],
    ["room:1", "b", 6],
  ]);
});

test("what was measured waits as the push of exactly that update", () => {
  const { publisher, tx, prepared } = setUp();
  publisher.append(tx, "room:1", "a", { at: 5 });
  const push = prepared.find("room:1", "e1", { seq: 1, at: 5, data: "a" });
  expect(JSON.parse(String(push?.in(jsonServerCodec, 32).part))).toEqual({
    type: "updates",
    bucket: "room:1",
    epoch: "e1",
    after: 0,
    upTo: 1,
    updates: [{ seq: 1, at: 5, data: "a" }],
  });
});

test.each<[string, string, unknown, number, string]>([
  ["of no kind", "hall:1", 1, 0, "unknownBucket"],
  ["of an inherited kind", "toString", 1, 0, "unknownBucket"],
  ["with a key too long", `room:${"x".repeat(124)}`, 1, 0, "unknownBucket"],
  ["with NUL in its key", "room:\0", 1, 0, "unknownBucket"],
  ["with half a character in its key", "room:\ud800", 1, 0, "unknownBucket"],
  ["with a validator that takes its time", "later:1", 1, 0, "badData"],
  ["with a validator that takes its time and fails", "laterNo:1", 1, 0, "badData"],
  ["with a validator that throws", "throws:1", 1, 0, "badData"],
  ["before the epoch", "room:1", 1, -1, "badData"],
  ["at no time at all", "room:1", 1, Number.NaN, "badData"],
  ["too large", "room:1", "x".repeat(200), 0, "tooLarge"],
  ["a BigInt", "room:1", 1n, 0, "notEncodable"],
  ["too deep", "room:1", JSON.parse("[".repeat(40) + "]".repeat(40)), 0, "tooLarge"],
])("an update %s is turned down before it is appended", (_, key, data, at, code) => {
  const { publisher, tx, prepared } = setUp();
  const append = (): unknown => publisher.append(tx, key, data, { at });
  expect(append).toThrow(PublishError);
  expect(append).toThrow(expect.objectContaining({ code }));
  expect(tx.appended).toEqual([]);
  expect(prepared.size).toBe(0);
});
