import { DEFAULT_WIRE_LIMITS } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";

import { limitsOf, policyOf, retentionOf } from "../src/server-numbers.ts";
import { DEFAULT_RETENTION, DEFAULT_SERVER_POLICY } from "../src/server-policy.ts";

test("what is not named is as usual", () => {
  expect([limitsOf(), policyOf(), retentionOf()]).toEqual([
    DEFAULT_WIRE_LIMITS,
    DEFAULT_SERVER_POLICY,
    DEFAULT_RETENTION,
  ]);
  expect(limitsOf(Object.fromEntries([["nesting", undefined]])).nesting).toBe(32);
});

test("what is named stands in its place", () => {
  expect(limitsOf({ callsExecuting: 4, nameLength: 200 })).toEqual({
    ...DEFAULT_WIRE_LIMITS,
    callsExecuting: 4,
    nameLength: 200,
  });
  expect(policyOf({ connectionsMax: Infinity, heartbeat: { minMs: 5, maxMs: 5 } })).toEqual({
    ...DEFAULT_SERVER_POLICY,
    connectionsMax: Infinity,
    heartbeat: { minMs: 5, maxMs: 5 },
  });
  expect(retentionOf({ updateAgeMs: Infinity, updatesMax: Infinity })).toMatchObject({
    updateAgeMs: Infinity,
    keyMs: DEFAULT_RETENTION.keyMs,
  });
});

describe("is refused when the server is made", () => {
  test.each<[string, () => unknown, string]>([
    ["a limit that is no number", () => limitsOf({ frameBytes: NaN }), "limits.frameBytes"],
    [
      "a frame that no welcome fits",
      () => limitsOf({ frameBytes: 300 }),
      "limits.frameBytes must be 4096 or more",
    ],
    ["a limit of nothing", () => limitsOf({ nesting: 0 }), "limits.nesting must be 1 or more"],
    ["half a limit", () => limitsOf({ pageUpdates: 1.5 }), "limits.pageUpdates"],
    ["no limit at all", () => limitsOf({ frameBytes: Infinity }), "limits.frameBytes"],
    ["names shorter than a client's", () => limitsOf({ nameLength: 64 }), "128 or more"],
    ["a limit that nobody knows", () => limitsOf({ frameBites: 1 } as never), "no frameBites"],
    ["text", () => policyOf({ helloMs: "15" } as never), "policy.helloMs must be a number"],
    ["a time without end", () => policyOf({ callTimeoutMaxMs: Infinity }), "callTimeoutMaxMs"],
    ["a time before now", () => policyOf({ graceMs: -1 }), "policy.graceMs"],
    ["a rate of nothing", () => policyOf({ messagesPerSecond: 0 }), "messagesPerSecond"],
    ["a rate without end", () => policyOf({ accountMessagesPerSecond: Infinity }), "finite"],
    ["a count below nothing", () => policyOf({ callsWaiting: -1 }), "policy.callsWaiting"],
    [
      "a heartbeat upside down",
      () => policyOf({ heartbeat: { minMs: 2, maxMs: 1 } }),
      "must not be above",
    ],
    ["a key for ever", () => retentionOf({ keyMs: Infinity }), "retention.keyMs"],
    [
      "half an update",
      () => retentionOf({ updatesMax: 2.5 }),
      "retention.updatesMax must be a whole",
    ],
    [
      "half a connection",
      () => policyOf({ connectionsMax: 2.5 }),
      "connectionsMax must be a whole",
    ],
    ["an age that is no number", () => retentionOf({ updateAgeMs: NaN }), "updateAgeMs"],
  ])("%s", (_, make, said) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(said);
  });
});
