import { expect, test } from "vitest";

import { SharedMessage } from "../src/outbox.ts";
import { PreparedPushes } from "../src/prepared-pushes.ts";

const message = new SharedMessage({ type: "pong", nonce: 1, windowMs: 1 });
const data = { text: "hi" };

test("an encoding is found by the place and the content of its update, until it is forgotten", () => {
  const prepared = new PreparedPushes();
  prepared.add("room:1", "e", { seq: 3, at: 5, data }, message);
  expect(prepared.find("room:1", "e", { seq: 3, at: 5, data })).toBe(message);
  prepared.forget("room:1", 3);
  expect(prepared.find("room:1", "e", { seq: 3, at: 5, data })).toBeUndefined();
  expect(prepared.size).toBe(0);
});

test.each([
  ["bucket", "room:2", "e", { seq: 3, at: 5, data }],
  ["epoch", "room:1", "f", { seq: 3, at: 5, data }],
  ["number", "room:1", "e", { seq: 4, at: 5, data }],
  ["time", "room:1", "e", { seq: 3, at: 6, data }],
  ["object", "room:1", "e", { seq: 3, at: 5, data: { text: "hi" } }],
])(
  "an update of another %s is encoded anew: its unit may have been undone",
  (_, key, epoch, update) => {
    const prepared = new PreparedPushes();
    prepared.add("room:1", "e", { seq: 3, at: 5, data }, message);
    expect(prepared.find(key, epoch, update)).toBeUndefined();
  },
);
