import { expect, test } from "vitest";

import { SharedMessage } from "../src/outbox.ts";
import { Subscribers } from "../src/subscribers.ts";

test("a push reaches the bucket's subscribers, once each, until they leave", () => {
  const subscribers = new Subscribers();
  const got: string[] = [];
  const [a, b] = ["a", "b"].map((name) => ({ push: () => got.push(name) }));
  if (!a || !b) throw new Error("unreachable");
  const message = new SharedMessage({ type: "goAway", windowMs: 1 });
  subscribers.add("room", a);
  subscribers.add("room", a);
  subscribers.add("room", b);
  subscribers.add("other", b);
  subscribers.push("room", message);
  subscribers.push("nobody", message);
  expect(got).toEqual(["a", "b"]);
  subscribers.remove("room", a);
  subscribers.remove("nobody", a);
  subscribers.push("room", message);
  expect(got).toEqual(["a", "b", "b"]);
});

test("a bucket without subscribers takes no room", () => {
  const subscribers = new Subscribers();
  const one = { push: () => undefined };
  subscribers.add("room", one);
  expect(subscribers.buckets).toBe(1);
  subscribers.remove("room", one);
  expect(subscribers.buckets).toBe(0);
});
