import { expect, test } from "vitest";

import { HOUR_MS, QueueRig } from "./support/queue-rig.ts";
import { state } from "./support/queue-states.ts";

/** The state, and what its user knows after cancelling, or after the deadline. */
test.each([
  ["saving", "saving", "saving"],
  ["unclaimed", "cancelled: cancelled", "failed: timedOut"],
  ["queued", "cancelled: cancelled", "failed: timedOut"],
  ["unsent", "cancelled: cancelled", "failed: timedOut"],
  ["lost", "cancelling", "cancelling"],
  ["inFlight", "cancelling", "cancelling"],
  ["waiting", "cancelling", "cancelling"],
  ["acked", "acked: done", "done: done"],
  ["cancelling", "cancelling", "cancelling"],
  ["asked", "cancelling", "cancelling"],
  ["keyless", "cancelling", "cancelling"],
])("%s: cancelled it is %s, past its deadline it is %s (L34, L43)", (from, cancelled, overdue) => {
  expect(state(from).cancel("a").fate("a")).toBe(cancelled);
  expect(
    state(from)
      .pass(24 * HOUR_MS)
      .fate("a"),
  ).toBe(overdue);
});

test.each(["cancelled: cancelled", "failed: timedOut"])(
  "cancelled or overdue while it is first stored, it is taken out again, then told (%s) (L33)",
  (told) => {
    const rig = new QueueRig().claim();
    rig.isAuto = false;
    rig.make("a", { deadlineMs: 1_000 });
    if (told.startsWith("failed")) rig.pass(1_000);
    else rig.cancel("a");
    expect(rig.news()).toEqual(["show a", "undo a"]);
    rig.store();
    expect([rig.fate("a"), rig.disk.has("a")]).toEqual(["cancelling", true]);
    rig.online().store();
    expect([rig.fate("a"), rig.disk.has("a"), rig.news()]).toEqual([told, false, []]);
  },
);

test("cancelled while it is first stored, and that fails: it is cancelled all the same", () => {
  const rig = state("saving").cancel("a").storeFails();
  expect([rig.fate("a"), rig.queue.entries.size]).toEqual(["cancelled: cancelled", 0]);
});

test("what may have run is cancelled on disk before the server is asked", () => {
  const rig = state("inFlight");
  rig.isAuto = false;
  rig.news();
  rig.cancel("a");
  expect(rig.news()).toEqual([]);
  rig.store();
  expect([rig.news(), rig.disk.get("a")?.phase]).toEqual([["cancel a"], "cancelling"]);
});

test("a cancellation offline is asked at the next session, also after a reload", () => {
  const rig = state("cancelling");
  rig.news();
  expect(rig.online().news()).toEqual(["cancel a"]);
  const other = new QueueRig();
  const [record] = rig.disk.values();
  other.claim(record ? [{ record, rules: { repeatable: false } }] : []);
  expect(other.online().news()).toEqual(["show a", "cancel a"]);
  expect(other.fate("a")).toBe("cancelling");
});

test("cancelled too late: it is done, and says so", () => {
  const rig = state("asked");
  rig.answer("cancel a", { type: "result", output: "a!" });
  expect([rig.fate("a"), rig.ends.get("a")?.output]).toEqual(["done: done", "a!"]);
  rig.answer("a", { type: "result", output: "a!" });
  expect(rig.news().filter((what) => what === "hide a")).toHaveLength(1);
});

test("past its deadline and perhaps done, the server decides", () => {
  const cancelled = { type: "failure", code: "cancelled", message: "" } as const;
  const rig = state("lost")
    .pass(24 * HOUR_MS)
    .online();
  expect(rig.answer("cancel a", cancelled).fate("a")).toBe("failed: timedOut");
  const done = state("lost")
    .pass(24 * HOUR_MS)
    .online();
  expect(done.answer("cancel a", { type: "result", output: 1 }).fate("a")).toBe("done: done");
});

test("a cancellation by the user stays one, whatever the deadline", () => {
  const rig = state("cancelling")
    .pass(24 * HOUR_MS)
    .online();
  rig.answer("cancel a", { type: "failure", code: "cancelled", message: "" });
  expect(rig.fate("a")).toBe("cancelled: cancelled");
});

test("without keys nobody can be asked: what may have run ends unknown", () => {
  const waiting = state("keyless").cancel("a");
  expect(waiting.fate("a")).toBe("cancelling");
  expect(waiting.answer("a", { type: "lost" }).fate("a")).toBe("failed: outcomeUnknown");
  const late = state("keyless").cancel("a").result("a");
  expect(late.fate("a")).toBe("done: done");
  expect(state("keyless").news()).toEqual(["show a", "send a"]);
});

test("a success is told at once; whatever else happens is told when the disk has forgotten it", () => {
  const done = state("inFlight");
  done.isAuto = false;
  expect(done.result("a").ends.get("a")?.phase).toBe("done");
  const failed = state("inFlight");
  failed.isAuto = false;
  failed.failure("a", "noSuchRoom");
  expect([failed.fate("a"), failed.news()]).toEqual(["queued", ["show a", "send a", "undo a"]]);
  expect(failed.store().fate("a")).toBe("failed: rejected noSuchRoom");
});

test("what waits for it goes when it is done, and both are written at once", () => {
  const rig = new QueueRig()
    .claim()
    .online()
    .make("a")
    .make("b", { blockers: ["a"] });
  expect(rig.news()).toEqual(["show a", "send a", "show b"]);
  rig.writes.length = 0;
  rig.result("a");
  const kinds = rig.writes.map((changes) => changes.map(({ type }) => type));
  expect(kinds).toEqual([["put", "remove"]]);
  expect(rig.disk.get("b")?.blockers).toEqual([]);
  expect(rig.news()).toEqual(["hide a", "send b"]);
});

test("what waits for several goes after the last", () => {
  const rig = new QueueRig().claim().online();
  rig
    .make("a")
    .make("b")
    .make("c", { blockers: ["a", "b"] })
    .news();
  expect(rig.result("b").news()).toEqual(["hide b"]);
  expect(rig.result("a").news()).toEqual(["hide a", "send c"]);
});

test("what waits for something that fails, fails with it, down the line and in one write", () => {
  const rig = new QueueRig().claim().online();
  rig
    .make("a")
    .make("b", { blockers: ["a"] })
    .make("c", { blockers: ["b"] })
    .make("d");
  rig.writes.length = 0;
  rig.news();
  rig.failure("a", "noSuchRoom");
  expect(rig.news()).toEqual(["undo c", "undo b", "undo a"]);
  expect(rig.writes).toHaveLength(1);
  expect(["a", "b", "c", "d"].map((id) => rig.fate(id))).toEqual([
    "failed: rejected noSuchRoom",
    "failed: blockerFailed",
    "failed: blockerFailed",
    "inFlight",
  ]);
  expect([...rig.disk.keys()]).toEqual(["d"]);
});

test("what waits for something that was cancelled fails too, before it is stored as well (B32)", () => {
  const rig = new QueueRig()
    .make("a")
    .make("b", { blockers: ["a"] })
    .cancel("a");
  expect([rig.fate("a"), rig.fate("b")]).toEqual(["cancelled: cancelled", "failed: blockerFailed"]);
  expect(rig.queue.dependants.size).toBe(0);
});

test("a transaction made to wait for what has failed, fails at once", () => {
  const rig = new QueueRig().claim().make("b", { blockers: ["a"], hasFailedBlocker: true });
  expect([rig.fate("b"), rig.queue.entries.size, rig.news()]).toEqual([
    "failed: blockerFailed",
    0,
    [],
  ]);
  const failing = state("inFlight");
  failing.isAuto = false;
  failing.failure("a", "noSuchRoom").make("b", { blockers: ["a"] });
  expect(failing.fate("b")).toBe("failed: blockerFailed");
});

test("a blocker that nobody knows counts as done (L46)", () => {
  const rig = new QueueRig()
    .claim()
    .online()
    .make("b", { blockers: ["gone"] });
  expect([rig.news(), rig.disk.get("b")?.blockers]).toEqual([["show b", "send b"], []]);
  const early = new QueueRig()
    .make("b", { blockers: ["gone"] })
    .claim()
    .online();
  expect(early.news()).toEqual(["show b", "send b"]);
});

test("a cancellation takes no place from others that may go", () => {
  const rig = new QueueRig({ inFlightMax: 2 }).claim().online().make("a", { lane: "l" });
  rig.isAuto = false;
  rig.cancel("a").make("b").store().store();
  expect(rig.news()).toEqual(["show a", "send a", "show b", "cancel a", "send b"]);
});

test("a cancellation does not wait for the next try of what it cancels", () => {
  const rig = state("waiting");
  rig.news();
  expect(rig.cancel("a").news()).toEqual(["cancel a"]);
});

test("what ended before what it waited for is not touched again", () => {
  const rig = state("inFlight")
    .make("b", { blockers: ["a"] })
    .cancel("b");
  rig.writes.length = 0;
  rig.result("a");
  expect(rig.writes).toEqual([[{ type: "remove", id: "a" }]]);
});

test("a success is done when it is seen, whatever the disk takes", () => {
  const rig = state("acked");
  rig.isAuto = false;
  rig.tell({ type: "bucketReached", bucket: "log", seq: 7, keys: [] });
  expect([rig.fate("a"), rig.disk.has("a")]).toEqual(["done: done", true]);
});

test("that it is being cancelled is told when the disk knows", () => {
  const rig = state("lost");
  rig.isAuto = false;
  expect(rig.cancel("a").fate("a")).toBe("queued");
  expect(rig.store().fate("a")).toBe("cancelling");
});
