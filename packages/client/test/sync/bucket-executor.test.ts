/** What hooks answer, and what goes wrong on the way to them and to the session. */
import { expect, test } from "vitest";

import type { ApplyOutcome, BucketHooks, Cursor, Snapshot } from "../../src/sync/apply-updates.ts";
import { SyncRig } from "./support/sync-rig.ts";

const stateOf = (rig: SyncRig, bucket: string) => rig.sync.bucket(bucket).state.current;

/** A bucket with two updates, which is opened with these hooks. */
async function rigWith(hooks: BucketHooks): Promise<SyncRig> {
  const rig = new SyncRig({ hooks: { log: hooks } });
  rig.server.append("log:1", { count: 2 });
  rig.sync.bucket("log:1").open();
  rig.connect();
  await rig.flow();
  return rig;
}

test("a snapshot without a cursor is tried again, and keeps its bucket from nothing", async () => {
  let snapshots = 0;
  const { store, server } = new SyncRig();
  const snapshot = ({ bucket }: { bucket: string }): Promise<Snapshot> => {
    const good = store.snapshotOf(rig.server, bucket);
    return Promise.resolve(snapshots++ > 0 ? good : ({} as Snapshot));
  };
  const hooks = { log: { ...store.hooks(), snapshot } };
  const rig = new SyncRig({ hooks, store, server });
  rig.server.append("log:1", { count: 2 });
  rig.sync.bucket("log:1").open();
  rig.connect();
  await rig.flow();
  expect(stateOf(rig, "log:1")).toMatchObject({
    phase: "stopped",
    error: { kind: "applyFailed", cause: new TypeError("bad cursor") },
  });
  await rig.run(1_000);
  expect(stateOf(rig, "log:1")).toMatchObject({ phase: "live", cursor: { seq: 2 } });
});

test("a fetch that the session cannot begin is tried again, and told of as a fault", async () => {
  const rig = new SyncRig();
  rig.server.append("log:1", { count: 2 });
  rig.sync.bucket("log:1").open();
  const session = rig.connect();
  const fetch = session.fetch.bind(session);
  session.fetch = () => {
    session.fetch = fetch;
    throw new Error("no fetch");
  };
  await rig.flow();
  expect(rig.faults).toEqual([new Error("no fetch")]);
  expect(stateOf(rig, "log:1")).toMatchObject({ phase: "behind", error: { kind: "fetchFailed" } });
  await rig.run(1_000);
  expect(stateOf(rig, "log:1")).toMatchObject({ phase: "live", cursor: { seq: 2 } });
});

test.each<[string, unknown]>([
  ["a bigint for a number", { epoch: "e1", seq: 1n }],
  ["a number as text", { epoch: "e1", seq: "1" }],
  ["a fraction", { epoch: "e1", seq: 0.5 }],
  ["a negative number", { epoch: "e1", seq: -1 }],
  ["no epoch", { seq: 1 }],
  ["an epoch that no server has", { epoch: "", seq: 1 }],
  ["no cursor at all", "e1:1"],
])("a stored cursor with %s stops its bucket, and is not asked with", async (_, bad) => {
  let cursor = bad;
  const { store } = new SyncRig();
  const rig = await rigWith({ ...store.hooks(), cursor: () => cursor as Cursor });
  expect(rig.session?.asked).toEqual([]);
  expect(stateOf(rig, "log:1")).toMatchObject({
    phase: "stopped",
    error: { kind: "applyFailed", cause: new TypeError("bad cursor") },
  });
  cursor = undefined;
  await rig.run(1_000);
  expect(stateOf(rig, "log:1")).toMatchObject({ phase: "live", cursor: { seq: 2 } });
});

test("a database that says null for no cursor has none", async () => {
  const { store } = new SyncRig();
  const rig = await rigWith({ ...store.hooks(), cursor: () => null as unknown as undefined });
  expect(store.batches).toMatchObject([{ from: undefined, to: { seq: 2 } }]);
  expect(stateOf(rig, "log:1").phase).toBe("live");
});

test("a bad cursor of another tab stops the bucket, and nothing is asked with it", async () => {
  const outcomes: ApplyOutcome[] = [{ moved: { epoch: "e1", seq: 1n as unknown as number } }];
  const rig = await rigWith({ apply: () => outcomes.shift() });
  expect(stateOf(rig, "log:1")).toMatchObject({
    phase: "stopped",
    error: { kind: "applyFailed", cause: new TypeError("bad cursor") },
  });
  await rig.run(1_000);
  expect(stateOf(rig, "log:1")).toMatchObject({ phase: "live", cursor: { seq: 2 } });
});

test.each<[string, unknown]>([
  ["a number, as `push` does", 3],
  ["what a database answers", { changes: 1 }],
  ["null", null],
  ["true", true],
])("an app whose apply answers with %s has stored", async (_, outcome) => {
  let applied = 0;
  const apply = (): undefined => {
    applied++;
    return outcome as undefined;
  };
  const rig = await rigWith({ apply });
  await rig.run(60_000);
  expect([applied, stateOf(rig, "log:1").cursor?.seq]).toEqual([1, 2]);
});

test("an app whose data was deleted meanwhile says so by `moved`, and is given everything", async () => {
  const outcomes: ApplyOutcome[] = [undefined, { moved: undefined }];
  const given: unknown[] = [];
  const rig = await rigWith({
    apply: ({ from, to }) => {
      given.push([from?.seq, to.seq]);
      return outcomes.shift();
    },
  });
  rig.server.append("log:1");
  await rig.run(5_000);
  expect(given).toEqual([
    [undefined, 2],
    [2, 3],
    [undefined, 3],
  ]);
});
