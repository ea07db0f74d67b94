/**
 * The machine of one bucket: every place it can be in and whatever happens there, and its races.
 */
import { describe, expect, test } from "vitest";

import { isOwing, phaseOf } from "../../src/sync/bucket-model.ts";
import { SyncError } from "../../src/sync/sync-error.ts";
import {
  BucketRig,
  canMeet,
  cursor,
  farBehind,
  HAPPENINGS,
  page,
  PLACES,
  row,
  run,
  snapshot,
  type Happening,
} from "./support/bucket-places.ts";
import { BUCKET_TABLE } from "./support/bucket-table.ts";

const tables = BUCKET_TABLE.trim()
  .split(/^# /m)
  .slice(1)
  .map((text) => {
    const [title = "", ...rows] = text.trimEnd().split("\n");
    const [, place = "", line = ""] = /^(.*?): (.*)$/.exec(title) ?? [];
    return { place, line, rows: rows.map((each) => each.trim()) };
  });

test("the table knows every place", () => {
  expect(tables.map(({ place }) => place)).toEqual(Object.keys(PLACES));
});

test.each(tables)("$place: whatever happens there", ({ place, line, rows }) => {
  expect(new BucketRig().tell(...(PLACES[place] ?? [])).wholeLine).toBe(line);
  const met = Object.entries(HAPPENINGS).filter(([, happening]) => canMeet(place, happening));
  expect(met.map(([name]) => `${name} = ${row(place, name)}`.trimEnd())).toEqual(rows);
});

/** A bucket that begins as its hooks say, has stored so much, and is asked for in a session. */
function opened(
  from: "start" | "snapshot" | "now",
  seq?: number,
  policy: ConstructorParameters<typeof BucketRig>[0] = {},
): BucketRig {
  return new BucketRig(policy).tell(
    { type: "opened", traits: { from, canSnapshot: from === "snapshot", isStored: true } },
    { type: "cursorRead", cursor: seq === undefined ? undefined : cursor(seq) },
    { type: "attached" },
  );
}

const subscribed = (head: number, epoch = "e1"): Happening => ({
  type: "subscribed",
  head: { bucket: "room:1", epoch, head },
});
const pushed = (after: number, upTo: number): Happening => ({
  type: "pushed",
  run: run(after, upTo),
});
const committed: Happening = { type: "committed", outcome: undefined };
const fetchFailed: Happening = { type: "failed", error: new SyncError("fetchFailed", {}) };
const applyFailed: Happening = { type: "failed", error: new SyncError("applyFailed", {}) };

/** What the last effects stored, or would store. */
function applied(rig: BucketRig): string | undefined {
  const effect = rig.effects.find(({ type }) => type === "apply");
  if (effect?.type !== "apply") return undefined;
  return effect.batch.updates.map(({ seq }) => seq).join();
}

test("a server that cannot go on without a gap goes on behind it, and the gap is fetched", () => {
  const rig = opened("start", 5).tell(subscribed(5), subscribed(8));
  // Whichever comes, it follows.
  expect(rig.model.pushedTo).toBeUndefined();
  expect(rig.tell(pushed(8, 9)).alarm().line).toMatch(/^behind e1:5 joined turn queued/);
  const asBefore = opened("start", 5).tell(subscribed(5), subscribed(8), pushed(5, 8));
  expect(asBefore.line).toBe("live e1:5 joined doing apply | apply e1:5>e1:8 (3 live)");
  const paused = opened("start", 5).tell(
    subscribed(5),
    { type: "hinted", head: { bucket: "room:1", epoch: "e1", head: 8 } },
    subscribed(9),
  );
  expect(paused.model.pushedTo).toBeUndefined();
});

describe("where a bucket begins", () => {
  test("from now: the place is stored first, without any update", () => {
    const rig = opened("now").tell(subscribed(7));
    expect(rig.line).toBe("behind - joined doing apply | apply ->e1:7 (0)");
    expect(isOwing(rig.model)).toBe(false);
    expect(rig.tell(committed).line).toBe("live e1:7 joined | tell e1:7");
  });

  test("from now: what is pushed before the place is stored follows it", () => {
    const rig = opened("now").tell(subscribed(7), pushed(7, 8), committed);
    expect(rig.line).toBe("live e1:7 joined doing apply | tell e1:7, apply e1:7>e1:8 (1 live)");
  });

  test("from a snapshot: it is asked for at once, and pushes wait for it (Y4)", () => {
    const rig = opened("snapshot").tell(subscribed(7));
    expect(rig.line).toBe("behind - joined turn queued noCursor | queue");
    expect(isOwing(rig.model)).toBe(true);
    rig.tell({ type: "granted" }, pushed(7, 8), { type: "snapshotTaken", snapshot: snapshot(7) });
    expect(rig.line).toBe(
      "behind - joined doing commit turn held noCursor holds 7-8 | commit ->e1:7",
    );
    expect(applied(rig.tell(committed))).toBe("8");
  });

  test("from the start of an empty bucket: there is nothing to fetch", () => {
    const rig = opened("start").tell(subscribed(0));
    expect(rig.line).toBe("live - joined |".padEnd(rig.line.length));
    expect(rig.tell(pushed(0, 1)).line).toBe("live - joined doing apply | apply ->e1:1 (1 live)");
  });

  test("from a snapshot without the hook for it: it stops, and says so (B39)", () => {
    const rig = new BucketRig().tell(
      { type: "opened", traits: { from: "snapshot", canSnapshot: false, isStored: true } },
      { type: "cursorRead", cursor: undefined },
      { type: "attached" },
      subscribed(7),
    );
    expect(rig.line).toContain("stopped - joined noCursor error tooFarBehind");
  });
});

describe("order", () => {
  test("updates that overlap are applied from where they are news (B36)", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(3, 8));
    expect(applied(rig)).toBe("6,7,8");
  });

  test("what comes while the app stores is stored in one go after it", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(5, 6), pushed(6, 7), pushed(7, 9));
    expect(applied(rig.tell(committed))).toBe("7,8,9");
    expect(rig.tell(committed).line).toBe("live e1:9 joined | tell e1:9");
  });

  test("a gap that closes by itself costs no fetch, and what waited is still live", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(6, 8), pushed(5, 6));
    expect(rig.line).toContain("apply e1:5>e1:8 (3 live)");
  });

  test("a gap that does not close is fetched, and what waited is no longer live", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(6, 8)).alarm();
    expect(rig.line).toContain("turn queued hurried holds 6-8 | queue");
    rig.tell({ type: "granted" }, { type: "fetched", answer: page(5, 6, 8) });
    expect(rig.line).toContain("apply e1:5>e1:8 (3)");
    expect(rig.tell(committed).line).toBe("live e1:8 joined | tell e1:8, release");
  });

  test("a gap that closes while its fetch still queues is not fetched", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(6, 8)).alarm().tell(pushed(5, 6));
    expect(rig.line).toContain("turn queued | apply e1:5>e1:8");
    expect(rig.tell(committed, { type: "granted" }).line).toBe("live e1:8 joined | release");
  });

  test("another epoch's number is not the same number", () => {
    const rig = opened("snapshot", 5).tell(subscribed(5, "e2"));
    expect(rig.line).toBe("behind e1:5 joined turn queued newEpoch | queue");
  });

  test("too many updates that wait are dropped, and fetched (L56)", () => {
    const policy = { heldUpdatesMax: 3 };
    const rig = opened("start", 5, policy).tell(subscribed(5), pushed(6, 8), pushed(8, 9));
    expect(rig.line).toContain("holds 6-8,8-9");
    expect(rig.tell(pushed(9, 10)).line).toBe("behind e1:5 joined turn queued hurried | queue");
  });

  test("too many bytes that wait are dropped as well", () => {
    const policy = { heldBytesMax: 150 };
    const rig = opened("start", 5, policy).tell(subscribed(5), pushed(6, 7), pushed(7, 8));
    expect(rig.line).toContain("holds 6-7,7-8");
    expect(rig.tell(pushed(8, 9)).line).toBe("behind e1:5 joined turn queued hurried | queue");
  });
});

describe("progress", () => {
  test("failures make the waits longer: 1, 2, 4 … 30 s (B38)", () => {
    const rig = opened("start", 5).tell(subscribed(5), {
      type: "hinted",
      head: { bucket: "room:1", epoch: "e1", head: 9 },
    });
    const waits = Array.from({ length: 7 }, () => {
      rig.tell({ type: "granted" }, fetchFailed);
      const waitMs = (rig.model.retryDeadline ?? 0) - rig.now;
      rig.alarm();
      return waitMs;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test("the waits are shorter by up to a half, as the dice fall", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(5, 6));
    rig.random = 0.5;
    expect(rig.tell(applyFailed).line).toContain("retry in 750");
  });

  test("what the server asks for is obeyed, up to an hour", () => {
    const failed = (retryAfterMs: number): Happening => ({
      type: "failed",
      error: new SyncError("fetchFailed", {}),
      retryAfterMs,
    });
    const fetching = (): BucketRig => opened("start").tell(subscribed(5), { type: "granted" });
    expect(fetching().tell(failed(7_000)).line).toContain("retry in 7000");
    expect(fetching().tell(failed(7_200_000)).line).toContain("retry in 3600000");
  });

  test("progress makes the next wait short again", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(5, 6), applyFailed).alarm();
    rig.tell(applyFailed).alarm().tell(committed, pushed(6, 7), applyFailed);
    expect(rig.line).toContain("retry in 1000");
  });

  test("an app that cannot store is asked again with the same updates, and more (L51)", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(5, 6), applyFailed, pushed(6, 7));
    expect(rig.line).toContain("stopped e1:5 joined holds 5-6,6-7 retry in 1000 error applyFailed");
    expect(applied(rig.alarm())).toBe("6,7");
    expect(rig.tell(committed).line).toBe("live e1:7 joined | tell e1:7");
  });

  test("a fetch that failed keeps nobody from storing what comes", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(6, 7)).alarm();
    rig.tell({ type: "granted" }, fetchFailed, pushed(5, 6));
    expect(rig.line).toContain("apply e1:5>e1:7");
    expect(rig.tell(committed).line).toBe("live e1:7 joined | tell e1:7");
  });

  test("a second snapshot in a row is not made at once", () => {
    const rig = opened("snapshot", 5).tell(subscribed(9, "e2"), { type: "granted" });
    const old = snapshot(7);
    rig.tell({ type: "snapshotTaken", snapshot: old }, committed);
    expect(rig.line).toBe("behind e1:7 joined hurried newEpoch retry in 1000 | tell e1:7, release");
    expect(rig.alarm().line).toBe("behind e1:7 joined turn queued hurried newEpoch | queue");
  });

  test("a snapshot that is too old for the log leads to another, after a wait", () => {
    const rig = opened("snapshot", 5).tell(subscribed(90), {
      type: "fellBehind",
      answer: farBehind(50, 90),
    });
    rig.tell({ type: "granted" }, { type: "snapshotTaken", snapshot: snapshot(20) }, committed);
    expect(rig.line).toContain("behind e1:20 joined turn queued hurried |");
    rig.tell({ type: "granted" }, { type: "fetched", answer: farBehind(50, 90) });
    expect(rig.line).toBe("behind e1:20 joined hurried tooFarBehind retry in 1000 | release");
  });

  test("a snapshot never sets the cursor back (B37)", () => {
    const rig = opened("snapshot", 5).tell(subscribed(90), {
      type: "fellBehind",
      answer: farBehind(50, 90),
    });
    rig.tell({ type: "granted" }, { type: "snapshotTaken", snapshot: snapshot(4) });
    expect(rig.line).toContain("retry in 1000 error fetchFailed");
  });

  test("a server that is behind us is asked for a snapshot, also of less (L57)", () => {
    const rig = opened("snapshot", 5).tell(subscribed(3));
    rig.tell({ type: "fellBehind", answer: farBehind(1, 3) }, { type: "granted" });
    expect(rig.line).toContain("snapshot for aheadOfServer");
    rig.tell({ type: "snapshotTaken", snapshot: snapshot(3) }, committed);
    expect(rig.line).toBe("live e1:3 joined | tell e1:3, release");
  });

  test("a snapshot that takes too long is given up, and tried again", () => {
    const rig = opened("snapshot").tell(subscribed(7), { type: "granted" }).alarm();
    expect(rig.now).toBe(61_000);
    expect(rig.line).toBe(
      "behind - joined noCursor retry in 1000 error fetchFailed | abort, release",
    );
  });
});

describe("what is forgotten in time", () => {
  const failing = (rig: BucketRig): string => rig.tell({ type: "granted" }, fetchFailed).line;

  test("a new session does not wait for the failures of the old one (L54)", () => {
    const rig = opened("start").tell(subscribed(5));
    failing(rig);
    failing(rig.alarm());
    rig.tell({ type: "detached" }, { type: "attached" }, subscribed(5));
    expect(failing(rig)).toContain("retry in 1000 ");
  });

  test("a cursor that could be read at last counts as progress", () => {
    const traits = { from: "start", canSnapshot: false, isStored: true } as const;
    const rig = new BucketRig().tell({ type: "opened", traits }, { type: "attached" });
    rig.tell(applyFailed).alarm().tell(applyFailed).alarm();
    rig.tell({ type: "cursorRead", cursor: undefined }, subscribed(5));
    expect(failing(rig)).toContain("retry in 1000 ");
  });

  test("after updates that followed it, a snapshot is no longer the last word", () => {
    const rig = opened("snapshot").tell(subscribed(7), { type: "granted" });
    rig.tell({ type: "snapshotTaken", snapshot: snapshot(7) }, committed, pushed(7, 8), committed);
    rig.tell(subscribed(9, "e2"));
    expect(rig.line).toContain("turn queued hurried newEpoch");
  });

  test("a fetch that succeeds takes back what the failed one said", () => {
    const rig = opened("start").tell(subscribed(5), { type: "granted" }, fetchFailed).alarm();
    rig.tell({ type: "granted" }, { type: "fetched", answer: page(0, 3, 5) });
    expect(rig.model.error).toBeUndefined();
  });

  test("a server that gives back less than it was asked for is not asked again at once", () => {
    const rig = opened("start", 5).tell(subscribed(3), { type: "granted" });
    rig.tell({ type: "fetched", answer: page(5, 5, 3) });
    expect(rig.line).toContain("live e1:5 joined | release");
  });

  test("a server that has lost what it hinted at is taken at its last word", () => {
    const rig = opened("snapshot", 5).tell(subscribed(9), {
      type: "fellBehind",
      answer: farBehind(1, 3),
    });
    rig.tell({ type: "granted" }, { type: "snapshotTaken", snapshot: snapshot(3) }, committed);
    expect(rig.line).toContain("live e1:3 joined");
  });

  test("a snapshot of another tab, which came first, is gone on from at once", () => {
    const rig = opened("snapshot", 5).tell(subscribed(9, "e2"), { type: "granted" });
    rig.tell({ type: "snapshotTaken", snapshot: snapshot(9, "e2") });
    rig.tell({ type: "committed", outcome: { moved: cursor(7, "e2") } }).alarm();
    expect(rig.line).toContain("e2:7 joined turn queued hurried");
  });

  test("a cursor that cannot be read is all that is tried again, whatever has come", () => {
    const traits = { from: "start", canSnapshot: false, isStored: true } as const;
    const rig = new BucketRig().tell({ type: "opened", traits }, subscribed(5), pushed(0, 6));
    expect(rig.tell(applyFailed).alarm().effects).toEqual([{ type: "read" }]);
  });
});

describe("sessions", () => {
  test("an answer to an old fetch is not taken for that of a new one", () => {
    const rig = opened("start").tell(subscribed(5), { type: "granted" });
    const { workId } = rig.model;
    rig.tell({ type: "detached" }, { type: "attached" }, subscribed(5), { type: "granted" });
    const before = rig.model;
    const late = { type: "fetched", answer: page(0, 5, 5), workId } as const;
    expect(before.work?.type).toBe("fetch");
    expect(rig.tell(late).model).toBe(before);
  });

  test("what a fetch of an old session brings changes nothing", () => {
    const rig = opened("start").tell(subscribed(5), { type: "granted" });
    const { workId } = rig.model;
    rig.tell({ type: "detached" }, { type: "attached" }, subscribed(5));
    const before = rig.model;
    const late = { type: "fetched", answer: page(0, 5, 5), workId } as const;
    expect(rig.tell(late).model).toBe(before);
  });

  test("a wait ends with the session, and the next one is used at once (L54)", () => {
    const rig = opened("start").tell(subscribed(5), { type: "granted" }, fetchFailed);
    rig.tell({ type: "detached" });
    expect(rig.model.retryDeadline).toBeUndefined();
    expect(rig.tell({ type: "attached" }, subscribed(5)).line).toContain(
      "turn queued hurried | queue",
    );
  });

  test("an apply that outlives its session still moves the cursor", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(5, 6), { type: "detached" });
    expect(rig.tell(committed).line).toBe("waiting e1:6 none | tell e1:6");
  });

  test("what failed to be stored when its session ended comes again with the next", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(5, 6), { type: "detached" });
    expect(rig.tell(applyFailed).line).toContain(
      "stopped e1:5 none retry in 1000 error applyFailed",
    );
    expect(rig.model.held).toEqual([]);
  });

  test("subscribed by the server's own will, it fetches what is missing at once", () => {
    const rig = new BucketRig().tell(
      { type: "opened", traits: { from: "start", canSnapshot: false, isStored: true } },
      subscribed(9),
      pushed(9, 10),
      { type: "cursorRead", cursor: cursor(5) },
    );
    expect(rig.line).toBe("behind e1:5 joined turn queued hurried holds 9-10 | queue");
  });

  test("a head below our place is no proof, for the word may be old: a fetch asks", () => {
    const rig = opened("start", 5).tell(subscribed(3), { type: "granted" });
    expect(rig.line).toContain("fetch after e1:5");
    expect(rig.tell({ type: "fetched", answer: page(5, 5, 5) }).line).toBe(
      "live e1:5 joined | release",
    );
  });

  test("another tab that got further is followed, also by who had stopped", () => {
    const rig = opened("start", 5).tell(subscribed(9), {
      type: "fellBehind",
      answer: farBehind(8, 9),
    });
    expect(phaseOf(rig.model)).toBe("stopped");
    rig.tell({ type: "detached" }, { type: "attached" });
    expect(rig.line).toContain("doing read");
    expect(rig.tell({ type: "cursorRead", cursor: cursor(8) }).line).toContain("subscribe at e1:8");
  });

  test("a cursor that is kept in memory is not asked for again", () => {
    const rig = new BucketRig().tell(
      { type: "opened", traits: { from: "now", canSnapshot: false, isStored: false } },
      { type: "cursorRead", cursor: undefined },
      { type: "attached" },
      subscribed(5),
      committed,
      { type: "detached" },
      { type: "attached" },
      subscribed(2, "e2"),
    );
    expect(rig.line).toContain("stopped e1:5");
    rig.tell({ type: "detached" }, { type: "attached" });
    expect(rig.line).toContain("subscribe at e1:5");
  });
});

describe("the life of a bucket", () => {
  test("opened again while the app still stores, it waits for that (L47, L48)", () => {
    const rig = opened("start", 5).tell(subscribed(5), pushed(5, 6), { type: "closed" });
    rig.tell({ type: "opened", traits: { from: "start", canSnapshot: false, isStored: true } });
    expect(rig.line).toBe("loading - none doing drain |".padEnd(rig.line.length));
    expect(rig.tell(committed).line).toBe("loading - none doing read | read");
  });

  test("what a closed bucket still reads changes nothing (L48)", () => {
    const rig = new BucketRig().tell({
      type: "opened",
      traits: { from: "start", canSnapshot: false, isStored: true },
    });
    const { workId } = rig.model;
    rig.tell({ type: "closed" });
    const before = rig.model;
    expect(rig.tell({ type: "cursorRead", cursor: cursor(9), workId } as Happening).model).toBe(
      before,
    );
  });

  test("a cursor that cannot be read is not taken for none (L55)", () => {
    const rig = new BucketRig().tell(
      { type: "opened", traits: { from: "start", canSnapshot: false, isStored: true } },
      { type: "attached" },
      applyFailed,
    );
    expect(rig.line).toContain("stopped - attached retry in 1000 error applyFailed");
    expect(rig.alarm().line).toContain("| read");
    expect(rig.tell({ type: "cursorRead", cursor: cursor(3) }).line).toBe(
      "waiting e1:3 asked | subscribe at e1:3",
    );
  });
});
