/** What a session is asked, and what of its words still counts. */
import { expect, test } from "vitest";

import { SyncLink } from "../../src/sync/sync-link.ts";
import type { SyncRemote } from "../../src/sync/sync-remote.ts";

function remote() {
  const said: unknown[] = [];
  const it: SyncRemote = {
    fetch: () => expect.unreachable("not asked for"),
    subscribe: (positions) => void said.push(...positions),
    unsubscribe: (buckets) => void said.push(...buckets),
  };
  return { it, said };
}

test("what is subscribed within the hello travels with it, what comes later by itself", () => {
  const link = new SyncLink();
  const { it, said } = remote();
  const positions = link.become(it, () => {
    link.subscribe("room:1", { epoch: "e1", seq: 5 });
    link.subscribe("room:2", undefined);
  });
  expect(positions).toEqual([{ bucket: "room:1", epoch: "e1", after: 5 }, { bucket: "room:2" }]);
  expect(said).toEqual([]);
  link.subscribe("room:3", undefined);
  expect(said).toEqual([{ bucket: "room:3" }]);
});

test("until each unsubscribe is answered, what comes is of the past", () => {
  const link = new SyncLink();
  const { it, said } = remote();
  link.become(it, () => undefined);
  link.unsubscribe("room:1");
  link.unsubscribe("room:1");
  link.left("room:1");
  expect(link.isLeaving("room:1")).toBe(true);
  link.left("room:1");
  expect(link.isLeaving("room:1")).toBe(false);
  expect(said).toEqual(["room:1", "room:1"]);
});

test("another session owes no answers to the old one's words", () => {
  const link = new SyncLink();
  link.become(remote().it, () => undefined);
  link.unsubscribe("room:1");
  link.become(remote().it, () => undefined);
  expect(link.isLeaving("room:1")).toBe(false);
});

test("without a session nobody is told, and nothing is waited for", () => {
  const link = new SyncLink();
  link.unsubscribe("room:1");
  link.subscribe("room:1", undefined);
  expect(link.isLeaving("room:1")).toBe(false);
  expect(link.remote).toBeUndefined();
});
