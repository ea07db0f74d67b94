import { expect, test } from "vitest";
import { Subscriptions } from "../../src/session/subscriptions.ts";

test("a bucket is being left until the server has confirmed each unsubscription", () => {
  const subscriptions = new Subscriptions();
  expect(subscriptions.isLeaving("a")).toBe(false);
  subscriptions.leave(["a", "b"]);
  subscriptions.leave(["a"]);
  subscriptions.left("a");
  expect(subscriptions.isLeaving("a")).toBe(true);
  subscriptions.left("a");
  expect(subscriptions.isLeaving("a")).toBe(false);
  expect(subscriptions.isLeaving("b")).toBe(true);
});

test("a subscription that the server ended of itself leaves no debt", () => {
  const subscriptions = new Subscriptions();
  subscriptions.left("a");
  subscriptions.leave(["a"]);
  subscriptions.left("a");
  expect(subscriptions.isLeaving("a")).toBe(false);
});
