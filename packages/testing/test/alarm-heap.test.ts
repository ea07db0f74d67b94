import { seededRandom } from "@holdfast/client";
import { expect, test } from "vitest";

import { AlarmHeap } from "../src/alarm-heap.ts";
import type { HeapAlarm } from "../src/alarm-heap.ts";

/** What comes out, first to last, as `deadline/order`. */
function emptied(heap: AlarmHeap): string[] {
  const out: string[] = [];
  for (let first = heap.first; first; first = heap.first) {
    out.push(`${first.deadline}/${first.order}`);
    heap.remove(first);
  }
  return out;
}

test("whatever is put in and taken out, the rest comes by deadline and then by age", () => {
  const random = seededRandom(7);
  for (let round = 0; round < 200; round++) {
    const heap = new AlarmHeap();
    const kept: HeapAlarm[] = [];
    for (let n = 0; n < 60; n++) {
      kept.push(heap.add(Math.floor(random() * 20), () => {}));
      if (random() < 0.4) {
        const [gone] = kept.splice(Math.floor(random() * kept.length), 1);
        if (gone) heap.remove(gone);
      }
    }
    expect(heap.size).toBe(kept.length);
    kept.sort((one, other) => one.deadline - other.deadline || one.order - other.order);
    expect(emptied(heap)).toEqual(kept.map(({ deadline, order }) => `${deadline}/${order}`));
  }
});

test("to take out what is not there any more changes nothing", () => {
  const heap = new AlarmHeap();
  const gone = heap.add(1, () => {});
  heap.add(2, () => {});
  heap.remove(gone);
  heap.remove(gone);
  expect(emptied(heap)).toEqual(["2/1"]);
});
