import { expect, test } from "vitest";

import {
  ALL_CAPABILITIES,
  capabilityOf,
  commonCapabilities,
  LIVE_CAPABILITIES,
} from "../src/index.ts";
import { fullClientMessages, fullServerMessages } from "./examples.ts";

test("what both sides named is common; words from the future are dropped", () => {
  expect(commonCapabilities(["updates", "log"], ["presence", "updates"])).toEqual(["updates"]);
  expect(commonCapabilities(ALL_CAPABILITIES, LIVE_CAPABILITIES)).toEqual(["updates"]);
  expect(commonCapabilities(LIVE_CAPABILITIES, [])).toEqual([]);
});

test("handshake, calls, pings, tokens and farewells need no capability", () => {
  const free = [...Object.values(fullClientMessages), ...Object.values(fullServerMessages)]
    .filter((message) => capabilityOf(message) === undefined)
    .map((message) => message.type);
  expect(new Set(free)).toEqual(
    new Set(
      ["hello", "ping", "token"].concat([
        "welcome",
        "result",
        "failure",
        "pong",
        "tokenAccepted",
        "refuse",
        "goAway",
      ]),
    ),
  );
});

test("a keyed call, and a cancel by key, need `keys`; plain ones do not", () => {
  const { call } = fullClientMessages;
  const { key: _key, ...plain } = call;
  expect(capabilityOf(call)).toBe("keys");
  expect(capabilityOf(plain)).toBeUndefined();
  expect(capabilityOf({ type: "cancel", id: 1, key: "k1" })).toBe("keys");
  expect(capabilityOf({ type: "cancel", id: 1 })).toBeUndefined();
});
