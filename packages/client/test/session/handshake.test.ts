import type { ServerMessage } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";
import { WELCOME } from "../../../testing/src/fake-transport.ts";
import { hello, readFirstReply, tokenLife } from "../../src/session/handshake.ts";

const facts = {
  client: { name: "app", version: "2" },
  capabilities: ["updates"],
  instanceId: "abc",
};

describe("the hello", () => {
  test("names the client, its instance and the session", () => {
    expect(hello(facts, 7, "secret", [{ bucket: "room:1" }])).toEqual({
      type: "hello",
      ...facts,
      session: 7,
      token: "secret",
      buckets: [{ bucket: "room:1" }],
    });
  });

  test("has no token when cookies carry it, and no buckets when there are none", () => {
    expect(hello(facts, 1, undefined, [])).toEqual({ type: "hello", ...facts, session: 1 });
  });

  test("sends an empty token as it is", () => {
    expect(hello(facts, 1, "", [])).toMatchObject({ token: "" });
  });
});

describe("the first reply", () => {
  const refuse: ServerMessage = { type: "refuse", action: "stop", code: "banned", message: "bye" };

  const { windowMs, heartbeat } = WELCOME;
  const welcomed = { type: "welcomed", windowMs, heartbeat };

  test.each<[string, ServerMessage, string | undefined, unknown]>([
    ["a welcome", WELCOME, undefined, welcomed],
    ["a welcome to the right account", WELCOME, "ada", welcomed],
    [
      "a welcome with an expiry",
      { ...WELCOME, tokenExpiresAt: WELCOME.serverTime + 5 },
      undefined,
      { ...welcomed, tokenExpiresInMs: 5 },
    ],
    ["a welcome to another account", WELCOME, "bob", { type: "accountMismatched" }],
    ["a refusal", refuse, "ada", { type: "refused", action: "stop", code: "banned" }],
    [
      "a refusal with delays",
      { ...refuse, retryAfterMs: 5, windowMs: 0 },
      undefined,
      { type: "refused", action: "stop", code: "banned", retryAfterMs: 5, windowMs: 0 },
    ],
    ["a result", { type: "result", id: 1 }, undefined, undefined],
    ["a goAway", { type: "goAway", windowMs: 1 }, undefined, undefined],
  ])("%s", (_name, message, expectedAccount, reply) => {
    expect(readFirstReply(message, expectedAccount)).toEqual(reply);
  });
});

test.each([
  [undefined, 5_000, {}],
  [7_000, 5_000, { tokenExpiresInMs: 2_000 }],
  [3_000, 5_000, { tokenExpiresInMs: 0 }],
])("a token that ends at %s has, at %s, this life: %o", (expiresAt, serverNow, life) => {
  expect(tokenLife(expiresAt, serverNow)).toEqual(life);
});
