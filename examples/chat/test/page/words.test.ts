/** What people read, in tables. That no word is missing, the types say. */
import { SyncError } from "@holdfast/client/durable";
import { CONNECTION_STATES } from "@holdfast/client/machine";
import { expect, test } from "vitest";

import {
  agoWords,
  bannerWords,
  blockerWords,
  countdownWords,
  durationWords,
  failureWords,
  phaseWords,
  readWords,
  reasonWords,
  stateWords,
  troubleWords,
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

test("a connection that brings what was missed says so, unless the token is in doubt", () => {
  const open = { state: "open", isUpdating: true } as const;
  expect(stateWords({ ...open, isRenewingToken: false }).title).toBe("Catching up");
  expect(stateWords({ ...open, isRenewingToken: true }).title).toBe("Renewing the token");
});

test.each([
  ["saving", "Saving…"],
  ["queued", "Waiting to be sent"],
  ["inFlight", "Sending…"],
  ["acked", "Sent"],
  ["cancelling", "Being taken back…"],
] as const)("a message that is %s reads: %s", (phase, words) => {
  expect(phaseWords(phase)).toBe(words);
});

test.each([
  ["rejected", "noCommands", "The server declined: the room takes no /commands"],
  ["rejected", "other", "The server declined"],
  ["cancelled", undefined, "Taken back: nobody has it"],
  ["storeFailed", "quota", "It could not be stored on this device"],
  ["storeFailed", "noAccount", "Not stored: nobody is signed in"],
] as const)("a message that is %s (%s) reads: %s", (kind, code, words) => {
  expect(failureWords({ kind, code })).toBe(words);
});

test.each([
  [undefined, undefined, "–"],
  [undefined, 9, "0 of 9"],
  [7, undefined, "7"],
  [7, 9, "7 of 9"],
  [9, 9, "9"],
])("stored up to %s of %s reads: %s", (seq, head, words) => {
  const cursor = seq === undefined ? undefined : { epoch: "e", seq };
  expect(readWords({ cursor, head })).toBe(words);
});

test("what a device cannot do is said, and nothing when it can", () => {
  const room = { phase: "live", cursor: undefined, head: undefined } as const;
  const error = new SyncError("applyFailed", {});
  expect(troubleWords(undefined, room)).toBe("");
  expect(troubleWords("quota", room)).toBe("This device cannot store anything: quota.");
  expect(troubleWords(undefined, { ...room, error })).toContain("applyFailed");
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
  [0.4, "< 1 ms"],
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
