import { expect, test } from "vitest";

import { QueueRig } from "./support/queue-rig.ts";

test("of a lane, what may have run goes first, then what was made first", () => {
  const rig = new QueueRig();
  const sent = rig.loaded("c", { order: 3, lane: "l", sentAt: rig.wallNow });
  const others = [
    rig.loaded("b", { order: 2, lane: "l" }),
    rig.loaded("a", { order: 1, lane: "l" }),
  ];
  rig.claim([sent, ...others]).online();
  expect(rig.news()).toEqual(["show a", "show b", "show c", "send c"]);
  rig.result("c").result("a").result("b");
  expect(rig.news()).toEqual(["hide c", "send a", "hide a", "send b", "hide b"]);
});

test("one that is refused gives way to what was adopted while it was on its way", () => {
  const rig = new QueueRig().claim().online().make("b", { lane: "l" });
  rig.disk.set("a", rig.record("a", { order: 1, lane: "l", sentAt: rig.wallNow }));
  rig.pass(30_000).news();
  rig.failure("b", "full", { refused: true, retryAfterMs: 4_000 });
  expect(rig.news()).toEqual(["send a"]);
  expect(rig.pass(4_000).news()).toEqual([]);
  expect(rig.result("a").news()).toEqual(["hide a", "send b"]);
});

test("one that failed after it had run does not give way: its fate comes first", () => {
  const rig = new QueueRig().claim().online().make("b", { lane: "l" });
  rig.disk.set("a", rig.record("a", { order: 1, lane: "l", sentAt: rig.wallNow }));
  rig.pass(30_000).news();
  rig.failure("b", "internal");
  expect(rig.news()).toEqual([]);
  expect(rig.pass(2_000).news()).toEqual(["send b"]);
});
