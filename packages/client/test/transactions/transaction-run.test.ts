import { expect, test } from "vitest";

import { defineTransaction } from "../../src/transactions/transaction.ts";
import { clear, contract, send, TransactionsRig } from "./support/transactions-rig.ts";

/** Leaves a record on the disk, made by an app of earlier days. */
async function left(
  rig: TransactionsRig,
  version: number,
  name = "send",
  wasSent = false,
): Promise<void> {
  const earlier = defineTransaction(contract, "send", { name, version });
  const client = rig.client({ definitions: [earlier] }, wasSent ? "online" : "offline");
  rig.server.isAuto = false;
  client.transact(earlier, { text: "old" });
  await rig.clock.settle();
  client.freeze();
  rig.server.drop();
  rig.server.heard.length = 0;
  rig.server.isAuto = true;
}

test("an input of an earlier version is brought up to date, shown and sent so", async () => {
  const rig = new TransactionsRig();
  await left(rig, 1);
  const now = defineTransaction(contract, "send", {
    version: 2,
    migrate: (input, from) => ({ text: `${(input as { text: string }).text} ${from}` }),
  });
  const client = rig.client({ definitions: [now] }, "offline");
  await rig.clock.settle();
  expect(client.pending.current[0]?.input).toEqual({ text: "old 1" });
  client.sessionOpened({ keepsKeys: true });
  await rig.clock.run(100);
  expect(rig.server.applied).toEqual([{ text: "old 1" }]);
});

test("but what may have run is sent as it was", async () => {
  const rig = new TransactionsRig();
  await left(rig, 1, "send", true);
  const now = defineTransaction(contract, "send", { version: 2, migrate: () => ({ text: "new" }) });
  const client = rig.client({ definitions: [now] }, "offline");
  await rig.clock.settle();
  expect(client.pending.current[0]?.input).toEqual({ text: "new" });
  client.sessionOpened({ keepsKeys: true });
  await rig.clock.run(100);
  expect(rig.server.applied).toEqual([{ text: "old" }]);
});

test.each([
  ["a name that is gone", "forgotten", undefined, 0],
  ["a version without a way", "send", undefined, 0],
  [
    "a way that fails",
    "send",
    () => {
      throw new Error("no way");
    },
    1,
  ],
])("records of %s stay, and are reported", async (_, name, migrate, reports) => {
  const rig = new TransactionsRig();
  await left(rig, 1, name);
  const options = migrate ? { version: 2, migrate } : { version: 2 };
  const now = defineTransaction(contract, "send", options);
  const client = rig.client({ definitions: [now] });
  await rig.clock.run(1_000);
  expect(client.trouble.current.unknown).toEqual(["id1"]);
  expect([rig.server.heard, rig.disk.records.size, client.pending.current]).toEqual([[], 1, []]);
  expect(rig.reports).toHaveLength(reports);
});

const cycle: Record<string, unknown> = {};
cycle["self"] = cycle;

test.each([
  ["a bigint", 1n, "notEncodable"],
  ["bytes", new Uint8Array(2), "notEncodable"],
  ["a circle", cycle, "notEncodable"],
  ["a key that is a trap", JSON.parse('{"__proto__":1}'), "prototypeKey"],
  ["more than a record may hold", "x".repeat(300_000), "tooLarge"],
])("a way that makes %s is reported once, and holds up no other record", async (_, text, code) => {
  const rig = new TransactionsRig();
  const now = defineTransaction(contract, "send", { version: 2, migrate: () => ({ text }) });
  await left(rig, 1);
  const client = rig.client({ definitions: [now, clear] });
  await rig.clock.finish(client.transact(clear).result);
  await rig.clock.run(120_000);
  expect(client.trouble.current).toEqual({ setAside: [], unknown: ["id1"] });
  expect(rig.reports).toEqual([expect.objectContaining({ kind: "storeFailed", code })]);
  expect([rig.server.heard.length, rig.disk.records.size]).toEqual([1, 1]);
});

test("a way that fails is tried once, however often the store is looked at", async () => {
  const rig = new TransactionsRig();
  await left(rig, 1);
  const migrate = (): never => {
    throw new Error("no way");
  };
  const now = defineTransaction(contract, "send", { version: 2, migrate });
  const client = rig.client({ definitions: [now] });
  await rig.clock.run(300_000);
  expect([rig.reports.length, client.trouble.current.unknown]).toEqual([1, ["id1"]]);
});

test("what cannot be read is reported", async () => {
  const rig = new TransactionsRig();
  rig.disk.setAside.push({ id: "x", reason: "corrupt" });
  const client = rig.client();
  await rig.clock.settle();
  expect(client.trouble.current.setAside).toEqual([{ id: "x", reason: "corrupt" }]);
});

test("results are heard, also after a reload, and a fault in hearing is reported", async () => {
  const rig = new TransactionsRig();
  await left(rig, 1);
  const heard: unknown[] = [];
  const now = defineTransaction(contract, "send", {
    onResult(output, { id, input }) {
      heard.push([output, id, input]);
      throw new Error("mine");
    },
  });
  const client = rig.client({ definitions: [now] });
  await rig.clock.run(100);
  const { result } = client.transact(now, { text: "new" });
  await rig.clock.finish(result);
  expect(heard).toEqual([
    ["ok", "id1", { text: "old" }],
    ["ok", "id2", { text: "new" }],
  ]);
  expect(rig.reports).toHaveLength(2);
});

test("an app may make another transaction in whatever it hears (L44)", async () => {
  const rig = new TransactionsRig();
  const made: Promise<unknown>[] = [];
  const chain = defineTransaction(contract, "send", {
    name: "chain",
    apply({ input }) {
      if (input.text === "a") made.push(client.transact(send, { text: "in apply" }).result);
    },
    onResult: () => void made.push(client.transact(send, { text: "in onResult" }).result),
  });
  const client = rig.client({ definitions: [chain, send] });
  const handle = client.transact(chain, { text: "a" });
  let count = 0;
  handle.phase.subscribe((phase) => {
    if (phase === "done" && !count++) made.push(client.transact(send, { text: "in phase" }).result);
  });
  await rig.clock.finish(handle.result);
  await rig.clock.finish(Promise.all(made));
  expect(rig.server.applied).toHaveLength(4);
  expect(rig.reports).toEqual([]);
});

test("a definition knows its own failures: which may pass, and which do not", async () => {
  const rig = new TransactionsRig();
  const own = defineTransaction(contract, "send", {
    isTransient: (code) => (code === "locked" ? true : code === "internal" ? false : undefined),
  });
  const client = rig.client({ definitions: [own] });
  rig.server.isAuto = false;
  const failure = (code: string) => ({ type: "failure", code, message: "" }) as const;
  const handle = client.transact(own, { text: "a" });
  for (const code of ["locked", "timedOut"]) {
    await rig.clock.run(5_000);
    rig.server.answer(failure(code));
    expect(handle.phase.current).toBe("queued");
  }
  await rig.clock.run(5_000);
  rig.server.answer(failure("internal"));
  await expect(handle.result).rejects.toMatchObject({ kind: "rejected", code: "internal" });
});

test("a fault in that is reported, and the default holds", async () => {
  const rig = new TransactionsRig();
  const own = defineTransaction(contract, "send", {
    isTransient() {
      throw new Error("mine");
    },
  });
  const client = rig.client({ definitions: [own] });
  rig.server.isAuto = false;
  const handle = client.transact(own, { text: "a" });
  await rig.clock.settle();
  rig.server.answer({ type: "failure", code: "internal", message: "" });
  expect([handle.phase.current, rig.reports.length]).toEqual(["queued", 1]);
});

test("imperative effects are applied in order and undone on failure", async () => {
  const rig = new TransactionsRig();
  const done: string[] = [];
  const own = defineTransaction(contract, "send", {
    apply: ({ input }) => void done.push(`+${input.text}`),
    undo: ({ input }) => void done.push(`-${input.text}`),
  });
  const client = rig.client({ definitions: [own] }, "offline");
  const [first] = ["a", "b"].map((text) => client.transact(own, { text }));
  expect(done).toEqual(["+a", "+b"]);
  await rig.clock.settle();
  void first?.cancel();
  expect(done).toEqual(["+a", "+b", "-b", "-a", "+b"]);
});

test("one alarm at most is set, and none after the end", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  for (let count = 0; count < 20; count++) client.transact(send, { text: "a" });
  await rig.clock.run(100);
  expect(rig.clock.pending).toBe(1);
  client.close();
  client.close();
  expect(rig.clock.pending).toBe(0);
  client.applied("log", 1, []);
  client.freeze();
  client.thaw();
  expect(rig.clock.pending).toBe(0);
});

test("closed by what it tells, it does nothing more", async () => {
  const rig = new TransactionsRig();
  const own = defineTransaction(contract, "send", { onResult: () => client.close() });
  const client = rig.client({ definitions: [own] });
  const handle = client.transact(own, { text: "a" });
  await rig.clock.finish(handle.result);
  await rig.clock.run(60_000);
  expect([rig.disk.records.size, rig.clock.pending, rig.disk.locks.size]).toEqual([1, 0, 0]);
});

test("answers that come after the account closed change nothing", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  client.transact(send, { text: "a" });
  await rig.clock.settle();
  client.closeAccount();
  await rig.clock.run(1_000);
  expect([rig.server.applied.length, rig.disk.records.size, rig.reports]).toEqual([1, 1, []]);
});

test("a session that opened before the account is known to its queue", async () => {
  const rig = new TransactionsRig();
  const client = rig.client({}, "signedOut");
  client.sessionOpened({ keepsKeys: false });
  rig.open(client);
  const handle = client.transact(send, { text: "a" });
  await rig.clock.finish(handle.result);
  client.sessionClosed({ isViolation: false });
  client.closeAccount();
  rig.open(client);
  client.transact(send, { text: "b" });
  await rig.clock.run(60_000);
  expect(rig.server.applied).toEqual([{ text: "a" }]);
});

test("the trouble of one account is not told of the next", async () => {
  const rig = new TransactionsRig();
  rig.disk.setAside.push({ id: "x", reason: "corrupt" });
  rig.disk.failures.push(undefined, "EIO");
  const client = rig.client({}, "offline");
  await rig.clock.settle();
  client.transact(send, { text: "a" });
  await rig.clock.settle();
  expect(client.trouble.current).toMatchObject({ setAside: [{ id: "x" }] });
  client.closeAccount();
  expect(client.trouble.current).toEqual({ setAside: [], unknown: [] });
});
