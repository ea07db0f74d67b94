import { expect, test } from "vitest";

import { HOUR_MS, QueueRig } from "./support/queue-rig.ts";
import { state } from "./support/queue-states.ts";

test("an effect shows at once, before it is stored or loaded", () => {
  expect(new QueueRig().make("a").news()).toEqual(["show a"]);
  expect(state("saving").news()).toEqual(["show a"]);
});

test("the queue takes ten thousand, and no more", () => {
  const rig = new QueueRig({ queueMax: 2 }).claim().make("a").make("b").make("c");
  expect(["a", "b", "c"].map((id) => rig.fate(id))).toEqual([
    "queued",
    "queued",
    "failed: storeFailed queueFull",
  ]);
  expect(rig.news()).toEqual(["show a", "show b"]);
  expect(rig.cancel("a").make("d").fate("d")).toBe("queued");
});

test("orders rise, also when the clocks of the wall do not", () => {
  const rig = new QueueRig().claim().make("a");
  rig.wallNow -= HOUR_MS;
  rig.make("b");
  const order = (id: string): number => rig.disk.get(id)?.order ?? NaN;
  expect(order("b")).toBe(order("a") + 1);
  rig.wallNow += 2 * HOUR_MS;
  expect(rig.make("c").disk.get("c")?.order).toBe(rig.wallNow);
});

test("an update with its key takes its effect away, and the result still counts", () => {
  const rig = state("inFlight");
  rig.news();
  const reached = { type: "bucketReached", bucket: "log", seq: 7 } as const;
  rig.tell({ ...reached, keys: ["other", "a"] });
  expect(rig.news()).toEqual(["hide a"]);
  rig.tell({ ...reached, keys: ["a"] });
  expect(rig.result("a", []).news()).toEqual([]);
  expect(rig.fate("a")).toBe("done: done");
});

test("after its result it shows until every open bucket has brought it", () => {
  const rig = state("inFlight").result("a", [
    ["log", 7],
    ["home", 2],
  ]);
  rig.news();
  const reach = (bucket: string, seq: number): string[] => {
    rig.tell({ type: "bucketReached", bucket, seq, keys: [] });
    return [...rig.news(), rig.fate("a")];
  };
  expect(reach("other", 9)).toEqual(["acked: done"]);
  expect(reach("home", 3)).toEqual(["acked: done"]);
  expect(reach("log", 6)).toEqual(["acked: done"]);
  expect(rig.disk.has("a")).toBe(true);
  expect(reach("log", 7)).toEqual(["hide a", "done: done"]);
  expect([rig.disk.has("a"), rig.queue.awaiting.size]).toEqual([false, 0]);
});

test("but no longer than five seconds", () => {
  const rig = state("acked");
  rig.news();
  expect(rig.pass(4_999).news()).toEqual([]);
  expect(rig.pass(1).news()).toEqual(["hide a"]);
  expect(rig.fate("a")).toBe("done: done");
});

test("whatever else rings in between", () => {
  const rig = state("acked").make("b", { deadlineMs: 1_000, blockers: ["a"] });
  rig.offline().pass(1_000);
  rig.news();
  expect(rig.pass(4_000).news()).toEqual(["hide a"]);
});

test("a phase is told when it changes, and once", () => {
  const rig = state("lost").online().pass(60_000).result("a");
  const told = rig.effects.flatMap((effect) => (effect.type === "phase" ? [effect.phase] : []));
  expect(told).toEqual(["inFlight", "queued", "inFlight", "done"]);
});

test("its lane does not wait for that", () => {
  const rig = new QueueRig().claim().online().make("a", { lane: "l" }).make("b", { lane: "l" });
  rig.news();
  expect(rig.result("a", [["log", 7]]).news()).toEqual(["send b"]);
});

test("three sessions in a row that break off over it are enough, also over reloads", () => {
  const rig = state("inFlight");
  for (const violations of [1, 2]) {
    rig.answer("a", { type: "lost" }).offline(true);
    expect(rig.disk.get("a")?.violations).toBe(violations);
    rig.online();
  }
  expect(rig.fate("a")).toBe("inFlight");
  expect(rig.offline(true).fate("a")).toBe("failed: poisoned");
  const later = new QueueRig();
  later.claim([later.loaded("a", { violations: 2, sentAt: later.wallNow })]).online();
  expect(later.offline(true).fate("a")).toBe("failed: poisoned");
});

test("a session that ends well, or an answer, forgives", () => {
  const rig = state("inFlight").offline(true).answer("a", { type: "lost" }).online();
  rig.answer("a", { type: "lost" }).offline(false);
  expect(rig.disk.get("a")?.violations).toBe(0);
  rig.online().answer("a", { type: "lost" }).offline(true).online().failure("a", "internal");
  expect(rig.disk.get("a")?.violations).toBe(0);
  rig.offline(true);
  expect(rig.disk.get("a")?.violations).toBe(0);
});

test("what was not on its way has nothing to do with a violation", () => {
  const rig = state("inFlight").answer("a", { type: "unsent" }).offline(true);
  expect(rig.disk.get("a")?.violations).toBe(0);
});

test("a session in which it was not sent cannot blame it", () => {
  const rig = new QueueRig().claim().online().make("a").make("b").offline(true);
  for (const id of ["a", "b"]) rig.answer(id, { type: "lost" });
  rig.online().offline(true);
  expect([...rig.disk.values()].map(({ violations }) => violations)).toEqual([2, 1]);
});

test("a clock that stood still in sleep hides no deadline from a session that opens", () => {
  const rig = state("queued");
  rig.wallNow += 24 * HOUR_MS;
  expect(rig.online().fate("a")).toBe("failed: timedOut");
});

test("deadlines hold over sleep: what is overdue when a session opens is not sent", () => {
  const rig = state("queued").sleep(24 * HOUR_MS);
  rig.news();
  expect(rig.online().news()).toEqual(["undo a"]);
  expect(rig.fate("a")).toBe("failed: timedOut");
  const sent = state("lost").sleep(24 * HOUR_MS);
  sent.news();
  expect(sent.online().news()).toEqual(["cancel a"]);
});

test("a deadline comes at its time, not before", () => {
  const rig = new QueueRig().claim().make("a", { deadlineMs: 5_000 });
  expect(rig.pass(4_999).fate("a")).toBe("queued");
  expect(rig.pass(1).fate("a")).toBe("failed: timedOut");
});

test("an alarm that finds the wall's clock set back comes again", () => {
  const rig = new QueueRig().claim().make("a", { deadlineMs: 5_000 });
  rig.wallNow -= 1_000;
  expect(rig.pass(5_000).fate("a")).toBe("queued");
  expect(rig.pass(1_000).fate("a")).toBe("failed: timedOut");
});

test("in the end nothing is left, not even in an index", () => {
  const rig = new QueueRig().claim().online();
  rig
    .make("a", { lane: "l" })
    .make("b", { lane: "l", blockers: ["a"] })
    .make("c");
  rig.result("a").failure("b", "full").cancel("c");
  rig.answer("cancel c", { type: "failure", code: "cancelled", message: "" });
  const { entries, lanes, dependants, inFlight, flown, awaiting, foreign, dirty, writing } =
    rig.queue;
  const all = [entries, lanes, dependants, inFlight, flown, awaiting, foreign, dirty, writing];
  expect(all.map(({ size }) => size)).toEqual(all.map(() => 0));
});

test("the same events make the same effects", () => {
  const life = (): QueueRig => {
    const rig = new QueueRig().claim().online().make("a").make("b", { lane: "l" });
    return rig.failure("a", "internal").offline(true).pass(9_000).online().result("a");
  };
  expect(life().effects).toEqual(life().effects);
});
