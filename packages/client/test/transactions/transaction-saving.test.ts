import { expect, test } from "vitest";

import { QueueRig } from "./support/queue-rig.ts";
import { state } from "./support/queue-states.ts";

test("nobody is told that it is queued before the disk has it", () => {
  const rig = state("saving");
  expect(rig.fate("a")).toBe("saving");
  expect(rig.store().fate("a")).toBe("queued");
});

test("what cannot be stored fails, is undone, and never goes", () => {
  const rig = state("saving").storeFails("quota");
  expect(rig.fate("a")).toBe("failed: storeFailed quota");
  expect(rig.online().news()).toEqual(["show a", "undo a"]);
  expect(rig.queue.trouble.storeFailure).toBe("quota");
});

test("the trouble is over with the next operation that succeeds", () => {
  const rig = state("saving").storeFails("quota");
  rig.isAuto = true;
  expect(rig.make("b").queue.trouble).toEqual({ setAside: [], unknown: [] });
});

test("what is made while the disk is busy goes in one write, in its order", () => {
  const rig = state("saving").make("b").make("c");
  expect(rig.writes).toHaveLength(1);
  rig.store();
  const ids = rig.writes[1]?.map((change) => change.type === "add" && change.record.id);
  expect(ids).toEqual(["b", "c"]);
});

test("one that cannot be stored does not fail the others of its write", () => {
  const rig = state("saving").make("b").make("c").store();
  rig.storeFails("failed");
  expect(rig.writes.at(-1)).toHaveLength(1);
  rig.storeFails("quota");
  rig.isAuto = true;
  rig.store();
  expect(["a", "b", "c"].map((id) => rig.fate(id))).toEqual([
    "queued",
    "failed: storeFailed quota",
    "queued",
  ]);
  rig.isAuto = false;
  rig.make("d").make("e").store();
  expect(rig.writes.at(-1)).toHaveLength(1);
  rig.make("f").make("g").store();
  expect(rig.writes.at(-1)).toHaveLength(2);
});

test("a mark that cannot be stored keeps it from going, and is tried again, ever later", () => {
  const rig = state("queued");
  rig.isAuto = false;
  rig.online().news();
  const waits = [];
  for (let count = 0; count < 7; count++) {
    const since = rig.now;
    const writes = rig.writes.length;
    rig.storeFails("quota");
    while (rig.writes.length === writes && rig.now < since + 60_000) {
      rig.pass(250);
      if (rig.operation?.type === "claim") rig.claimAgain();
    }
    waits.push(rig.now - since);
    // A claim succeeds between, but that is another matter.
  }
  expect(rig.news()).toEqual([]);
  expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(rig.store().news()).toEqual(["send a"]);
});

test("while old changes wait, new ones are tried at once", () => {
  const rig = state("queued");
  rig.isAuto = false;
  rig.online().storeFails("quota").make("b").store();
  expect(rig.disk.has("b")).toBe(true);
});

test("what is done and cannot be taken out is not sent again, and is taken out later", () => {
  const rig = state("inFlight");
  rig.isAuto = false;
  rig.result("a").storeFails("failed");
  expect([rig.fate("a"), rig.disk.has("a")]).toEqual(["done: done", true]);
  rig.offline().online();
  expect(rig.news()).toEqual(["show a", "send a", "hide a"]);
  rig.isAuto = true;
  expect(rig.pass(1_000).disk.has("a")).toBe(false);
  expect(rig.queue.entries.size).toBe(0);
});

test("a change that was undone while it was written is written as it is now", () => {
  const rig = state("queued");
  rig.isAuto = false;
  rig.online().cancel("a").store();
  expect(rig.writes.at(-1)?.map(({ type }) => type)).toEqual(["remove"]);
  expect(rig.store().fate("a")).toBe("cancelled: cancelled");
});

test("nothing is stored while the disk has nothing to do", () => {
  const rig = state("inFlight").pass(29_000);
  expect(rig.writes).toHaveLength(1);
});

test("a store that cannot be opened fails what waits to be stored, and is tried again", () => {
  const rig = new QueueRig().tell({ type: "alarm" }).make("a").storeFails("blocked");
  expect(rig.fate("a")).toBe("failed: storeFailed blocked");
  expect(rig.queue.trouble.storeFailure).toBe("blocked");
  rig.make("b").pass(999);
  expect(rig.operation).toBeUndefined();
  expect(rig.pass(1).operation?.type).toBe("claim");
  expect(rig.claim().fate("b")).toBe("queued");
});

test("a later claim that fails does no harm", () => {
  const rig = new QueueRig().claim();
  rig.isAuto = false;
  rig.pass(30_000).make("a").storeFails("failed");
  expect(rig.store().fate("a")).toBe("queued");
  expect(rig.pass(1_000).operation?.type).toBe("claim");
});

test("after a success, the waits begin anew", () => {
  const rig = state("queued");
  rig.isAuto = false;
  rig.online().storeFails().pass(1_000).storeFails().pass(2_000).store();
  rig.failure("a", "internal").storeFails().news();
  const writes = rig.writes.length;
  expect(rig.pass(999).writes).toHaveLength(writes);
  expect(rig.pass(1).writes).toHaveLength(writes + 1);
});
