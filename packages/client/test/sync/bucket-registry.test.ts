/** Which buckets are kept: those that the app has open, and those that the server named. */
import { expect, test } from "vitest";

import type { Cursor } from "../../src/sync/apply-updates.ts";
import { SyncRig } from "./support/sync-rig.ts";

const rows = (rig: SyncRig, bucket: string) => rig.store.stored.get(bucket)?.rows;

/** A session that names a bucket while the account's store is not open yet. */
async function namedEarly(): Promise<SyncRig> {
  const rig = new SyncRig();
  rig.server.append("log:1", { count: 2 });
  rig.sync.leave();
  rig.connect().adopt("log:1");
  await rig.flow();
  return rig;
}

test("a bucket that the server named before the store was open is kept once it is", async () => {
  const rig = await namedEarly();
  expect([rig.store.batches, rows(rig, "log:1")]).toEqual([[], undefined]);
  rig.server.append("log:1");
  await rig.flow();
  rig.sync.account(rig.debts);
  await rig.flow();
  expect(rows(rig, "log:1")).toEqual(rig.server.visible("log:1"));
  rig.server.append("log:1");
  await rig.flow();
  expect(rows(rig, "log:1")).toEqual(rig.server.visible("log:1"));
  expect(rig.session?.violations).toEqual([]);
});

test("while nobody's store is open, no hook is called for a bucket that the server names", async () => {
  const asked: string[] = [];
  const cursor = (bucket: string): undefined => void asked.push(bucket);
  const rig = new SyncRig({ hooks: { log: { cursor, apply: () => {} } } });
  rig.sync.leave();
  rig.connect().adopt("log:1");
  await rig.flow();
  expect(asked).toEqual([]);
});

test("what the server names before the store is open is not sent in vain, but from where that stands", async () => {
  const rig = await namedEarly();
  expect(rig.session?.asked).toEqual(["unsubscribe log:1"]);
  rig.server.append("log:1");
  expect(rig.session?.outbox).toEqual([]);
  rig.store.stored.set("log:1", { cursor: { epoch: "e1", seq: 1 }, rows: ["log:1 e1 1"] });
  rig.sync.account(rig.debts);
  await rig.flow();
  expect(rig.session?.asked).toEqual(["unsubscribe log:1", "subscribe log:1 1"]);
  expect(rows(rig, "log:1")).toEqual(rig.server.visible("log:1"));
});

test("what the server named for one user is not asked for in the name of the next", async () => {
  const rig = await namedEarly();
  const { asked } = rig.connect();
  rig.sync.account(rig.debts);
  await rig.flow();
  expect(asked).toEqual([]);
  const early = await namedEarly();
  early.sync.leave();
  early.sync.account(early.debts);
  await early.flow();
  expect(rows(early, "log:1")).toBeUndefined();
});

test("a bucket that the app opens while its store is not open yet, and the server names, is live at once", async () => {
  const rig = new SyncRig();
  rig.server.append("log:1", { count: 2 });
  rig.sync.leave();
  const opening = rig.sync.bucket("log:1").open();
  rig.connect().adopt("log:1");
  await rig.flow();
  rig.sync.account(rig.debts);
  await rig.flow();
  expect(rig.sync.bucket("log:1").state.current.phase).toBe("live");
  opening.close();
  rig.server.append("log:1");
  await rig.flow();
  expect(rows(rig, "log:1")).toEqual(rig.server.visible("log:1"));
});

test("a bucket that the server named before the app had asked for it is kept once the app closes it", async () => {
  const { store, server } = new SyncRig();
  server.append("log:1", { count: 2 });
  const reads: (() => void)[] = [];
  const cursor = (bucket: string) =>
    new Promise<Cursor | undefined>((resolve) => {
      reads.push(() => resolve(store.cursor(bucket)));
    });
  const rig = new SyncRig({ hooks: { log: { ...store.hooks(), cursor } }, server, store });
  const readAll = async (): Promise<void> => {
    for (const read of reads.splice(0)) read();
    await rig.flow();
  };
  const opening = rig.sync.bucket("log:1").open();
  // The hello does not ask for it: its cursor is still being read.
  rig.connect().adopt("log:1");
  await rig.flow();
  await readAll();
  expect(rows(rig, "log:1")).toHaveLength(2);
  opening.close();
  await rig.flow();
  await readAll();
  server.append("log:1");
  await rig.flow();
  expect(rows(rig, "log:1")).toHaveLength(3);
});

test("a bucket that only the app asked for is not kept once the app closes it", async () => {
  const rig = new SyncRig();
  const session = rig.connect();
  const opening = rig.sync.bucket("log:1").open();
  await rig.flow();
  opening.close();
  await rig.flow();
  expect(session.asked).toEqual(["subscribe log:1 -", "unsubscribe log:1"]);
});

test("a bucket that is opened before what was heard live has been left is asked for after that", async () => {
  const { store, server } = new SyncRig();
  server.append("log:1", { count: 2 });
  let read = (): void => {};
  const cursor = () => new Promise<undefined>((resolve) => void (read = () => resolve(undefined)));
  const rig = new SyncRig({ hooks: { log: { ...store.hooks(), cursor } }, server, store });
  const session = rig.connect();
  rig.sync.bucket("log:1").open();
  // What another part of the client had asked, and the answer to its goodbye.
  session.adopt("log:1");
  session.end("log:1");
  await rig.flow();
  read();
  await rig.flow();
  server.append("log:1");
  await rig.flow();
  expect(session.asked.slice(0, 1)).toEqual(["subscribe log:1 -"]);
  expect(rows(rig, "log:1")).toHaveLength(3);
});

test("a bucket that was heard live for a moment is not taken for one that the server named", async () => {
  const rig = new SyncRig();
  rig.server.append("log:1", { count: 2 });
  const session = rig.connect();
  session.adopt("log:1");
  session.end("log:1");
  await rig.flow();
  expect(rig.sync.states().size).toBe(0);
  // What was told of it is a debt, and is paid once.
  rig.connect();
  await rig.flow();
  const { asked } = rig.connect();
  await rig.flow();
  expect(asked).toEqual([]);
});

test("whoever stops listening twice takes the bucket from nobody", async () => {
  const rig = new SyncRig();
  rig.connect();
  const bucket = rig.sync.bucket("log:1");
  const cancel = bucket.state.subscribe(() => {});
  cancel();
  bucket.open();
  await rig.flow();
  cancel();
  rig.server.append("log:1");
  await rig.flow();
  expect(rows(rig, "log:1")).toHaveLength(1);
});
