/** Times, durations and sizes in few characters. */
import { expect, test } from "vitest";

import {
  clockWords,
  countdownWords,
  countWords,
  durationWords,
  sizeWords,
} from "../../src/view/numbers.ts";

test.each([
  [0, "0 ms"],
  [0.4, "0 ms"],
  [1.72, "1.7 ms"],
  [9.96, "10 ms"],
  [250.4, "250 ms"],
  [1_240, "1.24 s"],
  [17_640, "17.6 s"],
  [59_960, "1 min 0 s"],
  [125_000, "2 min 5 s"],
  [4_320_000, "1 h 12 min"],
])("%d ms are %s", (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});

test.each([
  [-5, "0.0 s"],
  [2_449, "2.4 s"],
  [59_999, "60.0 s"],
  [61_000, "1 min 1 s"],
])("a countdown with %d ms left shows %s", (ms, words) => {
  expect(countdownWords(ms)).toBe(words);
});

test.each([
  [812, "812 B"],
  [1_440, "1.4 kB"],
  [2_000_000, "2.0 MB"],
])("%d bytes are %s", (bytes, words) => {
  expect(sizeWords(bytes)).toBe(words);
});

test("one is one, and a time of day has milliseconds", () => {
  expect([countWords(1, "frame"), countWords(2, "frame")]).toEqual(["1 frame", "2 frames"]);
  expect([clockWords(1e300), clockWords(Number.NaN)]).toEqual(["–", "–"]);
  expect(clockWords(250)).toMatch(/^\d\d:\d\d:00\.250$/);
});
