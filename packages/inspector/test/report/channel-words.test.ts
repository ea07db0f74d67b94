/** Words on a channel that others may use too. */
import { expect, test } from "vitest";

import { channelWord } from "../../src/report/channel-words.ts";

test.each([
  [{ holdfast: "look", more: 1 }, { holdfast: "look" }],
  [
    { holdfast: "report", id: "a", text: "{}" },
    { holdfast: "report", id: "a", text: "{}" },
  ],
  [
    { holdfast: "gone", id: "a" },
    { holdfast: "gone", id: "a" },
  ],
])("ours is understood: %j", (message, word) => {
  expect(channelWord(message)).toEqual(word);
});

test.each([
  [null],
  ["look"],
  [{}],
  [{ holdfast: "else", id: "a", text: "" }],
  [{ holdfast: "report", id: "a" }],
  [{ holdfast: "report", text: "{}" }],
  [{ holdfast: "report", id: "x".repeat(65), text: "{}" }],
  [{ holdfast: "gone", id: 7 }],
])("anything else is passed over: %j", (message) => {
  expect(channelWord(message)).toBeUndefined();
});
