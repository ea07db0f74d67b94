/** What people read, in tables. That no word is missing, the types say. */
import { CONNECTION_STATES } from "@holdfast/client/machine";
import { expect, test } from "vitest";

import {
  agoWords,
  bannerWords,
  blockerWords,
  countdownWords,
  durationWords,
  fateWords,
  reasonWords,
  stateWords,
} from "../../src/page/words.ts";

test.each(CONNECTION_STATES)("%s is told in a heading and a sentence", (state) => {
  const { title, text } = stateWords({ state, isRenewingToken: false });
  expect(title).toMatch(/^[A-Z][a-z ]+$/);
  expect(text).toMatch(/^[A-Z].+\.$/);
});

test("a wait for a new token says so", () => {
  const words = stateWords({ state: "waitingForConstraints", isRenewingToken: true });
  expect(words.title).toBe("Renewing the token");
});

test("a reason is a sentence", () => {
  expect(reasonWords("pingTimeout")).toBe("The server did not answer a ping in time.");
});

test("all that is missing is named, and nothing when nothing is", () => {
  expect(blockerWords([])).toBe("");
  expect(blockerWords(["network"])).toBe("Missing: a network.");
  expect(blockerWords(["auth", "frozen"])).toBe("Missing: a valid sign-in and an awake page.");
});

test.each([
  ["timedOut", false, "No answer in time: not sent"],
  ["timedOut", true, "No answer in time: may have been sent"],
  ["outcomeUnknown", true, "Connection lost: may have been sent"],
  ["neverSent", false, "No way to send it: not sent"],
] as const)("a message that met %s (it may have run: %s) reads: %s", (kind, mayHaveRun, words) => {
  expect(fateWords(kind, mayHaveRun)).toBe(words);
});

test("the banner tells a first connection from a lost one, and says when it is back", () => {
  expect(bannerWords({ isShown: false, state: "connecting" }, true)).toBe("");
  expect(bannerWords({ isShown: true, state: "connecting" }, false)).toContain("takes a while");
  expect(bannerWords({ isShown: true, state: "connecting" }, true)).toContain("lost");
  expect(bannerWords({ isShown: true, state: "connected" }, true)).toBe("Back online.");
});

test.each([
  [-5, "now"],
  [0, "now"],
  [2_440, "in 2.4 s"],
  [59_900, "in 59.9 s"],
  [60_000, "in 1 min"],
  [61_000, "in 2 min"],
])("%i ms from now is %s", (ms, words) => {
  expect(countdownWords(ms)).toBe(words);
});

test.each([
  [0.4, "under 1 ms"],
  [12.3, "12 ms"],
  [1_450, "1.4 s"],
])("%f ms take %s", (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});

test.each([
  [-3, "just now"],
  [4_900, "4 s ago"],
  [125_000, "2 min ago"],
])("%i ms after is %s", (ms, words) => {
  expect(agoWords(ms)).toBe(words);
});
