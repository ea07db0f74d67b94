import { Cell } from "@holdfast/client";
import { act, renderHook } from "@testing-library/react";
import { version } from "react";
import { expect, test } from "vitest";

import { useSource } from "../src/index.ts";

test("these tests run on the React that they are said to run on", () => {
  expect(version.split(".")[0]).toBe(process.env["HOLDFAST_REACT"]);
});

test("a component has the source's value, and hears of no other when it has left", () => {
  const cell = new Cell(1);
  const { result, unmount } = renderHook(() => useSource(cell));
  expect([result.current, cell.subscriberCount]).toEqual([1, 1]);
  act(() => cell.set(2));
  expect(result.current).toBe(2);
  unmount();
  expect(cell.subscriberCount).toBe(0);
});

test("another source takes its place", () => {
  const [one, other] = [new Cell("one"), new Cell("other")];
  const { result, rerender } = renderHook(({ cell }) => useSource(cell), {
    initialProps: { cell: one },
  });
  rerender({ cell: other });
  expect([result.current, one.subscriberCount, other.subscriberCount]).toEqual(["other", 0, 1]);
});
