import { expect, test } from "vitest";

import { HOUR_MS, QueueRig } from "./support/queue-rig.ts";
import { state } from "./support/queue-states.ts";

test("what was stored shows in order, before anything is sent (L40)", () => {
  const rig = new QueueRig().online();
  rig.claim([rig.loaded("b", { order: 2 }), rig.loaded("a", { order: 1 })]);
  expect(rig.news()).toEqual(["show a", "show b", "send a", "send b"]);
  expect(rig.fate("a")).toBe("inFlight");
});

test("what is made before the stored ones are here comes after them (L37, L40)", () => {
  const rig = new QueueRig().online().make("c", { lane: "l" });
  expect(rig.news()).toEqual(["show c"]);
  rig.claim([rig.loaded("a", { order: 1, lane: "l" }), rig.loaded("b", { order: 2, lane: "l" })]);
  expect(rig.news()).toEqual(["show a", "show b", "send a"]);
  expect([...rig.queue.entries.keys()]).toEqual(["a", "b", "c"]);
  expect(rig.result("a").result("b").news()).toEqual(["hide a", "send b", "hide b", "send c"]);
});

test("even if the wall's clock was set back, and undoing what shows already", () => {
  const rig = new QueueRig().make("c").make("d");
  const late = rig.wallNow + HOUR_MS;
  rig.cancel("d").make("e").news();
  rig.claim([rig.loaded("a", { order: late })]);
  expect(rig.news()).toEqual(["undo e", "undo c", "show a", "show c", "show e"]);
  expect([...rig.queue.entries.keys()]).toEqual(["a", "c", "e"]);
  expect(rig.disk.get("c")?.order).toBeGreaterThan(late);
  expect(rig.disk.get("e")?.order).toBeGreaterThan(rig.disk.get("c")?.order ?? Infinity);
  expect(rig.make("f").disk.get("f")?.order).toBeGreaterThan(rig.disk.get("e")?.order ?? Infinity);
});

test("of a lane, what may have run goes first", () => {
  const rig = new QueueRig();
  const sent = rig.loaded("b", { order: 2, lane: "l", sentAt: rig.wallNow });
  rig.claim([rig.loaded("a", { order: 1, lane: "l" }), sent]).online();
  expect(rig.news()).toEqual(["show a", "show b", "send b"]);
});

test("what others left is adopted while this one works, and waits for its turn", () => {
  const rig = new QueueRig().claim().online().make("b", { lane: "l" });
  rig.news();
  rig.disk.set("a", rig.record("a", { order: 1, lane: "l", sentAt: rig.wallNow }));
  expect(rig.pass(30_000).news()).toEqual(["show a"]);
  expect(rig.result("b").news()).toEqual(["hide b", "send a"]);
});

test("what was adopted leaves its outcome to whoever made it, what was not leaves nothing", () => {
  const rig = new QueueRig();
  rig
    .claim([rig.loaded("a"), rig.loaded("b")])
    .online()
    .make("c");
  rig.result("a").failure("b", "full", { data: 1 }).result("c");
  expect([...rig.outcomes.values()]).toEqual([
    { id: "a", endedAt: rig.wallNow, phase: "done", output: "a!" },
    {
      id: "b",
      endedAt: rig.wallNow,
      phase: "failed",
      error: { kind: "rejected", code: "full", data: 1 },
    },
  ]);
});

test("records that no definition fits stay, are reported, do not show, and hold their lane", () => {
  const rig = new QueueRig();
  const unknown = { record: rig.record("a", { order: 1, lane: "l" }), rules: undefined };
  rig.claim([unknown, rig.loaded("b", { order: 2, lane: "l" })]).online();
  expect(rig.news()).toEqual(["show b"]);
  expect(rig.queue.trouble.unknown).toEqual(["a"]);
  expect(rig.disk.has("a")).toBe(true);
});

test("what was stored is told to be queued", () => {
  const rig = new QueueRig();
  expect(rig.claim([rig.loaded("a")]).phases.get("a")).toBe("queued");
});

test("deadlines of what is adopted later are kept too", () => {
  const rig = new QueueRig().claim();
  rig.disk.set("a", rig.record("a", { deadlineMs: 20_000 }));
  rig.disk.set("b", rig.record("b", { deadlineMs: 35_000 }));
  rig.pass(30_000);
  expect([rig.fate("a"), rig.fate("b")]).toEqual(["failed: timedOut", "queued"]);
  expect(rig.pass(5_000).fate("b")).toBe("failed: timedOut");
});

test("what another was cancelling goes on being cancelled", () => {
  const rig = state("queued").tell({ type: "frozen" }).tell({ type: "thawed" });
  const [theirs] = rig.disk.values();
  if (theirs) rig.disk.set("a", { ...theirs, phase: "cancelling", sentAt: rig.wallNow });
  expect(rig.claimAgain().fate("a")).toBe("cancelling");
});

test("what is done and could not be taken out before a freeze is not sent after it", () => {
  const rig = state("inFlight");
  rig.isAuto = false;
  rig.result("a").storeFails("failed");
  rig.tell({ type: "frozen" }).offline().tell({ type: "thawed" });
  rig.isAuto = true;
  rig.claimAgain().online().pass(2_000);
  expect([rig.disk.size, rig.queue.entries.size]).toEqual([0, 0]);
  expect(rig.news().filter((what) => what === "send a")).toHaveLength(1);
});

test("what cannot be read is reported, and what waits for it goes on waiting", () => {
  const rig = new QueueRig();
  const setAside = [{ id: "x", reason: "corrupt" }] as const;
  rig.claim([rig.loaded("b", { blockers: ["x", "gone"] })], setAside).online();
  expect(rig.queue.trouble.setAside).toBe(setAside);
  expect([rig.news(), rig.disk.get("b")?.blockers]).toEqual([["show b"], ["x"]]);
});

test("an input of another version shows as today's, and is sent so if it never was", () => {
  const rig = new QueueRig();
  const migrated = { input: "new", inputVersion: 2, method: "add2" };
  const sent = rig.loaded("b", { sentAt: rig.wallNow, order: 2 });
  rig
    .claim([
      { ...rig.loaded("a"), migrated },
      { ...sent, migrated },
    ])
    .online();
  const shown = rig.effects.flatMap((effect) => (effect.type === "show" ? [effect.input] : []));
  const calls = rig.effects.flatMap((effect) => (effect.type === "send" ? [effect.call] : []));
  expect(shown).toEqual(["new", "new"]);
  expect(calls.map(({ method, input }) => [method, input])).toEqual([
    ["add", { id: "b" }],
    ["add2", "new"],
  ]);
  expect(rig.disk.get("a")?.inputVersion).toBe(2);
});

test("blockers survive a reload", () => {
  const rig = new QueueRig();
  rig.claim([rig.loaded("a", { order: 1 }), rig.loaded("b", { order: 2, blockers: ["a"] })]);
  expect(rig.online().news()).toEqual(["show a", "show b", "send a"]);
  expect(rig.failure("a", "full").fate("b")).toBe("failed: blockerFailed");
});

test("deadlines pass while nobody is there", () => {
  const rig = new QueueRig();
  const sent = rig.loaded("b", { deadlineMs: -1, sentAt: rig.wallNow });
  rig.claim([rig.loaded("a", { deadlineMs: 0 }), sent]).online();
  expect([rig.fate("a"), rig.fate("b")]).toEqual(["failed: timedOut", "cancelling"]);
  expect(rig.news()).toEqual(["show a", "show b", "undo a", "cancel b"]);
});

test("what another took and left is past its deadline at once, if its time is over", () => {
  const rig = state("queued");
  rig.isAuto = false;
  rig.online().store(["a"]);
  rig.isAuto = true;
  rig.claimAgain(["a"]).sleep(25 * HOUR_MS);
  expect([rig.queue.foreign.size, rig.fate("a")]).toEqual([1, "queued"]);
  rig.theirs.clear();
  expect(rig.tell({ type: "alarm" }).fate("a")).toBe("failed: timedOut");
});

test("a frozen page gives up its lock at once, and neither stores nor sends", () => {
  const rig = state("queued");
  rig.news();
  rig.tell({ type: "frozen" });
  expect(rig.news()).toEqual(["release"]);
  const writes = rig.writes.length;
  rig.online().make("b").pass(60_000);
  expect([rig.news(), rig.writes.length, rig.operation]).toEqual([["show b"], writes, undefined]);
});

test("a claim that ends in a frozen page is given up again", () => {
  const rig = new QueueRig().tell({ type: "alarm" }).tell({ type: "frozen" });
  rig.news();
  rig.claim([rig.loaded("a")]);
  expect([rig.news(), rig.queue.entries.size]).toEqual([["release"], 0]);
  rig.tell({ type: "thawed" });
  expect(rig.operation?.type).toBe("claim");
});

test("after a thaw, what nobody took goes on", () => {
  const rig = state("queued").tell({ type: "frozen" }).online();
  rig.news();
  rig.tell({ type: "thawed" });
  expect(rig.news()).toEqual([]);
  expect(rig.claimAgain().news()).toEqual(["send a"]);
});

test("after a thaw, what another took is left to it, and its outcome is heard", () => {
  const rig = state("queued").online().offline().tell({ type: "frozen" }).tell({ type: "thawed" });
  rig.claimAgain(["a"]).online();
  expect(rig.news()).toEqual(["show a", "send a", "release"]);
  expect([rig.fate("a"), rig.queue.foreign.size]).toEqual(["queued", 1]);
  rig.outcomes.set("a", { id: "a", endedAt: rig.wallNow, phase: "done", output: "theirs" });
  rig.tell({ type: "storeChanged" }).pass(1_000);
  expect([rig.fate("a"), rig.ends.get("a")?.output]).toEqual(["done: done", "theirs"]);
  expect([rig.news(), rig.queue.entries.size]).toEqual([["hide a"], 0]);
});

test.each([
  [{ phase: "cancelled", error: { kind: "cancelled" } }, "cancelled: cancelled"],
  [{ phase: "failed", error: { kind: "rejected", code: "full" } }, "failed: rejected full"],
  [{ phase: "failed" }, "failed: outcomeUnknown"],
] as const)("a bad end elsewhere is heard too: %j", (end, told) => {
  const rig = state("queued").tell({ type: "frozen" }).tell({ type: "thawed" });
  rig.claimAgain(["a"]).news();
  rig.outcomes.set("a", { id: "a", endedAt: rig.wallNow, ...end });
  rig.outcomes.set("other", { id: "other", endedAt: rig.wallNow, phase: "done" });
  rig.pass(30_000);
  expect([rig.fate("a"), rig.news()]).toEqual([told, ["undo a"]]);
  // It is another's: there is nothing to take out here.
  expect(rig.writes).toHaveLength(1);
  expect([rig.queue.foreign.size, rig.queue.entries.size]).toEqual([0, 0]);
});

test("what is foreign holds its lane and its dependants", () => {
  const rig = state("queued").tell({ type: "frozen" }).tell({ type: "thawed" });
  rig
    .make("b", { blockers: ["a"] })
    .claimAgain(["a"])
    .online();
  expect(rig.news()).toEqual(["show a", "release", "show b"]);
  rig.disk.delete("a");
  rig.outcomes.set("a", { id: "a", endedAt: rig.wallNow, phase: "done" });
  expect(rig.pass(30_000).news()).toEqual(["hide a", "send b"]);
});

test("what is foreign cannot be cancelled from here, and does not time out here", () => {
  const rig = state("queued").tell({ type: "frozen" }).tell({ type: "thawed" });
  rig
    .claimAgain(["a"])
    .cancel("a")
    .pass(25 * HOUR_MS);
  expect(rig.fate("a")).toBe("queued");
});

test("an outcome that never comes is unknown two days after the deadline", () => {
  const rig = state("queued").tell({ type: "frozen" }).tell({ type: "thawed" });
  rig.claimAgain(["a"]);
  rig.disk.delete("a");
  expect(rig.pass(72 * HOUR_MS - 60_000).fate("a")).toBe("queued");
  expect(rig.pass(120_000).fate("a")).toBe("failed: outcomeUnknown");
  expect(rig.writes).toHaveLength(1);
});

test("what came back from another goes on from where that one left it", () => {
  const rig = state("queued").tell({ type: "frozen" }).tell({ type: "thawed" });
  const [theirs] = rig.disk.values();
  rig.claimAgain(["a"]).online();
  if (theirs) rig.disk.set("a", { ...theirs, sentAt: rig.wallNow, attempts: 3 });
  rig.theirs.clear();
  rig.news();
  rig.pass(30_000);
  expect([rig.news(), rig.queue.foreign.size]).toEqual([["send a"], 0]);
  expect(rig.queue.entries.get("a")?.record.attempts).toBe(3);
  expect(rig.result("a").outcomes.get("a")?.phase).toBe("done");
});

test("what another took, sent and left while this one stood still is not cancelled unasked", () => {
  const rig = state("queued");
  const sent = rig.loaded("a", { sentAt: rig.wallNow });
  rig.pass(29_999).tell({ type: "storeChanged" }).claim([sent], [], ["a"]);
  expect(rig.cancel("a").fate("a")).toBe("cancelling");
  expect(rig.online().news()).toEqual(["show a", "cancel a"]);
  // Nor if this one had marked it, and knew that it had not sent it.
  const unsent = state("unsent");
  const [stored] = unsent.disk.values();
  if (stored) unsent.claim([{ record: stored, rules: { repeatable: false } }], [], ["a"]);
  expect(unsent.cancel("a").fate("a")).toBe("cancelling");
});

test("a wish to cancel survives a thaw; what was sent elsewhere is asked", () => {
  const rig = state("queued").tell({ type: "frozen" }).cancel("a").tell({ type: "thawed" });
  const [theirs] = rig.disk.values();
  if (theirs) rig.disk.set("a", { ...theirs, sentAt: rig.wallNow });
  rig.claimAgain().online();
  expect([rig.fate("a"), rig.news().at(-1)]).toEqual(["cancelling", "cancel a"]);
  const never = state("queued").tell({ type: "frozen" }).cancel("a").tell({ type: "thawed" });
  expect(never.claimAgain().fate("a")).toBe("cancelled: cancelled");
});

test("a decision of ours about what another took meanwhile does not count", () => {
  const rig = state("inFlight");
  rig.isAuto = false;
  rig.failure("a", "noSuchRoom").store(["a"]);
  expect([rig.ends.has("a"), rig.queue.foreign.size]).toEqual([false, 1]);
  expect(rig.operation?.type).toBe("readOutcomes");
  const error = { kind: "timedOut" } as const;
  rig.outcomes.set("a", { id: "a", endedAt: rig.wallNow, phase: "failed", error });
  rig.readOutcomes();
  expect([rig.fate("a"), rig.operation]).toEqual(["failed: timedOut", undefined]);
  const done = state("inFlight");
  done.isAuto = false;
  done.result("a").store(["a"]);
  expect([done.fate("a"), done.queue.entries.size]).toEqual(["done: done", 0]);
  const acked = state("acked").tell({ type: "frozen" }).tell({ type: "thawed" });
  acked.claimAgain(["a"]);
  expect([acked.fate("a"), acked.queue.entries.size, acked.queue.awaiting.size]).toEqual([
    "done: done",
    0,
    0,
  ]);
});

test("a put that comes too late leaves the record to whoever took it", () => {
  const rig = state("queued");
  rig.isAuto = false;
  rig.online().news();
  rig.store(["a"]);
  expect([rig.news(), rig.queue.foreign.size, rig.queue.dirty.size]).toEqual([[], 1, 0]);
});

test("others' leftovers are looked for every 30 s, and soon after a change, not at once again", () => {
  const claims = (rig: QueueRig): number =>
    rig.effects.splice(0).filter(({ type }) => type === "claim").length;
  const rig = new QueueRig().claim();
  claims(rig);
  expect(claims(rig.pass(29_999))).toBe(0);
  expect(claims(rig.pass(1))).toBe(1);
  rig.tell({ type: "storeChanged" }).tell({ type: "storeChanged" });
  expect(claims(rig.pass(999))).toBe(0);
  expect(claims(rig.pass(1))).toBe(1);
  expect(claims(rig.pass(20_000).tell({ type: "storeChanged" }))).toBe(1);
});

test("outcomes that could not be read are asked for again", () => {
  const rig = state("queued").tell({ type: "frozen" }).tell({ type: "thawed" });
  rig.isAuto = false;
  rig.claimAgain(["a"]);
  expect(rig.operation?.type).toBe("readOutcomes");
  rig.storeFails("failed");
  rig.isAuto = true;
  rig.outcomes.set("a", { id: "a", endedAt: rig.wallNow, phase: "done" });
  rig.disk.delete("a");
  expect(rig.pass(30_000).fate("a")).toBe("done: done");
});

test("what waits for a foreign one, and is foreign too, hears of itself alone", () => {
  const rig = state("queued").make("b", { blockers: ["a"] });
  rig.tell({ type: "frozen" }).tell({ type: "thawed" }).claimAgain(["a", "b"]);
  rig.outcomes.set("a", { id: "a", endedAt: rig.wallNow, phase: "failed" });
  rig.pass(30_000);
  expect([rig.fate("a"), rig.fate("b")]).toEqual(["failed: outcomeUnknown", "queued"]);
  rig.outcomes.set("b", {
    id: "b",
    endedAt: rig.wallNow,
    phase: "failed",
    error: { kind: "timedOut" },
  });
  expect(rig.pass(30_000).fate("b")).toBe("failed: timedOut");
  expect(rig.queue.dirty.size).toBe(0);
});

test("what is made as the page freezes is stored after the thaw, not failed by the freeze", () => {
  for (const isLate of [false, true]) {
    const rig = new QueueRig().make("a").tell({ type: "frozen" });
    if (isLate) rig.tell({ type: "thawed" });
    rig.storeFails("closed");
    if (!isLate) rig.tell({ type: "thawed" });
    expect(rig.pass(2_000).operation?.type).toBe("claim");
    expect(rig.claim().fate("a")).toBe("queued");
  }
});

test("a wish to cancel what another has is kept, and holds when that one leaves it", () => {
  const rig = state("queued").tell({ type: "frozen" }).tell({ type: "thawed" });
  rig.claimAgain(["a"]).cancel("a").online();
  rig.theirs.clear();
  rig.pass(30_000);
  expect([rig.fate("a"), rig.news()]).toEqual([
    "cancelled: cancelled",
    ["show a", "release", "undo a"],
  ]);
});
