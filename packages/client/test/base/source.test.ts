import { describe, expect, test } from "vitest";
import { Cell, waitFor } from "../../src/base/source.ts";

describe("a subscriber", () => {
  test("gets the current value within the call, then every later one (B08, L23)", () => {
    const cell = new Cell(1);
    cell.set(2);
    const heard: number[] = [];
    cell.subscribe((value) => heard.push(value));
    expect(heard).toEqual([2]);
    cell.set(3);
    cell.set(4);
    expect(heard).toEqual([2, 3, 4]);
  });

  test("takes nothing from another (B08)", () => {
    const cell = new Cell(1);
    const early: number[] = [];
    const late: number[] = [];
    cell.subscribe((value) => early.push(value));
    cell.set(2);
    cell.subscribe((value) => late.push(value));
    cell.set(3);
    expect(early).toEqual([1, 2, 3]);
    expect(late).toEqual([2, 3]);
  });

  test("that throws keeps nothing from another, and its fault is told", () => {
    const faults: unknown[] = [];
    const cell = new Cell(1, (error) => faults.push(error));
    const heard: number[] = [];
    cell.subscribe((value) => {
      throw new Error(`broken by ${value}`);
    });
    cell.subscribe((value) => heard.push(value));
    cell.set(2);
    expect(heard).toEqual([1, 2]);
    expect(faults).toEqual([new Error("broken by 1"), new Error("broken by 2")]);
  });

  test("hears nothing after it cancelled, even when it cancels another in delivery", () => {
    const cell = new Cell(1);
    const heard: string[] = [];
    cell.subscribe((value) => {
      heard.push(`first ${value}`);
      if (value === 2) cancelSecond();
    });
    const cancelSecond = cell.subscribe((value) => heard.push(`second ${value}`));
    cell.set(2);
    cell.set(3);
    expect(heard).toEqual(["first 1", "second 1", "first 2", "first 3"]);
    cancelSecond();
    expect(cell.subscriberCount).toBe(1);
  });

  test("may subscribe the same function twice and cancel one of them", () => {
    const cell = new Cell(1);
    const heard: number[] = [];
    const listener = (value: number): void => void heard.push(value);
    cell.subscribe(listener);
    cell.subscribe(listener)();
    cell.set(2);
    expect(heard).toEqual([1, 1, 2]);
  });
});

describe("a value set by a listener", () => {
  test("reaches everyone after the one in delivery, in the same order", () => {
    const cell = new Cell(1);
    const first: number[] = [];
    const second: number[] = [];
    cell.subscribe((value) => {
      first.push(value);
      if (value === 2) cell.set(3);
    });
    cell.subscribe((value) => second.push(value));
    cell.set(2);
    expect(first).toEqual([1, 2, 3]);
    expect(second).toEqual([1, 2, 3]);
  });

  test("while being greeted comes after the greeting", () => {
    const cell = new Cell(1);
    const heard: string[] = [];
    cell.subscribe((value) => {
      heard.push(`begin ${value}`);
      if (value === 1) cell.set(2);
      heard.push(`end ${value}`);
    });
    expect(heard).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
  });

  test("is what a newcomer starts from, with nothing older after it", () => {
    const cell = new Cell(1);
    const newcomer: number[] = [];
    cell.subscribe((value) => {
      if (value !== 2) return;
      cell.set(3);
      cell.subscribe((heard) => newcomer.push(heard));
    });
    cell.set(2);
    cell.set(4);
    expect(newcomer).toEqual([3, 4]);
  });
});

describe("waiting for a value", () => {
  test("ends at once when it is there, and leaves no listener", async () => {
    const cell = new Cell("open");
    await expect(waitFor(cell, (value) => value === "open")).resolves.toBe("open");
    expect(cell.subscriberCount).toBe(0);
  });

  test("ends when it comes", async () => {
    const cell = new Cell("closed");
    const waiting = waitFor(cell, (value) => value === "open");
    cell.set("opening");
    cell.set("open");
    cell.set("closed");
    await expect(waiting).resolves.toBe("open");
    expect(cell.subscriberCount).toBe(0);
  });

  test("is given up with the signal's reason", async () => {
    const cell = new Cell(0);
    const controller = new AbortController();
    const waiting = waitFor(cell, (value) => value > 0, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(cell.subscriberCount).toBe(0);
    await expect(waitFor(cell, () => true, { signal: controller.signal })).rejects.toThrow(
      "enough",
    );
  });

  test("fails with what the predicate throws", async () => {
    const cell = new Cell(0);
    const waiting = waitFor(cell, (value) => {
      if (value === 1) throw new Error("bad test");
      return false;
    });
    cell.set(1);
    await expect(waiting).rejects.toThrow("bad test");
    expect(cell.subscriberCount).toBe(0);
  });
});
