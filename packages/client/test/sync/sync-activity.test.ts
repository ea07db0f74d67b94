/** What sync is doing, in numbers. */
import { expect, test } from "vitest";

import { ActivityMeter, activityOf, IDLE } from "../../src/sync/sync-activity.ts";
import { BucketRig, PLACES } from "./support/bucket-places.ts";

const at = (place: string) => activityOf(new BucketRig().tell(...(PLACES[place] ?? [])).model);

test.each([
  ["closed", IDLE],
  ["live", IDLE],
  ["applying", { ...IDLE, applying: 1 }],
  ["queued", { ...IDLE, queued: 1, updating: 1 }],
  ["fetching", { ...IDLE, fetching: 1, updating: 1 }],
  ["snapshotting", { ...IDLE, fetching: 1, updating: 1 }],
  ["committing", { ...IDLE, applying: 1, updating: 1 }],
  ["applying a page", { ...IDLE, applying: 1, updating: 1 }],
  ["awaiting its first page", { ...IDLE, updating: 1 }],
  ["failed to fetch", IDLE],
  ["failed to apply", IDLE],
  ["stopped far behind", IDLE],
])("%s counts as what it does (B51)", (place, activity) => {
  expect(at(place)).toEqual(activity);
});

test("buckets are added up, and only changes are told", () => {
  const meter = new ActivityMeter();
  const told: unknown[] = [];
  meter.activity.subscribe((activity) => told.push(activity));
  meter.isUpdating.subscribe((isUpdating) => told.push(isUpdating));
  meter.change(IDLE, at("queued"));
  meter.change(IDLE, at("queued"));
  meter.change(at("queued"), at("queued"));
  meter.change(at("queued"), at("fetching"));
  meter.change(at("queued"), IDLE);
  meter.change(at("fetching"), IDLE);
  expect(told).toEqual([
    { queued: 0, fetching: 0, applying: 0 },
    false,
    { queued: 1, fetching: 0, applying: 0 },
    true,
    { queued: 2, fetching: 0, applying: 0 },
    { queued: 1, fetching: 1, applying: 0 },
    { queued: 0, fetching: 1, applying: 0 },
    { queued: 0, fetching: 0, applying: 0 },
    false,
  ]);
});
