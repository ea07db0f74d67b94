/** Sync as an app and a session meet it, told on a manual clock against a model server. */
import { OptionsError } from "@holdfast/client";
import { describe, expect, test } from "vitest";

import type { BucketHooks, UpdateBatch } from "../../src/sync/apply-updates.ts";
import type { SyncListener, SyncRemote } from "../../src/sync/sync-remote.ts";
import { settled, SyncRig } from "./support/sync-rig.ts";

/** A rig whose server has so many updates in each bucket, which are open. */
async function rigWith(buckets: readonly string[], count: number): Promise<SyncRig> {
  const rig = new SyncRig();
  for (const bucket of buckets) {
    rig.server.append(bucket, { count });
    rig.sync.bucket(bucket).open();
  }
  await rig.flow();
  return rig;
}

const rows = (rig: SyncRig, bucket: string) => rig.store.stored.get(bucket)?.rows;
const stateOf = (rig: SyncRig, bucket: string) => rig.sync.bucket(bucket).state.current;
/** Of hooks that store nothing and remember what they were given. */
function view() {
  const shown: unknown[] = [];
  return {
    shown,
    apply: ({ updates }: UpdateBatch) => void shown.push(...updates.map(({ data }) => data)),
  };
}

describe("catching up", () => {
  test("a bucket that is new here is fetched from its start, page by page (Y2)", async () => {
    const rig = await rigWith(["log:1"], 8);
    const { asked } = rig.connect();
    await rig.flow();
    expect(asked).toEqual(["subscribe log:1 -", "fetch log:1 0", "fetch log:1 3", "fetch log:1 6"]);
    expect(rows(rig, "log:1")).toEqual(rig.server.visible("log:1"));
    expect(stateOf(rig, "log:1")).toEqual({
      phase: "live",
      cursor: { epoch: "e1", seq: 8 },
      head: 8,
    });
  });

  test("a reconnect with nothing new costs no request, one with a page of news none beyond the hello", async () => {
    const rig = await rigWith(["log:1"], 3);
    rig.connect();
    await rig.flow();
    const second = rig.connect();
    await rig.flow();
    expect(second.asked).toEqual(["subscribe log:1 3"]);
    rig.drop();
    rig.server.append("log:1", { count: 3 });
    const third = rig.connect();
    await rig.flow();
    expect(third.asked).toEqual(["subscribe log:1 3"]);
    expect(rows(rig, "log:1")).toEqual(rig.server.visible("log:1"));
  });

  test("what is shown first is asked for first, in the hello and in the queue (L58)", async () => {
    const rig = new SyncRig({ policy: { fetchesMax: 1 } });
    for (const [bucket, priority] of Object.entries({ "log:1": 0, "log:2": 9, "log:3": 5 })) {
      rig.server.append(bucket, { count: 4 });
      rig.sync.bucket(bucket).open({ priority });
    }
    const { asked } = rig.connect();
    await rig.flow();
    expect(asked).toEqual([
      "subscribe log:2 -",
      "subscribe log:3 -",
      "subscribe log:1 -",
      "fetch log:2 0",
      "fetch log:2 3",
      "fetch log:3 0",
      "fetch log:3 3",
      "fetch log:1 0",
      "fetch log:1 3",
    ]);
  });

  test("a bucket that comes onto the screen overtakes those that wait (L58)", async () => {
    const rig = new SyncRig({ policy: { fetchesMax: 1 } });
    const openings = ["log:1", "log:2", "log:3"].map((bucket) => {
      rig.server.append(bucket, { count: 1 });
      return rig.sync.bucket(bucket).open();
    });
    const session = rig.connect();
    session.serve();
    while (session.deliver());
    openings[2]?.setPriority(1);
    await rig.flow();
    expect(session.asked.slice(3)).toEqual(["fetch log:1 0", "fetch log:3 0", "fetch log:2 0"]);
  });

  test("four fetches at once, over all buckets (B45)", async () => {
    const buckets = Array.from({ length: 9 }, (_, index) => `log:${index}`);
    const rig = await rigWith(buckets, 4);
    const session = rig.connect();
    await rig.flow();
    expect(session.inFlightMost).toBe(4);
    for (const bucket of buckets) expect(stateOf(rig, bucket).phase).toBe("live");
  });

  test("hints instead of pages are followed until everything is there (B46)", async () => {
    const rig = await rigWith(["log:1"], 3);
    rig.connect();
    await rig.flow();
    rig.drop();
    rig.server.append("log:1", { count: 4 });
    rig.server.firstPagesMax = 0;
    const { asked } = rig.connect();
    await rig.flow();
    expect(asked).toEqual(["subscribe log:1 3", "fetch log:1 3", "fetch log:1 6"]);
    rig.server.append("log:1");
    await rig.flow();
    expect(rows(rig, "log:1")).toEqual(rig.server.visible("log:1"));
  });

  test("a fetch without an answer is given up after 30 s, and tried again (B33)", async () => {
    const rig = await rigWith(["log:1"], 2);
    const session = rig.connect();
    session.serve();
    while (session.deliver());
    session.loseFetch();
    await rig.run(29_999);
    expect(rig.server.fetches).toBe(1);
    await rig.run(1);
    expect(stateOf(rig, "log:1")).toMatchObject({
      phase: "behind",
      error: { kind: "fetchFailed" },
    });
    await rig.run(1_000);
    expect(stateOf(rig, "log:1").phase).toBe("live");
    expect(rig.server.fetches).toBe(2);
  });

  test("pages of nothing lead to a few fetches, not to many (B38, L49, L50)", async () => {
    const rig = await rigWith(["log:1"], 2);
    rig.server.emptyPages = Infinity;
    rig.connect();
    await rig.run(60_000);
    expect(rig.server.fetches).toBeGreaterThan(4);
    expect(rig.server.fetches).toBeLessThan(10);
    expect(stateOf(rig, "log:1").cursor).toBeUndefined();
    rig.server.emptyPages = 0;
    await rig.run(30_000);
    expect(rows(rig, "log:1")).toEqual(rig.server.visible("log:1"));
  });

  test("updates that the viewer may not see are passed by, and accounted for", async () => {
    const rig = await rigWith(["log:1"], 1);
    rig.server.append("log:1", { count: 2, isHidden: true });
    rig.connect();
    await rig.flow();
    rig.server.append("log:1", { isHidden: true });
    await rig.flow();
    expect(stateOf(rig, "log:1")).toMatchObject({ phase: "live", cursor: { seq: 4 } });
    expect(rows(rig, "log:1")).toHaveLength(1);
  });

  test("a log that no longer reaches back is replaced by a snapshot (Y4)", async () => {
    const rig = await rigWith(["room:1"], 2);
    rig.connect();
    await rig.flow();
    rig.drop();
    rig.server.append("room:1", { count: 8 });
    rig.server.trim("room:1", 9);
    rig.connect();
    await rig.flow();
    expect(rig.store.snapshots).toEqual(["room:1 tooFarBehind"]);
    expect(rows(rig, "room:1")).toEqual(rig.server.visible("room:1"));
    rig.server.append("room:1");
    await rig.flow();
    expect(rows(rig, "room:1")).toHaveLength(11);
  });

  test("without a snapshot hook it stops there, and nothing is passed over (B39)", async () => {
    const rig = await rigWith(["log:1"], 2);
    rig.connect();
    await rig.flow();
    rig.drop();
    rig.server.renew("log:1", 4);
    rig.connect();
    await rig.flow();
    rig.server.append("log:1");
    await rig.run(60_000);
    expect(stateOf(rig, "log:1")).toMatchObject({
      phase: "stopped",
      cursor: { epoch: "e1", seq: 2 },
      error: { kind: "tooFarBehind" },
    });
    expect(rig.debts.stored.get("log:1")).toMatchObject({ epoch: "e2" });
    expect(rig.server.fetches).toBe(1);
  });
});

describe("what the app is given", () => {
  test("what is pushed is live, what is fetched is not (B49)", async () => {
    const rig = await rigWith(["log:1"], 2);
    rig.connect();
    await rig.flow();
    rig.server.append("log:1");
    await rig.flow();
    expect(rig.store.batches.map(({ to, isLive }) => [to.seq, isLive])).toEqual([
      [2, false],
      [3, true],
    ]);
  });

  test("own updates are told by their keys, in the step in which they are stored", async () => {
    const rig = await rigWith(["log:1"], 1);
    rig.connect();
    await rig.flow();
    rig.server.append("log:1", { key: "mine" });
    await rig.flow();
    expect(rig.applied).toEqual([
      { bucket: "log:1", cursor: { epoch: "e1", seq: 1 }, keys: [] },
      { bucket: "log:1", cursor: { epoch: "e1", seq: 2 }, keys: ["mine"] },
    ]);
    expect(rig.sync.reached("log:1")).toEqual({ epoch: "e1", seq: 2 });
    expect(rig.sync.reached("log:2")).toBeUndefined();
  });

  test("own updates that another tab has stored first are told as well (B37)", async () => {
    const rig = await rigWith(["log:1"], 1);
    rig.connect();
    await rig.flow();
    rig.server.append("log:1", { key: "mine" });
    rig.store.anotherTab(rig.server, "log:1", 1);
    await rig.flow();
    expect(rig.applied.at(-1)).toMatchObject({ cursor: { seq: 2 }, keys: ["mine"] });
    expect(rows(rig, "log:1")).toEqual(rig.server.visible("log:1"));
    expect(stateOf(rig, "log:1").phase).toBe("live");
  });

  test("an app that stores at once is told of everything within the frame, without a promise", () => {
    const rig = new SyncRig({ hooks: { view: { ...view(), from: "now" } } });
    rig.sync.bucket("view:1").open();
    const session = rig.connect();
    session.flow();
    rig.server.append("view:1", { count: 2 });
    session.flow();
    expect(stateOf(rig, "view:1")).toMatchObject({ phase: "live", cursor: { seq: 2 } });
  });

  test("an app may answer with anything that is awaited like a promise", async () => {
    const given: UpdateBatch[] = [];
    const apply = (batch: UpdateBatch) => {
      given.push(batch);
      // As query builders do: they begin when they are awaited.
      // oxlint-disable-next-line unicorn/no-thenable -- that is what it is about
      const thenable = { then: (done: (outcome: undefined) => void) => done(undefined) };
      return thenable as Promise<undefined>;
    };
    const rig = new SyncRig({ hooks: { view: { apply } } });
    rig.server.append("view:1", { count: 2 });
    rig.sync.bucket("view:1").open();
    rig.connect();
    await rig.flow();
    expect(stateOf(rig, "view:1")).toMatchObject({ phase: "live", cursor: { seq: 2 } });
  });

  test("an update that the app does not know stops its bucket, and none other (B40, B43, L51)", async () => {
    const rig = await rigWith(["log:1", "log:2"], 1);
    rig.connect();
    await rig.flow();
    rig.store.failures = 2;
    rig.server.append("log:1");
    await rig.flow();
    rig.server.append("log:1");
    await rig.flow();
    expect(stateOf(rig, "log:1")).toMatchObject({
      phase: "stopped",
      cursor: { seq: 1 },
      error: { kind: "applyFailed", cause: new Error("the disk is full") },
    });
    expect(rig.debts.stored.has("log:1")).toBe(true);
    expect(rig.reports).toHaveLength(1);
    await rig.run(3_000);
    expect(stateOf(rig, "log:1").phase).toBe("live");
    expect(stateOf(rig, "log:1")).not.toHaveProperty("error");
    expect(rows(rig, "log:1")).toEqual(rig.server.visible("log:1"));
    expect(rig.debts.stored.has("log:1")).toBe(false);
    rig.server.append("log:2");
    await rig.flow();
    expect(stateOf(rig, "log:2")).toMatchObject({ phase: "live", cursor: { seq: 2 } });
  });

  test("an app that closes its bucket while it is given updates hears no more of it", async () => {
    const given: number[] = [];
    const rig = new SyncRig({
      hooks: {
        view: {
          apply: ({ to }) => {
            given.push(to.seq);
            opening.close();
          },
        },
      },
    });
    const opening = rig.sync.bucket("view:1").open();
    rig.server.append("view:1", { count: 9 });
    rig.connect();
    await rig.flow();
    expect(given).toEqual([3]);
    expect(rig.applied).toEqual([]);
    expect(stateOf(rig, "view:1")).toEqual({ phase: "waiting" });
  });
});

describe("opening and closing", () => {
  test("two who open a bucket share what runs for it, and the last to close ends it (L47)", async () => {
    const rig = new SyncRig();
    rig.server.append("log:1", { count: 2 });
    const { asked } = rig.connect();
    const openings = [1, 2].map(() => rig.sync.bucket("log:1").open());
    await rig.flow();
    openings[0]?.close();
    openings[0]?.close();
    rig.server.append("log:1");
    await rig.flow();
    expect(stateOf(rig, "log:1").cursor?.seq).toBe(3);
    openings[1]?.close();
    await rig.flow();
    expect(asked).toEqual(["subscribe log:1 -", "fetch log:1 0", "unsubscribe log:1"]);
  });

  test("closed and opened at once, it hears nothing of the subscription before", async () => {
    const rig = await rigWith(["log:1"], 2);
    const session = rig.connect();
    const bucket = rig.sync.bucket("log:2");
    const opening = bucket.open();
    await rig.flow();
    rig.server.append("log:2");
    opening.close();
    bucket.open();
    session.deliver();
    expect(bucket.state.current.phase).toBe("waiting");
    await rig.flow();
    expect(bucket.state.current).toMatchObject({ phase: "live", cursor: { seq: 1 } });
    expect(session.violations).toEqual([]);
  });

  test("what is stored late for a closed bucket changes nothing (L48)", async () => {
    const rig = await rigWith([], 0);
    const bucket = rig.sync.bucket("log:1");
    rig.server.append("log:1", { count: 2 });
    rig.connect();
    rig.store.isSlow = true;
    const opening = bucket.open();
    await rig.flow();
    opening.close();
    rig.store.letThrough();
    await rig.flow();
    expect(rig.applied).toEqual([]);
    expect(bucket.state.current.phase).toBe("waiting");
    expect(rig.store.cursor("log:1")?.seq).toBe(2);
  });

  test("a cursor in memory goes with the view that it belongs to", async () => {
    const hooks = view();
    const rig = new SyncRig({ hooks: { view: hooks } });
    rig.server.append("view:1", { count: 2 });
    rig.connect();
    const bucket = rig.sync.bucket("view:1");
    const first = bucket.open();
    await rig.flow();
    first.close();
    bucket.open();
    await rig.flow();
    const all = rig.server.visible("view:1");
    expect(hooks.shown).toEqual([...all, ...all]);
  });

  test("hooks of one opening take the place of those of the kind until it closes", async () => {
    const kinds = view();
    const own = view();
    const rig = new SyncRig({ hooks: { view: kinds } });
    rig.server.append("view:1", { count: 1 });
    rig.connect();
    const opening = rig.sync.bucket("view:1").open({ apply: own.apply });
    await rig.flow();
    opening.close();
    expect([own.shown.length, kinds.shown.length]).toEqual([1, 0]);
    rig.sync.bucket("view:1").open();
    await rig.flow();
    expect([own.shown.length, kinds.shown.length]).toEqual([1, 1]);
  });

  test("hooks may be an object of a class", async () => {
    class Shown implements BucketHooks {
      readonly #shown: unknown[] = [];
      get count(): number {
        return this.#shown.length;
      }
      apply({ updates }: UpdateBatch): void {
        this.#shown.push(...updates);
      }
    }
    const hooks = new Shown();
    const rig = new SyncRig({ hooks: { view: hooks } });
    rig.server.append("view:1", { count: 2 });
    rig.sync.bucket("view:1").open({ priority: 1 });
    rig.connect();
    await rig.flow();
    expect(hooks.count).toBe(2);
  });

  test("what cannot be opened says so", () => {
    const rig = new SyncRig({ hooks: { view: view() } });
    const { sync } = rig;
    expect(() => sync.bucket("")).toThrow(OptionsError);
    expect(() => sync.bucket("a\0b")).toThrow(OptionsError);
    expect(() => sync.bucket("a\ud800")).toThrow(OptionsError);
    expect(() => sync.bucket("a".repeat(129))).toThrow(OptionsError);
    expect(sync.bucket("a".repeat(128)).key).toHaveLength(128);
    expect(() => sync.bucket("unknown:1").open()).toThrow(OptionsError);
    expect(() => sync.bucket("__proto__:1").open()).toThrow(OptionsError);
    const { apply } = view();
    sync.bucket("view:1").open({ apply });
    expect(() => sync.bucket("view:1").open({ apply: view().apply })).toThrow(OptionsError);
    expect(sync.bucket("view:1").open({ apply })).toBeDefined();
    for (let index = 2; index <= 1_000; index++) sync.bucket(`view:${index}`).open();
    expect(() => sync.bucket("view:1001").open()).toThrow(OptionsError);
    expect(sync.bucket("view:1").open()).toBeDefined();
  });

  test("a bucket that nobody uses any more is forgotten, one that is looked at is not", async () => {
    const rig = new SyncRig();
    rig.connect();
    const bucket = rig.sync.bucket("log:1");
    const phases: string[] = [];
    const cancel = bucket.state.subscribe(({ phase }) => phases.push(phase));
    bucket.open().close();
    const opening = bucket.open();
    await rig.flow();
    opening.close();
    expect(phases).toEqual(["waiting", "live", "waiting"]);
    cancel();
    bucket.open();
    await rig.flow();
    expect(phases).toHaveLength(3);
    expect(bucket.state.current.phase).toBe("live");
  });

  test("a listener that throws is a fault, and keeps nobody from anything", async () => {
    const rig = new SyncRig();
    rig.connect();
    const bucket = rig.sync.bucket("log:1");
    bucket.state.subscribe(() => {
      throw new Error("a listener's");
    });
    bucket.open();
    await rig.flow();
    expect(bucket.state.current.phase).toBe("live");
    expect(rig.faults[0]).toEqual(new Error("a listener's"));
  });
});

describe("what the server decides", () => {
  test("a bucket that it refuses stops, and is asked for again with the next session", async () => {
    const rig = await rigWith(["log:1"], 1);
    const session = rig.connect();
    await rig.flow();
    session.end("log:1", "revoked");
    await rig.flow();
    expect(stateOf(rig, "log:1")).toMatchObject({
      phase: "stopped",
      error: { kind: "unsubscribed", code: "revoked" },
    });
    rig.connect();
    await rig.flow();
    expect(stateOf(rig, "log:1").phase).toBe("live");
  });

  test("a bucket that it names by itself is kept up to date, as long as it does", async () => {
    const rig = new SyncRig();
    rig.server.append("log:1", { count: 4 });
    const session = rig.connect();
    session.adopt("log:1");
    session.adopt("unknown:1");
    await rig.flow();
    rig.server.append("log:1");
    await rig.flow();
    expect(rows(rig, "log:1")).toHaveLength(5);
    expect(session.asked).toEqual(["fetch log:1 0", "fetch log:1 3"]);
    const next = rig.connect();
    await rig.flow();
    expect(next.asked).toEqual(["subscribe log:1 5"]);
  });

  test("a run follows where the session stands, and nothing else does", async () => {
    const rig = await rigWith(["log:1"], 2);
    rig.connect();
    await rig.flow();
    const run = (after: number, epoch = "e1") => ({ ...rig.server.run("log:1", after, 2), epoch });
    expect(rig.sync.follows(run(2))).toBe(true);
    expect(rig.sync.follows(run(1))).toBe(false);
    expect(rig.sync.follows(run(2, "e2"))).toBe(false);
    expect(rig.sync.follows({ ...run(1), bucket: "log:9" })).toBe(true);
  });
});

describe("debt", () => {
  test("what was told of and is not here is owed, also after a crash, and is paid unseen (Y5, B44, L52)", async () => {
    const rig = await rigWith(["log:1", "log:2"], 1);
    rig.connect();
    await rig.flow();
    rig.drop();
    rig.server.append("log:1", { count: 8 });
    rig.store.isSlow = true;
    rig.connect();
    await rig.flow();
    expect([...rig.debts.stored.keys()]).toEqual(["log:1"]);
    // The process ends here; the next one has only the other bucket open.
    rig.session?.abandon();
    const { server, store, debts } = rig;
    store.waiting.length = 0;
    store.forsake();
    store.isSlow = false;
    const next = new SyncRig({ server, store, debts });
    next.sync.bucket("log:2").open();
    await next.flow();
    const { asked } = next.connect();
    await next.flow();
    expect(asked).toEqual([
      "subscribe log:2 1",
      "subscribe log:1 1",
      "fetch log:1 4",
      "fetch log:1 7",
      "unsubscribe log:1",
    ]);
    expect(rows(next, "log:1")).toEqual(server.visible("log:1"));
    expect(debts.stored.size).toBe(0);
    expect(next.sync.reached("log:1")).toBeUndefined();
  });

  test("a bucket that is closed while it is behind is caught up all the same", async () => {
    const rig = new SyncRig();
    rig.server.append("log:1", { count: 9 });
    const session = rig.connect();
    const opening = rig.sync.bucket("log:1").open();
    session.serve();
    session.deliver();
    expect(stateOf(rig, "log:1").phase).toBe("behind");
    opening.close();
    await rig.flow();
    expect(rows(rig, "log:1")).toHaveLength(9);
    expect(stateOf(rig, "log:1").phase).toBe("waiting");
    expect(rig.debts.stored.size).toBe(0);
  });

  test("a debt that cannot be paid in this session is tried again in the next", async () => {
    const rig = await rigWith([], 0);
    rig.server.append("log:1", { count: 2 });
    rig.debts.stored.set("log:1", { bucket: "log:1", epoch: "e1", head: 2 });
    const next = new SyncRig({ server: rig.server, debts: rig.debts });
    await next.flow();
    const session = next.connect();
    session.serve();
    session.outbox.length = 0;
    session.end("log:1", "denied");
    while (session.deliver());
    expect(session.asked).toEqual(["subscribe log:1 -"]);
    expect(next.debts.stored.has("log:1")).toBe(true);
    next.connect();
    await next.flow();
    expect(next.debts.stored.size).toBe(0);
  });

  test("a debt of a bucket that is gone is void", async () => {
    const rig = await rigWith(["log:1"], 4);
    const session = rig.connect();
    rig.store.isSlow = true;
    await rig.flow();
    expect(rig.debts.stored.size).toBe(1);
    session.end("log:1", "gone");
    await rig.flow();
    expect(rig.debts.stored.size).toBe(0);
  });

  test("debts of a kind that the app has no hooks for stay as they are", async () => {
    const rig = new SyncRig();
    rig.debts.stored.set("other:1", { bucket: "other:1", epoch: "e1", head: 2 });
    const next = new SyncRig({ debts: rig.debts });
    await next.flow();
    const { asked } = next.connect();
    await next.flow();
    expect(asked).toEqual([]);
    expect(next.debts.stored.has("other:1")).toBe(true);
  });
});

describe("progress, as it is shown", () => {
  test("it is updating exactly while something is missing and is being brought (B51)", async () => {
    const rig = await rigWith(["log:1"], 5);
    const told: boolean[] = [];
    rig.sync.isUpdating.subscribe((isUpdating) => told.push(isUpdating));
    rig.connect();
    await rig.flow();
    rig.server.append("log:1");
    await rig.flow();
    expect(told).toEqual([false, true, false]);
    rig.drop();
    rig.server.append("log:1");
    rig.server.firstPagesMax = 0;
    rig.server.emptyPages = Infinity;
    rig.connect();
    await rig.flow();
    expect(told).toEqual([false, true, false, true, false]);
    rig.server.emptyPages = 0;
    await rig.run(1_000);
    expect(told).toEqual([false, true, false, true, false, true, false]);
  });

  test("what waits, what fetches and what stores are counted apart (B51)", async () => {
    const rig = await rigWith(["log:1", "log:2", "log:3", "log:4", "log:5", "log:6"], 1);
    rig.store.isSlow = true;
    const session = rig.connect();
    session.serve();
    while (session.deliver());
    expect(rig.sync.activity.current).toEqual({ queued: 2, fetching: 4, applying: 0 });
    session.serve();
    session.deliver();
    await settled();
    expect(rig.sync.activity.current).toEqual({ queued: 2, fetching: 3, applying: 1 });
  });
});

describe("accounts, and the end", () => {
  test("with another account, what is open begins anew, and the old one's ends change nothing (L41, L48)", async () => {
    const rig = await rigWith(["log:1"], 2);
    rig.connect();
    rig.store.isSlow = true;
    await rig.flow();
    rig.drop();
    const letThrough = rig.store.waiting.splice(0);
    const late = rig.store.stored;
    late.clear();
    rig.store.isSlow = false;
    rig.sync.account(undefined);
    for (const act of letThrough) act();
    await rig.flow();
    expect(rig.applied).toEqual([]);
    expect(stateOf(rig, "log:1").phase).toBe("waiting");
    late.clear();
    const { asked } = rig.connect();
    await rig.flow();
    expect(asked[0]).toBe("subscribe log:1 -");
  });

  test("an account's store that comes late begins everything anew within the session", async () => {
    const rig = await rigWith(["log:1"], 2);
    const session = rig.connect();
    await rig.flow();
    rig.sync.account(rig.debts);
    rig.server.append("log:1");
    await rig.flow();
    expect(rows(rig, "log:1")).toEqual(rig.server.visible("log:1"));
    expect(session.violations).toEqual([]);
    expect(session.asked.slice(-2)).toEqual(["unsubscribe log:1", "subscribe log:1 2"]);
  });

  test("closed, it leaves nothing behind, whatever it was doing", async () => {
    const rig = await rigWith(["log:1", "log:2", "room:1"], 4);
    rig.store.failures = 1;
    const session = rig.connect();
    rig.debts.failures = 9;
    await rig.flow();
    session.push(rig.server.run("log:1", 4, 4));
    rig.sync.close();
    rig.drop();
    await rig.flow();
    expect(rig.clock.pending).toBe(0);
    expect(rig.sync.isUpdating.current).toBe(false);
    const { length } = rig.applied;
    const opening = rig.sync.bucket("log:1").open();
    await rig.flow();
    opening.close();
    expect(rig.applied).toHaveLength(length);
    expect(rig.clock.pending).toBe(0);
  });

  test("it is what a session needs", () => {
    const listener: SyncListener = new SyncRig().sync;
    const remote: SyncRemote = {
      fetch: () => expect.unreachable("not asked for"),
      subscribe: () => undefined,
      unsubscribe: () => undefined,
    };
    expect(listener.attach(remote)).toEqual([]);
  });
});
