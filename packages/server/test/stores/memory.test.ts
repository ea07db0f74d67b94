import { expect, test } from "vitest";

import { MemoryBucketLog } from "../../src/stores/memory.ts";

test("an unknown bucket is empty, under the epoch of the process", () => {
  expect(new MemoryBucketLog("e1").head("a")).toEqual({ bucket: "a", epoch: "e1", head: 0 });
});

test("numbers rise without gaps, each bucket for itself (B48)", () => {
  const log = new MemoryBucketLog("e1");
  log.append("a", { seq: 1, at: 0, data: null });
  log.append("a", { seq: 2, at: 0, data: null });
  log.append("b", { seq: 1, at: 0, data: null });
  expect(log.head("a").head).toBe(2);
  for (const seq of [2, 4]) {
    expect(() => log.append("a", { seq, at: 0, data: null })).toThrow(RangeError);
  }
  expect(log.head("a").head).toBe(2);
});
