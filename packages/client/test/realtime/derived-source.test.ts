import { describe, expect, test } from "vitest";

import { Cell } from "../../src/base/source.ts";
import { combined, derived } from "../../src/realtime/derived-source.ts";

test("it shows the source through the function, always", () => {
  const source = new Cell(1);
  const parity = derived(source, (value) => value % 2);
  expect(parity.current).toBe(1);
  source.set(2);
  expect(parity.current).toBe(0);
});

test("a listener hears the current value, then only what differs from the last", () => {
  const source = new Cell(1);
  const heard: number[] = [];
  derived(source, (value) => value % 2).subscribe((value) => heard.push(value));
  for (const value of [3, 5, 2, 4, 1]) source.set(value);
  expect(heard).toEqual([1, 0, 1]);
});

test("each listener has its own last value, also when it comes late (B08)", () => {
  const source = new Cell(1);
  const parity = derived(source, (value) => value % 2);
  const heard: string[] = [];
  parity.subscribe((value) => heard.push(`one ${value}`));
  source.set(2);
  parity.subscribe((value) => heard.push(`other ${value}`));
  source.set(4);
  source.set(5);
  expect(heard).toEqual(["one 1", "one 0", "other 0", "one 1", "other 1"]);
});

test("a value that is undefined is told like any other", () => {
  const source = new Cell(1);
  const heard: unknown[] = [];
  derived(source, (value) => (value > 1 ? value : undefined)).subscribe((value) => {
    heard.push(value);
  });
  source.set(2);
  source.set(0);
  expect(heard).toEqual([undefined, 2, undefined]);
});

test("it holds nothing: who cancels leaves no subscription behind", () => {
  const source = new Cell(1);
  const parity = derived(source, (value) => value % 2);
  expect(source.subscriberCount).toBe(0);
  const cancel = parity.subscribe(() => {});
  expect(source.subscriberCount).toBe(1);
  cancel();
  cancel();
  expect(source.subscriberCount).toBe(0);
});

describe("two sources as one", () => {
  test("has the value of the moment, and tells of changes on either side, but of nothing else", () => {
    const a = new Cell(1);
    const b = new Cell(2);
    const sum = combined(a, b, (x, y) => x + y);
    const heard: number[] = [];
    const cancel = sum.subscribe((value) => void heard.push(value));
    a.set(2);
    b.set(3);
    b.set(3);
    a.set(2);
    expect([sum.current, heard]).toEqual([5, [3, 4, 5]]);
    cancel();
    a.set(9);
    expect([sum.current, heard.length, a.subscriberCount, b.subscriberCount]).toEqual([
      12, 3, 0, 0,
    ]);
  });
});
