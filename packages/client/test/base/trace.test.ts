import { expect, test } from "vitest";
import { Recorder } from "../../src/base/trace.ts";

function recorded(capacity: number, count: number) {
  const recorder = new Recorder<string, number>(capacity);
  for (let i = 0; i < count; i++) recorder.record(`e${i}`, i);
  return recorder.read();
}

test("a recorder keeps the last entries, in order, and the model before the oldest", () => {
  expect(recorded(3, 0)).toEqual({ before: undefined, entries: [], dropped: 0 });
  expect(recorded(3, 2)).toEqual({ before: 0, entries: ["e0", "e1"], dropped: 0 });
  expect(recorded(3, 3)).toEqual({ before: 0, entries: ["e0", "e1", "e2"], dropped: 0 });
  expect(recorded(3, 4)).toEqual({ before: 1, entries: ["e1", "e2", "e3"], dropped: 1 });
  expect(recorded(3, 8)).toEqual({ before: 5, entries: ["e5", "e6", "e7"], dropped: 5 });
});

test("a recorder keeps 500 entries unless told otherwise", () => {
  const recorder = new Recorder<number, number>();
  for (let i = 0; i < 700; i++) recorder.record(i, i);
  const { entries, before, dropped } = recorder.read();
  expect([entries.length, entries[0], before, dropped]).toEqual([500, 200, 200, 200]);
});
