import { expect, test } from "vitest";

import { memoryStore } from "../../src/stores/memory.ts";
import { StoreBed } from "./store-bed.ts";

// What every store does is in server-store.test.ts.

test("each store has an epoch of its own, for it starts with nothing", async () => {
  const epochs = await Promise.all(
    [memoryStore(), memoryStore()].map(async (store) => {
      const [range] = await store.ranges(["a"]);
      return range?.epoch;
    }),
  );
  expect(epochs[0]).toMatch(/^[0-9a-f]{16}$/);
  expect(epochs[0]).not.toBe(epochs[1]);
});

test("a unit is run within the call that commits it", async () => {
  const store = memoryStore();
  let ran = false;
  const commit = store.commit({ run: () => (ran = true) });
  expect(ran).toBe(true);
  await commit;
});

test("it needs no turn of the clock, and leaves none", async () => {
  const bed = new StoreBed();
  const store = bed.open("memory");
  store.watch(() => undefined);
  await store.commit({ run: (tx) => tx.append("a", 1, 0) });
  expect(bed.clock.pending).toBe(0);
});
