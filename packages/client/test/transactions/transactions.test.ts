import { OptionsError, waitFor } from "@holdfast/client";
import { expect, test } from "vitest";

import { memoryStore } from "../../src/stores/memory.ts";
import { withPending } from "../../src/transactions/optimism.ts";
import {
  defineTransaction,
  type TransactionDefinition,
} from "../../src/transactions/transaction.ts";
import { TransactionError } from "../../src/transactions/transaction-error.ts";
import { clear, contract, send, TransactionsRig } from "./support/transactions-rig.ts";

const error = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (reason: unknown) =>
      reason instanceof TransactionError
        ? [reason.kind, reason.code].filter(Boolean).join(" ")
        : reason,
  );

test("a transaction shows at once, is stored, sent, and brings its result", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  const handle = client.transact(send, { text: "hi" });
  const phases: string[] = [];
  handle.phase.subscribe((phase) => phases.push(phase));
  expect(client.pending.current).toEqual([
    {
      id: "id1",
      name: "send",
      input: { text: "hi" },
      createdAt: rig.clock.wallNow(),
      phase: "saving",
    },
  ]);
  expect(withPending(["before"], client.pending.current, [send])).toEqual(["before", "hi"]);
  expect(await rig.clock.finish(handle.result)).toBe("ok");
  await rig.clock.settle();
  expect(phases).toEqual(["saving", "inFlight", "done"]);
  expect([client.pending.current, rig.disk.records.size]).toEqual([[], 0]);
  expect(rig.server.applied).toEqual([{ text: "hi" }]);
  client.close();
  expect([rig.clock.pending, rig.disk.watcherCount, rig.disk.locks.size]).toEqual([0, 0, 0]);
  expect(rig.reports).toEqual([]);
});

test("the caller's object may change afterwards", async () => {
  const rig = new TransactionsRig();
  const input = { text: "hi" };
  const handle = rig.client().transact(send, input);
  input.text = "changed";
  await rig.clock.finish(handle.result);
  expect(rig.server.applied).toEqual([{ text: "hi" }]);
});

test("what was made offline survives the process, and arrives once (B29, L39)", async () => {
  const rig = new TransactionsRig();
  const first = rig.client({}, "offline");
  for (const text of ["a", "b", "c"]) first.transact(send, { text }, { lane: "room" });
  await rig.clock.run(100);
  // The process dies: nothing is closed, but its locks are gone.
  rig.disk.locks.clear();
  const second = rig.client();
  await rig.clock.run(1);
  expect(second.pending.current.map(({ input }) => input)).toEqual([
    { text: "a" },
    { text: "b" },
    { text: "c" },
  ]);
  await rig.clock.run(100);
  expect(rig.server.applied).toEqual([{ text: "a" }, { text: "b" }, { text: "c" }]);
  expect([second.pending.current, rig.disk.records.size]).toEqual([[], 0]);
});

test("a session that is lost after it ran, and before it was answered, doubles nothing", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  rig.server.isAuto = false;
  const { result } = client.transact(send, { text: "hi" });
  await rig.clock.settle();
  rig.server.runAndDrop();
  client.sessionClosed({ isViolation: false });
  await rig.clock.run(60_000);
  rig.server.isAuto = true;
  client.sessionOpened({ keepsKeys: true });
  expect(await rig.clock.finish(result)).toBe("ok");
  expect([rig.server.applied, rig.server.heard]).toEqual([[{ text: "hi" }], ["send", "send"]]);
});

test("a failure is told, and its effect is gone", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  const data = { why: 1 };
  rig.server.handler = () => ({ type: "failure", code: "full", message: "", data });
  const { result, phase } = client.transact(send, { text: "hi" });
  await expect(rig.clock.finish(result)).rejects.toMatchObject({
    name: "TransactionError",
    kind: "rejected",
    code: "full",
    data,
  });
  expect([phase.current, client.pending.current]).toEqual(["failed", []]);
});

test("a result that nobody hears is no uncaught error", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  rig.server.handler = () => ({ type: "failure", code: "full", message: "" });
  const { phase } = client.transact(send, { text: "hi" });
  await rig.clock.run(1_000);
  expect(phase.current).toBe("failed");
});

test("cancelled offline it is gone, and cancel says true (L34)", async () => {
  const rig = new TransactionsRig();
  const client = rig.client({}, "offline");
  const handle = client.transact(send, { text: "hi" });
  await rig.clock.settle();
  expect(await rig.clock.finish(handle.cancel())).toBe(true);
  expect(await error(handle.result)).toBe("cancelled");
  expect([handle.phase.current, rig.disk.records.size]).toEqual(["cancelled", 0]);
  expect(await handle.cancel()).toBe(true);
});

test("cancelled after it ran, it is done, and cancel says false", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  rig.server.isAuto = false;
  const handle = client.transact(send, { text: "hi" });
  await rig.clock.settle();
  rig.server.runAndDrop();
  rig.server.isAuto = true;
  expect(await rig.clock.finish(handle.cancel())).toBe(false);
  expect(await handle.result).toBe("ok");
  expect(rig.server.heard).toEqual(["send", "cancel"]);
});

test("a signal cancels, before and after, and many may share it", async () => {
  const rig = new TransactionsRig();
  const client = rig.client({}, "offline");
  const controller = new AbortController();
  const { signal } = controller;
  const handles = ["a", "b"].map((text) => client.transact(send, { text }, { signal }));
  const other = client.transact(send, { text: "c" }, { signal: new AbortController().signal });
  await rig.clock.settle();
  controller.abort();
  await rig.clock.settle();
  const late = client.transact(send, { text: "d" }, { signal });
  await rig.clock.settle();
  const told = await Promise.all([...handles, late].map(({ result }) => error(result)));
  expect(told).toEqual(["cancelled", "cancelled", "cancelled"]);
  expect([other.phase.current, client.pending.current.length]).toEqual(["queued", 1]);
});

test.each<readonly [string, unknown]>([
  ["tooLarge", { text: "é".repeat(131_072) }],
  ["notEncodable", { text: 1n }],
  ["prototypeKey", JSON.parse('{ "__proto__": 1 }')],
  ["tooDeep", JSON.parse("[".repeat(40) + "]".repeat(40))],
])("what cannot be stored or sent is told at once: %s", async (code, input) => {
  const rig = new TransactionsRig();
  const client = rig.client();
  const handle = client.transact(send, input as { text: string });
  expect([handle.phase.current, client.pending.current]).toEqual(["failed", []]);
  expect(await error(handle.result)).toBe(`storeFailed ${code}`);
  await rig.clock.settle();
  expect(rig.disk.log).toEqual(["claim"]);
});

test("a record of 256 KiB is stored", async () => {
  const rig = new TransactionsRig();
  const handle = rig.client().transact(send, { text: "x".repeat(261_000) });
  expect(await rig.clock.finish(handle.result)).toBe("ok");
});

test("without an account nothing is taken, and with one that just came all is", async () => {
  const rig = new TransactionsRig();
  const client = rig.client({}, "signedOut");
  expect(await error(client.transact(send, { text: "a" }).result)).toBe("storeFailed noAccount");
  client.sessionOpened({ keepsKeys: true });
  rig.open(client);
  expect(await rig.clock.finish(client.transact(send, { text: "b" }).result)).toBe("ok");
  client.close();
  expect(await error(client.transact(send, { text: "c" }).result)).toBe("storeFailed noAccount");
});

test("another account sends nothing of the one before; that goes on when it is back (L41)", async () => {
  const rig = new TransactionsRig();
  const client = rig.client({}, "offline");
  const handle = client.transact(send, { text: "mine" });
  await rig.clock.settle();
  client.closeAccount();
  expect(await error(handle.result)).toBe("closed closed");
  const others = new TransactionsRig();
  client.open(() => Promise.resolve(others.disk.client()));
  client.sessionOpened({ keepsKeys: true });
  await rig.clock.run(1_000);
  expect([rig.server.heard, client.pending.current]).toEqual([[], []]);
  rig.open(client);
  await rig.clock.run(1_000);
  expect(rig.server.applied).toEqual([{ text: "mine" }]);
});

test("closed before it was stored, it is told that it never was", async () => {
  const rig = new TransactionsRig();
  rig.disk.gate = new Promise(() => {});
  const client = rig.client();
  const handle = client.transact(send, { text: "a" });
  await rig.clock.settle();
  client.close();
  expect(await error(handle.result)).toBe("storeFailed closed");
  const other = new TransactionsRig();
  const second = other.client();
  await other.clock.settle();
  other.disk.gate = new Promise(() => {});
  const writing = second.transact(send, { text: "b" });
  second.close();
  expect(await error(writing.result)).toBe("closed closed");
  expect(await writing.cancel()).toBe(false);
});

test("a store that opens after the account closed is left alone", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  client.close();
  await rig.clock.settle();
  expect([rig.disk.watcherCount, rig.disk.locks.size, rig.clock.pending]).toEqual([0, 0, 0]);
});

test("a claim that ends after the account closed gives its lock up", async () => {
  const rig = new TransactionsRig();
  let open = (): void => {};
  rig.disk.gate = new Promise((resolve) => {
    open = resolve;
  });
  const client = rig.client();
  await rig.clock.settle();
  client.close();
  open();
  await rig.clock.settle();
  expect([rig.disk.locks.size, rig.clock.pending]).toEqual([0, 0]);
});

test("a store that fails to open is opened again, and what waited is told", async () => {
  const rig = new TransactionsRig();
  const client = rig.client({}, "signedOut");
  let tries = 0;
  client.open(() =>
    tries++ ? Promise.resolve(rig.disk.client()) : Promise.reject(new TypeError("no disk")),
  );
  const handle = client.transact(send, { text: "a" });
  expect(await error(rig.clock.finish(handle.result))).toBe("storeFailed TypeError");
  expect(client.trouble.current.storeFailure).toBe("TypeError");
  await rig.clock.run(2_000);
  expect([tries, client.trouble.current.storeFailure]).toEqual([2, undefined]);
  expect(rig.disk.watcherCount).toBe(1);
});

test("two clients on one disk send each record once, and each its own", async () => {
  const rig = new TransactionsRig();
  const [left, right] = [rig.client({}, "offline"), rig.client({}, "offline")];
  const handles = [left, right].flatMap((client, index) =>
    [1, 2, 3].map((n) => client.transact(send, { text: `${index} ${n}` })),
  );
  await rig.clock.run(5_000);
  left.sessionOpened({ keepsKeys: true });
  right.sessionOpened({ keepsKeys: true });
  await rig.clock.finish(Promise.all(handles.map(({ result }) => result)));
  expect([rig.server.applied.length, rig.server.heard.length]).toEqual([6, 6]);
});

test("what a frozen page left is done by another, and it hears so when it thaws", async () => {
  const rig = new TransactionsRig();
  const frozen = rig.client({}, "offline");
  const handle = frozen.transact(send, { text: "a" });
  await rig.clock.settle();
  frozen.freeze();
  expect(rig.disk.log.at(-1)).toBe("release");
  const awake = rig.client();
  await rig.clock.run(1_000);
  expect([rig.server.applied, handle.phase.current]).toEqual([[{ text: "a" }], "queued"]);
  expect([frozen.pending.current.length, awake.pending.current.length]).toEqual([1, 0]);
  frozen.thaw();
  expect(await rig.clock.finish(handle.result)).toBe("ok");
  expect([handle.phase.current, frozen.pending.current]).toEqual(["done", []]);
});

test("an account that opens in a frozen page waits for the thaw", async () => {
  const rig = new TransactionsRig();
  const client = rig.client({}, "signedOut");
  client.freeze();
  rig.open(client);
  await rig.clock.run(60_000);
  expect(rig.disk.log).toEqual([]);
  client.thaw();
  await rig.clock.settle();
  expect(rig.disk.log).toEqual(["claim"]);
});

test("an own update takes the effect away in the step that shows it", async () => {
  const rig = new TransactionsRig();
  rig.reached.set("log", 1);
  const client = rig.client();
  rig.server.isAuto = false;
  const handle = client.transact(send, { text: "a" });
  await rig.clock.settle();
  rig.server.ack();
  expect(handle.phase.current).toBe("acked");
  client.applied("log", 2, ["id1"]);
  expect(client.pending.current).toEqual([]);
  rig.server.answer({ type: "result", output: "ok", at: { log: 2, closed: 9 } });
  expect(handle.phase.current).toBe("acked");
  client.applied("log", 2, []);
  expect(handle.phase.current).toBe("done");
});

test("buckets that are not open, or have it already, are not waited for", async () => {
  const rig = new TransactionsRig();
  rig.reached.set("log", 7);
  const client = rig.client();
  rig.server.handler = () => ({ type: "result", output: 1, at: { log: 7, closed: 9 } });
  const handle = client.transact(send, { text: "a" });
  await rig.clock.run(20);
  expect(handle.phase.current).toBe("done");
});

test("what waits for another goes after it, by handle or id, and fails with it", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  const first = client.transact(send, { text: "a" });
  const second = client.transact(send, { text: "b" }, { blockers: [first] });
  const third = client.transact(send, { text: "c" }, { blockers: [second.id, "long gone"] });
  await rig.clock.finish(third.result);
  expect(rig.server.applied).toEqual([{ text: "a" }, { text: "b" }, { text: "c" }]);
  rig.server.handler = () => ({ type: "failure", code: "full", message: "" });
  const failed = client.transact(send, { text: "d" });
  await error(rig.clock.finish(failed.result));
  const late = client.transact(send, { text: "e" }, { blockers: [first, failed] });
  expect(await error(late.result)).toBe("blockerFailed");
});

test("deadlines: an option goes before the definition, and 47 hours are the most", async () => {
  const brief = defineTransaction(contract, "send", { name: "brief", deadlineMs: 2_000 });
  const rig = new TransactionsRig();
  const client = rig.client({ definitions: [brief, send] }, "offline");
  const made = rig.clock.now();
  const handles = [
    client.transact(brief, { text: "" }),
    client.transact(brief, { text: "" }, { deadlineMs: 5_000 }),
    client.transact(send, { text: "" }, { deadlineMs: 1e12 }),
    client.transact(send, { text: "" }),
  ];
  const ends = handles.map(async ({ result }) => [await error(result), rig.clock.now() - made]);
  await rig.clock.run(2 * 86_400_000);
  expect(await Promise.all(ends)).toEqual([
    ["timedOut", 2_000],
    ["timedOut", 5_000],
    ["timedOut", 47 * 3_600_000],
    ["timedOut", 24 * 3_600_000],
  ]);
});

test("lanes come from the definition, or from the option", async () => {
  const room = defineTransaction(contract, "send", { name: "room", lane: ({ text }) => text });
  const rig = new TransactionsRig();
  const client = rig.client({ definitions: [room] }, "offline");
  client.transact(room, { text: "a" });
  client.transact(room, { text: "a" }, { lane: "b" });
  await rig.clock.settle();
  expect([...rig.disk.records.values()].map(({ lane }) => lane)).toEqual(["a", "b"]);
});

test("what the app does wrong is thrown at once", () => {
  const client = new TransactionsRig().client();
  const stranger = defineTransaction(contract, "rename");
  expect(() => client.transact(stranger, "x")).toThrow(OptionsError);
  expect(() => client.transact(send, { text: "" }, { deadlineMs: -1 })).toThrow(OptionsError);
  expect(() => client.transact(send, { text: "" }, { deadlineMs: NaN })).toThrow(OptionsError);
});

test("a transaction without input needs none", async () => {
  const rig = new TransactionsRig();
  await rig.clock.finish(rig.client().transact(clear).result);
  expect(rig.server.applied).toEqual([undefined]);
});

test("servers that say how long they keep keys are believed", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  rig.server.isAuto = false;
  const handle = client.transact(send, { text: "a" });
  await rig.clock.settle();
  rig.server.drop();
  client.sessionClosed({ isViolation: false });
  await rig.clock.run(1_800_000);
  client.sessionOpened({ keepsKeys: true, keyRetentionMs: 3_600_000 });
  expect(await error(rig.clock.finish(handle.result))).toBe("outcomeUnknown");
});

test("three broken sessions in a row poison it", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  rig.server.isAuto = false;
  const handle = client.transact(send, { text: "a" });
  for (let count = 0; count < 3; count++) {
    await rig.clock.run(5_000);
    rig.server.drop();
    client.sessionClosed({ isViolation: true });
    client.sessionOpened({ keepsKeys: true });
  }
  expect(await error(rig.clock.finish(handle.result))).toBe("poisoned");
});

test("phases can be waited for", async () => {
  const rig = new TransactionsRig();
  const handle = rig.client({}, "offline").transact(send, { text: "a" });
  await rig.clock.finish(waitFor(handle.phase, (phase) => phase === "queued"));
  expect(rig.disk.records.has(handle.id)).toBe(true);
});

test("what is made by someone who hears of the sign-out fails, and does not hang", async () => {
  const rig = new TransactionsRig();
  const client = rig.client({}, "offline");
  client.transact(send, { text: "a" });
  const late: Promise<unknown>[] = [];
  client.pending.subscribe((pending) => {
    if (!pending.length) late.push(error(client.transact(send, { text: "late" }).result));
  });
  late.length = 0;
  client.closeAccount();
  expect(await Promise.all(late)).toEqual(["storeFailed noAccount"]);
});

test("what is forgotten while it waits ends within a minute, and lets its lane go on", async () => {
  const rig = new TransactionsRig();
  const store = memoryStore({ clock: rig.clock });
  const account = await store.open("ada");
  const client = rig.client({}, "signedOut");
  client.open(() => Promise.resolve(account.transactions));
  const handles = ["a", "b"].map((text) => client.transact(send, { text }, { lane: "l" }));
  await rig.clock.run(100);
  await store.forget("ada");
  client.sessionOpened({ keepsKeys: true });
  const next = client.transact(send, { text: "c" }, { lane: "l" });
  await rig.clock.run(90_000);
  expect(handles.map(({ phase }) => phase.current)).toEqual(["failed", "failed"]);
  expect(await Promise.all(handles.map(({ result }) => error(result)))).toEqual([
    "outcomeUnknown",
    "outcomeUnknown",
  ]);
  expect([next.phase.current, client.pending.current]).toEqual(["done", []]);
});

test("a definition that could not be read again after a reload is refused at once", () => {
  const rig = new TransactionsRig();
  const refused = (...definitions: TransactionDefinition[]): void =>
    expect(() => rig.client({ definitions })).toThrow(OptionsError);
  refused(defineTransaction(contract, "clear", { version: NaN }));
  refused(defineTransaction(contract, "clear", { name: 5 as never }));
  refused(defineTransaction(contract, undefined as never));
  refused(defineTransaction(contract, "half a pair \ud800" as never));
  refused(defineTransaction(contract, "clear", { name: "send" }), send);
  const newer = defineTransaction(contract, "clear", { version: 2 });
  expect(() => rig.client().transact(newer)).toThrow(OptionsError);
});

test.each([
  { lane: 5 },
  { blockers: [null] },
  { blockers: [{}] },
  { signal: {} },
  { deadlineMs: "soon" },
])("an option of the wrong type is refused at once: %j", (options) => {
  const client = new TransactionsRig().client({}, "offline");
  expect(() => client.transact(clear, undefined, options as never)).toThrow(OptionsError);
  expect(client.pending.current).toEqual([]);
});

test("a lane that is null is none, and one that throws is reported and refused", async () => {
  const rig = new TransactionsRig();
  const fault = new Error("the app's");
  const kind = defineTransaction(contract, "rename", {
    lane: (input) => {
      if (input === "x") throw fault;
      return null as never;
    },
  });
  const client = rig.client({ definitions: [kind] });
  rig.server.isAuto = false;
  for (const name of ["a", "b"]) client.transact(kind, name, { lane: null as never });
  await rig.clock.settle();
  expect(rig.server.heard).toEqual(["rename", "rename"]);
  expect(() => client.transact(kind, "x")).toThrow(OptionsError);
  expect(rig.reports).toEqual([fault]);
});
