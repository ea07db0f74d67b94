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

/** The running writes come to their end, but no write that `isRefused` does. */
function write(rig: QueueRig, isRefused: (ids: readonly string[]) => boolean): void {
  for (let tries = 0; rig.operation?.type === "write" && tries < 20; tries++) {
    const ids = rig.operation.changes.map((one) =>
      one.type === "remove" ? one.id : one.record.id,
    );
    if (isRefused(ids)) rig.storeFails("failed");
    else rig.store();
  }
}

test("one old record that cannot be written holds up no other", () => {
  const rig = state("queued").make("b").make("c").make("d");
  rig.isAuto = false;
  const passBadly = (ms: number): void => write(rig.pass(ms), (ids) => ids.includes("a"));
  rig.online();
  for (const ms of [0, 1_000, 2_000]) passBadly(ms);
  expect(rig.news().filter((one) => one.startsWith("send"))).toEqual([
    "send b",
    "send c",
    "send d",
  ]);
  rig.result("b").failure("c", "no", { refused: true });
  for (const ms of [4_000, 4_000]) passBadly(ms);
  expect([...rig.disk.keys()]).toEqual(["a", "d"]);
  expect(rig.fate("c")).toBe("failed: rejected no");
  write(rig.pass(30_000), () => false);
  expect(rig.news()).toContain("send a");
});

test("a full disk is not asked for each record at once", () => {
  const rig = state("queued").make("b").make("c").make("d");
  rig.isAuto = false;
  const writes = rig.writes.length;
  write(rig.online(), () => true);
  expect(rig.writes).toHaveLength(writes + 2);
});

test("what failed leaves the disk after what fails with it, so that this never goes", () => {
  const rig = state("queued")
    .make("b", { blockers: ["a"] })
    .make("c");
  rig.isAuto = false;
  rig.make("d").store().cancel("a");
  const order: string[] = [];
  const isRefused = (ids: readonly string[]): boolean => {
    const [id = "", ...others] = ids;
    if (others.length || (id === "b" && !order.includes("b"))) return !!order.push(id);
    order.push(id);
    return false;
  };
  write(rig, isRefused);
  write(rig.pass(1_000), isRefused);
  write(rig.pass(2_000), isRefused);
  expect(order.lastIndexOf("a")).toBeGreaterThan(order.lastIndexOf("b"));
  expect([...rig.disk.keys()]).toEqual(["c", "d"]);
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
