import { expect, test } from "vitest";

import { accountsForAll, bucketKind, isGapless } from "../src/index.ts";
import type { UpdateRun } from "../src/index.ts";

test.each([
  ["room:42", "room"],
  ["room:42:typing", "room"],
  ["lobby", "lobby"],
  [":x", ""],
])("the kind of %s is %s", (bucket, kind) => {
  expect(bucketKind(bucket)).toBe(kind);
});

type Range = readonly [number, number];

function run(after: number, upTo: number, seqs: readonly number[], skipped?: Range[]): UpdateRun {
  const updates = seqs.map((seq) => ({ seq, at: 0, data: null }));
  return { bucket: "b", epoch: "e", after, upTo, updates, ...(skipped && { skipped }) };
}

test.each<[string, UpdateRun]>([
  ["of one update", run(0, 1, [1])],
  ["of several", run(4, 7, [5, 6, 7])],
  ["of none, at the head", run(9, 9, [])],
  ["that is skipped whole", run(0, 5, [], [[1, 5]])],
  [
    "with skips between, before and behind",
    run(
      0,
      6,
      [2, 4],
      [
        [1, 1],
        [3, 3],
        [5, 6],
      ],
    ),
  ],
  [
    "with two skips in a row",
    run(
      0,
      4,
      [4],
      [
        [1, 2],
        [3, 3],
      ],
    ),
  ],
])("a run %s accounts for all its numbers (B43)", (_name, whole) => {
  expect(accountsForAll(whole)).toBe(true);
  expect(isGapless(whole)).toBe(whole.skipped === undefined);
});

test.each<[string, UpdateRun]>([
  ["a gap at its start", run(0, 3, [2, 3])],
  ["a gap inside", run(0, 3, [1, 3])],
  ["a gap at its end", run(0, 3, [1, 2])],
  ["an update twice", run(0, 2, [1, 1, 2])],
  ["updates in the wrong order", run(0, 2, [2, 1])],
  ["an update past its end", run(0, 1, [1, 2])],
  ["an end before its start", run(5, 3, [])],
  ["a number both sent and skipped", run(0, 2, [1, 2], [[2, 2]])],
  ["a skip past its end", run(0, 2, [1], [[2, 3]])],
  ["a skip that ends before it begins", run(0, 1, [1], [[1, 0]])],
  [
    "skips in the wrong order",
    run(
      0,
      4,
      [1],
      [
        [4, 4],
        [2, 3],
      ],
    ),
  ],
])("a run with %s is caught (B43)", (_name, broken) => {
  expect(accountsForAll(broken)).toBe(false);
  if (!broken.skipped) expect(isGapless(broken)).toBe(false);
});
