import { expect, test } from "vitest";

import { HOUR_MS, QueueRig, RETENTION_MS } from "./support/queue-rig.ts";
import { state } from "./support/queue-states.ts";

test("online, a transaction costs one write before it is sent and one after its result", () => {
  const rig = state("inFlight");
  expect(rig.writes.map(([change]) => change?.type)).toEqual(["add"]);
  expect(rig.disk.get("a")?.sentAt).toBe(rig.wallNow);
  rig.result("a");
  expect(rig.writes.map(([change]) => change?.type)).toEqual(["add", "remove"]);
});

test("what was made offline is marked as sent on disk before it is sent", () => {
  const rig = state("queued");
  expect(rig.disk.get("a")?.sentAt).toBeUndefined();
  rig.isAuto = false;
  rig.news();
  expect(rig.online().news()).toEqual([]);
  expect(rig.store().news()).toEqual(["send a"]);
  expect(rig.disk.get("a")?.sentAt).toBe(rig.wallNow);
});

test("marked as sent, but not sent before the session ended: it can still be taken back", () => {
  const rig = state("queued");
  rig.isAuto = false;
  rig.online().offline().store();
  expect(rig.disk.get("a")?.sentAt).toBeDefined();
  rig.isAuto = true;
  expect(rig.cancel("a").fate("a")).toBe("cancelled: cancelled");
});

test("a call carries the record's id as its key, its input, and what time is left", () => {
  const rig = new QueueRig().claim().online().make("a").make("b", { deadlineMs: 5_000 });
  const sent = rig.effects.flatMap((effect) => (effect.type === "send" ? [effect.call] : []));
  expect(sent).toEqual([
    { method: "add", input: { id: "a" }, key: "a", timeoutMs: 30_000 },
    { method: "add", input: { id: "b" }, key: "b", timeoutMs: 5_000 },
  ]);
  const keyless = state("keyless").effects.find((effect) => effect.type === "send");
  expect(keyless?.type === "send" && keyless.call.key).toBeUndefined();
});

test("64 at most are on their way; the rest follow as answers come", () => {
  const rig = new QueueRig().claim().online();
  for (let count = 0; count < 70; count++) rig.make(`t${count}`);
  const sent = (): number => rig.news().filter((what) => what.startsWith("send")).length;
  expect(sent()).toBe(64);
  rig.result("t0").result("t1");
  expect(sent()).toBe(2);
  expect(rig.queue.inFlight.size).toBe(64);
});

test("a lane goes one by one, in the order of the making, whatever is lost between (L37)", () => {
  const rig = new QueueRig().claim().online();
  rig.make("a", { lane: "l" }).make("b", { lane: "l" }).make("c", { lane: "other" }).news();
  rig.answer("a", { type: "lost" }).offline().make("d", { lane: "l" });
  rig.news();
  expect(rig.online().news()).toEqual(["send a"]);
  expect(rig.result("a").news()).toEqual(["hide a", "send b"]);
  expect(rig.result("b").news()).toEqual(["hide b", "send d"]);
});

test("a lane waits while its first waits, and goes on when that has failed", () => {
  const rig = new QueueRig().claim().online();
  rig.make("a", { lane: "l" }).make("b", { lane: "l" });
  rig.failure("a", "internal").news();
  expect(rig.pass(999).news()).toEqual([]);
  expect(rig.pass(1).news()).toEqual(["send a"]);
  expect(rig.failure("a", "noSuchRoom").news()).toEqual(["undo a", "send b"]);
});

test("a lane goes on only when the disk has forgotten what failed", () => {
  const rig = new QueueRig().claim().online().make("a", { lane: "l" }).make("b", { lane: "l" });
  rig.isAuto = false;
  rig.failure("a", "noSuchRoom").news();
  expect(rig.pass(60_000).news()).toEqual([]);
  rig.isAuto = true;
  expect(rig.store().news()).toEqual(["send b"]);
});

test("a lane may be named like an id", () => {
  const rig = new QueueRig().claim().online().make("a").make("b", { lane: "a" });
  expect(rig.news()).toEqual(["show a", "send a", "show b", "send b"]);
});

test("a busy lane does not keep others waiting", () => {
  const rig = new QueueRig({ inFlightMax: 1 }).claim().online();
  rig.make("a", { lane: "l" }).make("b", { lane: "l" }).make("c").news();
  expect(rig.result("a").news()).toEqual(["hide a", "send c"]);
});

test("what goes next does not depend on what woke the queue (B30)", () => {
  const rig = new QueueRig().claim().online().make("a", { lane: "l" }).make("b", { lane: "l" });
  rig.isAuto = false;
  rig.result("a").news();
  // The session ends before the write does; nothing but the next session can tell b to go.
  rig.offline().store();
  rig.isAuto = true;
  expect(rig.online().news()).toEqual(["send b"]);
});

test("a key that the server is about to forget is not used again", () => {
  const fates = [46.9, 47, 60].map((hours) => {
    const rig = new QueueRig();
    const sentAt = rig.wallNow - hours * HOUR_MS;
    const record = { sentAt, createdAt: sentAt, deadlineMs: 90 * HOUR_MS };
    return rig
      .claim([rig.loaded("a", record)])
      .online()
      .fate("a");
  });
  expect(fates).toEqual(["inFlight", "failed: outcomeUnknown", "failed: outcomeUnknown"]);
});

test("nor is its cancellation asked, for the answer would mean nothing", () => {
  const rig = state("cancelling").pass(47 * HOUR_MS);
  rig.news();
  expect([rig.online().fate("a"), rig.news()]).toEqual(["failed: outcomeUnknown", ["undo a"]]);
});

test("a server that forgets soon has its keys used for half the time", () => {
  const rig = state("lost").pass(14 * 60_000);
  expect(rig.online(HOUR_MS / 2).fate("a")).toBe("inFlight");
  const late = state("lost").pass(15 * 60_000);
  expect(late.online(HOUR_MS / 2).fate("a")).toBe("failed: outcomeUnknown");
});

test("what was never sent may be as old as it likes", () => {
  const rig = new QueueRig()
    .claim()
    .make("a", { deadlineMs: 100 * HOUR_MS })
    .pass(60 * HOUR_MS);
  expect(rig.online(RETENTION_MS).fate("a")).toBe("inFlight");
});

test("without keys, what may have run goes again only if it may be repeated (B34)", () => {
  const again = state("keylessRepeatable").answer("a", { type: "lost" }).pass(1_500);
  expect(again.news()).toEqual(["show a", "send a", "send a"]);
  const never = state("keyless").answer("a", { type: "lost" }).pass(1_500);
  expect([never.news(), never.fate("a")]).toEqual([
    ["show a", "send a", "undo a"],
    "failed: outcomeUnknown",
  ]);
  const unsent = state("keyless").answer("a", { type: "unsent" }).pass(1_500);
  expect(unsent.news()).toEqual(["show a", "send a", "send a"]);
});

test("what a session broke off over goes alone, until it is known whose fault it was", () => {
  const rig = new QueueRig().claim().online().make("a").make("b").make("c");
  for (const id of ["a", "b"]) rig.answer(id, { type: "lost" });
  rig.result("c").offline(true).make("d").news();
  expect(rig.online().news()).toEqual(["send a"]);
  expect(rig.failure("a", "noSuchRoom").news()).toEqual(["undo a", "send b"]);
  expect(rig.result("b").news()).toEqual(["hide b", "send d"]);
});

test("a suspect waits until nothing else is on its way, and nothing new goes before it", () => {
  const rig = new QueueRig().claim().online().make("a");
  const suspect = rig.record("s", { violations: 1, sentAt: rig.wallNow });
  rig.disk.set("s", suspect);
  rig.pass(30_000).make("b").news();
  expect(rig.result("a").news()).toEqual(["hide a", "send s"]);
  expect(rig.make("c").news()).toEqual(["show c"]);
  expect(rig.result("s").news()).toEqual(["hide s", "send b", "send c"]);
});

test("nothing goes beside a suspect, in the step that sends it either", () => {
  const rig = new QueueRig();
  const sentAt = rig.wallNow;
  rig.claim([rig.loaded("a", { violations: 1, sentAt }), rig.loaded("b", { sentAt })]).news();
  expect(rig.online().news()).toEqual(["send a"]);
});

test("what is on its way is cancelled at once, however full the way is", () => {
  const rig = new QueueRig({ inFlightMax: 2 }).claim().online().make("a").make("b").make("c");
  expect(rig.news()).toEqual(["show a", "send a", "show b", "send b", "show c"]);
  expect(rig.cancel("a").news()).toEqual(["cancel a"]);
  expect(rig.failure("cancel a", "cancelled").news()).toEqual(["undo a", "send c"]);
});

test("and so is a suspect, which goes alone", () => {
  const rig = new QueueRig();
  rig.claim([rig.loaded("a", { violations: 1, sentAt: rig.wallNow })]).online();
  expect(rig.news()).toEqual(["show a", "send a"]);
  expect(rig.cancel("a").make("b").news()).toEqual(["cancel a", "show b"]);
  expect(rig.failure("cancel a", "cancelled").news()).toEqual(["undo a", "send b"]);
});

test("a key is as old as its first sending, not as a sending that never left", () => {
  const rig = new QueueRig().claim().online(HOUR_MS).make("a");
  rig
    .answer("a", { type: "unsent" })
    .offline()
    .pass(40 * 60_000);
  rig.online(HOUR_MS).answer("a", { type: "lost" }).offline().pass(60_000);
  expect(rig.online(HOUR_MS).fate("a")).toBe("inFlight");
});

test("what no definition fits, and may have run, is asked about at its deadline, and ends", () => {
  const unknown = (rig: QueueRig) => {
    const record = rig.record("a", { lane: "l", sentAt: rig.wallNow, deadlineMs: HOUR_MS / 2 });
    return rig.claim([{ record, rules: undefined }]).make("b", { lane: "l" });
  };
  const rig = unknown(new QueueRig().online()).pass(HOUR_MS);
  expect(rig.news()).toEqual(["show b", "cancel a"]);
  expect(rig.failure("cancel a", "cancelled").news()).toEqual(["send b"]);
  const keyless = unknown(new QueueRig().onlineWithoutKeys()).pass(HOUR_MS);
  expect(keyless.news()).toEqual(["show b", "send b"]);
});
