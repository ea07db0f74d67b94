import { expect, test } from "vitest";

import { SessionRegistry } from "../src/session-registry.ts";

const one = { account: "ada", instanceId: "i", session: 1 };
const two = { account: "ada", instanceId: "i", session: 2 };
const other = { account: "ada", instanceId: "j", session: 1 };

test("a client object has one place; who takes it is told whose it was", () => {
  const registry = new SessionRegistry();
  expect(registry.add(one)).toBeUndefined();
  expect(registry.find("ada", "i")).toBe(one);
  expect(registry.add(two)).toBe(one);
  expect(registry.size).toBe(1);
  expect(registry.of("ada")).toEqual([two]);
});

test("a session whose place was taken cannot clear it (B54)", () => {
  const registry = new SessionRegistry();
  registry.add(one);
  registry.add(two);
  registry.remove(one);
  expect(registry.find("ada", "i")).toBe(two);
  registry.remove(two);
  registry.remove(two);
  expect(registry.size).toBe(0);
});

test("an account has the sessions of all its client objects, and no others", () => {
  const registry = new SessionRegistry();
  registry.add(one);
  registry.add(other);
  registry.add({ ...one, account: "bob" });
  expect(registry.of("ada")).toEqual([one, other]);
  expect(["ada", "bob", "nobody"].map((account) => registry.countOf(account))).toEqual([2, 1, 0]);
  registry.remove(one);
  expect(registry.of("ada")).toEqual([other]);
  expect(registry.of("nobody")).toEqual([]);
  expect(registry.find("ada", "i")).toBeUndefined();
  registry.remove(other);
  expect([registry.countOf("ada"), registry.size]).toEqual([0, 1]);
  expect(registry.add(two)).toBeUndefined();
  expect(registry.of("ada")).toEqual([two]);
});
