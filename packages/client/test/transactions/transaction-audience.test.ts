import { expect, test } from "vitest";

import { defineTransaction } from "../../src/transactions/transaction.ts";
import { clear, contract, send, TransactionsRig } from "./support/transactions-rig.ts";

test("what is pending is told when it changes, and only then", async () => {
  const rig = new TransactionsRig();
  const client = rig.client({}, "offline");
  const told: string[] = [];
  client.pending.subscribe((pending) =>
    told.push(pending.map(({ id, phase }) => `${id} ${phase}`).join(", ")),
  );
  client.transact(send, { text: "a" });
  await rig.clock.run(29_000);
  client.transact(clear);
  await rig.clock.settle();
  expect(told).toEqual([
    "",
    "id1 saving",
    "id1 queued",
    "id1 queued, id2 saving",
    "id1 queued, id2 queued",
  ]);
});

test("an entry that did not change is the same object", async () => {
  const rig = new TransactionsRig();
  const client = rig.client({}, "offline");
  client.transact(send, { text: "a" });
  await rig.clock.settle();
  const [first] = client.pending.current;
  client.transact(send, { text: "b" });
  expect(client.pending.current[0]).toBe(first);
});

test("a signal is listened to once, and no longer than someone hangs on it", async () => {
  const rig = new TransactionsRig();
  const client = rig.client();
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  let added = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListener) => {
    added++;
    listeners.add(listener);
    add(type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    listeners.delete(listener);
    remove(type, listener);
  };
  const handles = ["a", "b"].map((text) => client.transact(send, { text }, { signal }));
  expect([added, listeners.size]).toEqual([2, 1]);
  await rig.clock.finish(Promise.all(handles.map(({ result }) => result)));
  expect(listeners.size).toBe(0);
});

test("closing ends every wait, and shows nothing more", async () => {
  const rig = new TransactionsRig();
  const client = rig.client({}, "offline");
  const handle = client.transact(send, { text: "a" });
  await rig.clock.settle();
  client.close();
  await expect(handle.result).rejects.toMatchObject({ kind: "closed", mayHaveRun: true });
  expect(client.pending.current).toEqual([]);
});

test("what was not stored at sign-out fails for good: undone, told, and with the user's words", async () => {
  const rig = new TransactionsRig();
  const told: unknown[] = [];
  const own = defineTransaction(contract, "send", {
    apply: ({ input }) => void told.push(`+${input.text}`),
    undo: ({ input }) => void told.push(`-${input.text}`),
    onFailure: ({ kind, code }, { input, phase }) =>
      void told.push([kind, code, input.text, phase]),
  });
  const client = rig.client({ definitions: [own] }, "offline");
  const { result, phase } = client.transact(own, { text: "a" });
  client.closeAccount();
  await expect(result).rejects.toMatchObject({ kind: "storeFailed", code: "closed" });
  expect(phase.current).toBe("failed");
  expect(told).toEqual(["+a", "-a", ["storeFailed", "closed", "a", "failed"]]);
});

test("what shows in place is taken back at sign-out, the last first, and shows once when its user is back", async () => {
  const rig = new TransactionsRig();
  const shown: string[] = [];
  const undone: string[] = [];
  const own = defineTransaction(contract, "send", {
    apply: ({ input }) => void shown.push(input.text),
    undo({ input }) {
      shown.pop();
      undone.push(input.text);
    },
  });
  const client = rig.client({ definitions: [own] }, "offline");
  for (const text of ["a", "b"]) client.transact(own, { text });
  await rig.clock.run(1_000);
  client.closeAccount();
  expect([shown, undone]).toEqual([[], ["b", "a"]]);
  rig.open(client);
  await rig.clock.run(1_000);
  expect(shown).toEqual(["a", "b"]);
});

test("a success that still shows is not taken back at sign-out", async () => {
  const rig = new TransactionsRig();
  const shown: string[] = [];
  const own = defineTransaction(contract, "send", {
    apply: ({ input }) => void shown.push(input.text),
    undo: () => void shown.pop(),
  });
  const client = rig.client({ definitions: [own] });
  rig.reached.set("log", 0);
  rig.server.handler = () => ({ type: "result", at: { log: 1 } });
  await rig.clock.finish(client.transact(own, { text: "a" }).result);
  expect(client.pending.current).toHaveLength(1);
  client.closeAccount();
  expect(shown).toEqual(["a"]);
});
