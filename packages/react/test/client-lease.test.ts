import type { RealtimeClient } from "@holdfast/client";
import { ManualClock } from "@holdfast/testing";
import { expect, test } from "vitest";

import { ClientLease } from "../src/client-lease.ts";

function leased() {
  const clock = new ManualClock();
  const did: string[] = [];
  const client = { clock, start: () => did.push("start"), close: () => did.push("close") };
  const lease = new ClientLease(() => client as unknown as RealtimeClient);
  const hold = () => lease.hold(() => did.push("ended"));
  return { clock, did, lease, hold };
}

test("who comes back within a turn finds the client alive", () => {
  const { clock, did, lease, hold } = leased();
  hold()();
  const release = hold();
  clock.advance(1_000);
  expect(lease.isOver).toBe(false);
  expect(did).not.toContain("close");
  release();
  clock.flush();
  expect(did.filter((word) => word === "close")).toHaveLength(1);
  expect([lease.isOver, clock.pending]).toEqual([true, 0]);
});

test("what is over starts no more, and was made without any effect", () => {
  const { clock, did, lease, hold } = leased();
  expect(did).toEqual([]);
  hold()();
  clock.flush();
  lease.start();
  expect(did).toEqual(["start", "close", "ended"]);
});
