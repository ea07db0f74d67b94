import { FAULT_NAMES, planOf } from "@holdfast/testing/simulator";
import { expect, test } from "vitest";

test("a plan says all that a counted run needs, whatever the seed", () => {
  for (let seed = 0; seed < 300; seed++) {
    const { layout, lastsMs, acts, strokes } = planOf(seed);
    expect(layout.devices.length).toBeGreaterThanOrEqual(3);
    expect(lastsMs).toBeGreaterThanOrEqual(300_000);
    expect(acts.filter(({ kind }) => kind === "add").length).toBeGreaterThanOrEqual(105);
    expect(strokes.length).toBeGreaterThanOrEqual(10);
    expect(new Set(strokes.map(({ fault }) => fault)).size).toBeGreaterThanOrEqual(4);
  }
});

test("over many seeds every fault strikes", () => {
  const struck = new Set<string>();
  for (let seed = 0; seed < 100; seed++) {
    for (const { fault } of planOf(seed).strokes) struck.add(fault);
  }
  expect([...struck].sort()).toEqual([...FAULT_NAMES].sort());
});

test("what may strike, and for how long, can be asked for; an unknown fault is a mistake", () => {
  const { lastsMs, strokes } = planOf(1, { minutes: 2, faults: ["reset"] });
  expect(lastsMs).toBe(120_000);
  expect(new Set(strokes.map(({ fault }) => fault))).toEqual(new Set(["reset"]));
  expect(() => planOf(1, { faults: ["gremlin"] })).toThrow("gremlin");
});
