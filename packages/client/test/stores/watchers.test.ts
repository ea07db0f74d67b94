import { expect, test, vi } from "vitest";

import { Watchers } from "../../src/stores/watchers.ts";

test("each that watches a topic hears of it, as often as it watches, until it stops", () => {
  const watchers = new Watchers();
  const heard = vi.fn<() => void>();
  const stops = [watchers.watch("x", heard), watchers.watch("x", heard)];
  watchers.watch(null, () => heard());
  watchers.tell("x");
  expect(heard).toHaveBeenCalledTimes(2);
  watchers.tell(null);
  watchers.tell("y");
  expect(heard).toHaveBeenCalledTimes(3);
  expect(watchers.topics).toEqual(["x", null]);
  stops[0]?.();
  stops[0]?.();
  expect(watchers.has("x")).toBe(true);
  stops[1]?.();
  expect(watchers.has("x")).toBe(false);
  watchers.tell("x");
  expect(heard).toHaveBeenCalledTimes(3);
});

test("one that stopped after all were cleared takes nothing from who came later", () => {
  const watchers = new Watchers();
  const stop = watchers.watch("x", () => {});
  watchers.clear();
  const heard = vi.fn<() => void>();
  watchers.watch("x", heard);
  stop();
  watchers.tell("x");
  expect(heard).toHaveBeenCalledTimes(1);
});
