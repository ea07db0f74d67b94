/** The faults of a link as data. */
import { describe, expect, test } from "vitest";

import { changed, checkFaults, NO_DOOR_FAULTS, NO_PATH_FAULTS } from "../src/fault-link-faults.ts";

test("what is named changes, what is not stays, and each part takes its own", () => {
  const faults = { latencyMs: 5, stall: true, refuse: true };
  expect(changed(NO_PATH_FAULTS, faults)).toEqual({ ...NO_PATH_FAULTS, latencyMs: 5, stall: true });
  expect(changed(NO_DOOR_FAULTS, faults)).toEqual({ acceptDelayMs: 0, refuse: true });
  expect(changed({ ...NO_PATH_FAULTS, latencyMs: 5 }, {})).toMatchObject({ latencyMs: 5 });
});

describe("a value", () => {
  test.each([
    [{ latencyMs: -1 }, "latencyMs must be at least 0"],
    [{ jitterMs: Number.NaN }, "jitterMs must be at least 0"],
    [{ bytesPerSecond: 0 }, "bytesPerSecond must be at least 1"],
    [{ splitBytes: 0 }, "splitBytes must be at least 1"],
    [{ acceptDelayMs: -5 }, "acceptDelayMs must be at least 0"],
  ])("that can be none is told: %j", (faults, message) => {
    expect(() => checkFaults(faults)).toThrow(new RangeError(message));
  });

  test("that can be one is taken, also none at all", () => {
    expect(() => checkFaults({ ...NO_PATH_FAULTS, ...NO_DOOR_FAULTS })).not.toThrow();
    expect(() => checkFaults({ dropAfterBytes: 0, stall: true })).not.toThrow();
  });
});
