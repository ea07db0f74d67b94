/** What a user of a durable client lives through: nothing lost, nothing doubled, nothing missed. */
import { afterEach, beforeEach, expect, test } from "vitest";

import { withPending } from "@holdfast/client/durable";
import type { ClientStore } from "@holdfast/client/durable";
import { memoryStore } from "@holdfast/client/memory";

import { addNote, NotesWorld } from "./notes-world.ts";

let world: NotesWorld;
beforeEach(() => {
  world = new NotesWorld();
});
afterEach(async () => {
  await world.close();
  expect(world.pair.clock.pending).toBe(0);
});

test("what is written offline shows at once and arrives once, in order, when the network is back (B29, B30)", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  ada.offline();
  await clock.run(1_000);
  const notes = ["one", "two", "three"].map((text) => ada.add(text));
  expect(ada.pending).toEqual(["one", "two", "three"]);
  await clock.run(60_000);
  expect(notes.map(({ phase }) => phase.current)).toEqual(["queued", "queued", "queued"]);
  ada.online();
  expect(await clock.finish(Promise.all(notes.map(({ result }) => result)))).toEqual([1, 2, 3]);
  await clock.run(10_000);
  expect([world.ran, ada.pending]).toEqual([["one", "two", "three"], []]);
});

test("a result that is lost on the way is fetched with the same key, and nothing runs twice (B29, L39)", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  await clock.runUntil(() => ada.linked.client.connection.current.state === "open");
  const note = ada.add("once");
  await clock.runUntil(() => world.ran.length === 1);
  ada.linked.link.drop();
  expect(await clock.finish(note.result)).toBe(1);
  expect(world.ran).toEqual(["once"]);
});

test("what was pending at a crash goes on at the next start (L40)", async () => {
  const { clock } = world.pair;
  const before = world.client("phone");
  before.offline();
  before.add("one");
  before.add("two");
  await clock.run(1_000);
  await before.close();
  const after = world.client("phone");
  await clock.runUntil(() => after.pending.length === 2);
  expect(after.pending).toEqual(["one", "two"]);
  await clock.runUntil(() => world.ran.length === 2);
  await clock.run(6_000);
  expect([world.ran, after.pending]).toEqual([["one", "two"], []]);
});

test("a server that dies and comes back has everything, and gives the same answers", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  await clock.runUntil(() => ada.linked.client.connection.current.state === "open");
  await clock.finish(ada.add("one").result);
  world.pair.killServer();
  const two = ada.add("two");
  await clock.run(5_000);
  world.pair.startServer();
  expect(await clock.finish(two.result)).toBe(2);
  expect(world.ran).toEqual(["one", "two"]);
});

test("what others wrote meanwhile comes with the handshake, without another request (B47)", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  const bob = world.client("laptop", { identity: "bob" });
  const list = ada.linked.client.bucket("list:a");
  list.open();
  await clock.runUntil(() => list.state.current.phase === "live");
  ada.offline();
  await clock.run(40_000);
  for (let n = 1; n <= 150; n++) bob.add(`note ${n}`);
  await clock.runUntil(() => world.ran.length === 150);
  ada.online();
  await clock.runUntil(() => list.state.current.cursor?.seq === 150);
  await clock.settle();
  expect(list.state.current.phase).toBe("live");
  expect(await ada.stored()).toEqual(Array.from({ length: 150 }, (_, n) => `note ${n + 1}`));
});

test("a list of a thousand notes is caught up in pages, and the client says that it is updating (B51)", async () => {
  const { clock } = world.pair;
  const bob = world.client("laptop", { identity: "bob" });
  for (let n = 1; n <= 1_000; n++) bob.add(`note ${n}`);
  await clock.runUntil(() => world.ran.length === 1_000);
  const ada = world.client("phone");
  const states: string[] = [];
  ada.linked.client.state.subscribe((state) => states.push(state));
  const list = ada.linked.client.bucket("list:a");
  list.open();
  await clock.runUntil(() => list.state.current.phase === "live");
  await clock.settle();
  expect(list.state.current.cursor?.seq).toBe(1_000);
  expect(states.at(-1)).toBe("connected");
  expect(states).toContain("updating");
});

test("one's own note replaces its pending self: it shows from the first moment on, and once", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  const { client } = ada.linked;
  let texts: readonly string[] = [];
  const shown: (readonly string[])[] = [];
  const look = (): void => {
    shown.push(withPending(texts, client.pending.current, [addNote]));
  };
  const list = client.bucket("list:a");
  list.open({
    apply({ updates }) {
      texts = [...texts, ...updates.map(({ data }) => data)];
      look();
    },
  });
  await clock.runUntil(() => list.state.current.phase === "live");
  client.pending.subscribe(look);
  const note = ada.add("mine");
  await clock.finish(note.result);
  await clock.run(10);
  expect(texts).toEqual(["mine"]);
  expect(shown.slice(1)).toEqual(shown.slice(1).map(() => ["mine"]));
  expect([note.phase.current, ada.pending]).toEqual(["done", []]);
});

test("a note that the server refuses is taken back, and the next one goes (B31, L42)", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  const bad = ada.add("forbidden");
  const good = ada.add("fine");
  await expect(clock.finish(bad.result)).rejects.toMatchObject({
    kind: "rejected",
    code: "denied",
  });
  expect(await clock.finish(good.result)).toBe(1);
  expect(bad.phase.current).toBe("failed");
});

test("another user on the same device neither sends nor sees what was left (L18, L41)", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  ada.offline();
  const note = ada.add("ada's");
  await clock.run(1_000);
  ada.linked.credentials.signIn("bob");
  await expect(clock.finish(note.result)).rejects.toMatchObject({ kind: "closed" });
  ada.online();
  await clock.run(60_000);
  expect([world.ran, ada.pending]).toEqual([[], []]);
  ada.linked.credentials.signIn("ada");
  await clock.runUntil(() => world.ran.length === 1);
  expect(world.ran).toEqual(["ada's"]);
});

test("two tabs on one store send each note once, also when one of them closes", async () => {
  const { clock } = world.pair;
  const one = world.client("phone");
  const two = world.client("phone");
  for (const tab of [one, two]) tab.offline();
  for (let n = 0; n < 10; n++) {
    one.add(`one ${n}`, "x");
    two.add(`two ${n}`, "y");
  }
  await clock.run(1_000);
  await one.close();
  two.online();
  await clock.runUntil(() => world.ran.length === 20, 300_000);
  await clock.run(60_000);
  const expected = Array.from({ length: 10 }, (_, n) => [`one ${n}`, `two ${n}`]).flat();
  expect(world.ran.toSorted()).toEqual(expected.toSorted());
});

test("cancelled before it was sent, a note is gone; cancelled too late, it stands (L33, L34)", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  ada.offline();
  const early = ada.add("early");
  await clock.run(1_000);
  expect(await clock.finish(early.cancel())).toBe(true);
  await expect(early.result).rejects.toMatchObject({ kind: "cancelled" });
  ada.online();
  const late = ada.add("late");
  await clock.runUntil(() => world.ran.length === 1);
  expect(await clock.finish(late.cancel())).toBe(false);
  expect(await clock.finish(late.result)).toBe(1);
  expect(world.ran).toEqual(["late"]);
});

test("after a reload a note can still be taken back, and one that fails still says why (T1, L34)", async () => {
  const { clock } = world.pair;
  const before = world.client("phone");
  before.offline();
  for (const text of ["regretted", "forbidden", "fine"]) before.add(text);
  await clock.run(1_000);
  await before.close();
  const ends: string[] = [];
  const telling = {
    ...addNote,
    onFailure: ({ kind, code }, { input, phase }) =>
      ends.push(`${input.text}: ${phase}, ${kind} ${code ?? ""}`),
  } satisfies typeof addNote;
  const after = world.client("phone", { transactions: [telling] });
  after.offline();
  await clock.runUntil(() => after.pending.length === 3);
  const [regretted] = after.linked.client.pending.current;
  after.linked.client.cancelPending(regretted?.id ?? "");
  after.linked.client.cancelPending("never heard of");
  await clock.run(1_000);
  expect([ends, after.pending]).toEqual([
    ["regretted: cancelled, cancelled "],
    ["forbidden", "fine"],
  ]);
  after.online();
  await clock.runUntil(() => world.ran.length === 1);
  expect(world.ran).toEqual(["fine"]);
  expect(ends.slice(1)).toEqual(["forbidden: failed, rejected denied"]);
});

test("whoever hears of failures needs no handle: nobody signed in is told like all else", async () => {
  const ends: string[] = [];
  const telling = {
    ...addNote,
    onFailure: ({ kind, code }, { input }) => ends.push(`${input.text}: ${kind} ${code}`),
  } satisfies typeof addNote;
  const ada = world.client("phone", { transactions: [telling] });
  ada.linked.credentials.signOut();
  ada.add("to nobody");
  expect(ends).toEqual(["to nobody: storeFailed noAccount"]);
});

test("a store that is slow to take in what others wrote delays no answer (L45)", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  const bob = world.client("laptop", { identity: "bob" });
  const list = ada.linked.client.bucket("list:a");
  const taken: number[] = [];
  list.open({
    apply: async ({ to }) => {
      await new Promise<void>((resolve) => void clock.at(clock.now() + 10_000, resolve));
      taken.push(to.seq);
    },
  });
  await clock.runUntil(() => list.state.current.phase === "live");
  await clock.finish(bob.add("slow").result);
  const asked = clock.now();
  expect(await clock.finish(ada.add("mine", "b").result)).toBe(1);
  expect(clock.now() - asked).toBeLessThan(100);
  expect(taken).toEqual([]);
  await clock.runUntil(() => taken.length === 1);
});

test("a hook that fails is seen in the bucket's state, tried again, and passed over by nobody (B35)", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  const bob = world.client("laptop", { identity: "bob" });
  const list = ada.linked.client.bucket("list:a");
  let failures = 3;
  const taken: string[] = [];
  list.open({
    apply: ({ updates }) => {
      if (failures-- > 0) throw new Error("disk full");
      taken.push(...updates.map(({ data }) => data));
    },
  });
  await clock.runUntil(() => list.state.current.phase === "live");
  await clock.finish(bob.add("one").result);
  await clock.runUntil(() => list.state.current.phase === "stopped");
  expect(list.state.current.error).toMatchObject({ kind: "applyFailed" });
  await clock.finish(bob.add("two").result);
  await clock.runUntil(() => list.state.current.phase === "live", 60_000);
  expect([taken, list.state.current.error]).toEqual([["one", "two"], undefined]);
});

test("a connection that flaps asks for nothing twice: no loop of one session outlives it (L53)", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  const { client, link } = ada.linked;
  const list = client.bucket("list:a");
  list.open();
  await clock.runUntil(() => list.state.current.phase === "live");
  const before = world.pair.server.stats.messagesReceived;
  for (let flaps = 0; flaps < 10; flaps++) {
    link.drop();
    await clock.runUntil(() => list.state.current.phase === "waiting");
    await clock.runUntil(() => list.state.current.phase === "live");
  }
  await clock.run(1_000);
  // Ten hellos, which name the bucket; no subscribe and no fetch.
  expect(world.pair.server.stats.messagesReceived - before).toBe(10);
});

test("one device that comes back makes no other device fetch, nor hear of it (L61)", async () => {
  const { clock } = world.pair;
  const phone = world.client("phone");
  const tablet = world.client("tablet");
  const bob = world.client("laptop", { identity: "bob" });
  for (const { linked } of [phone, tablet]) linked.client.bucket("list:a").open();
  const states = [phone, tablet].map(({ linked }) => linked.client.bucket("list:a").state);
  await clock.runUntil(() => states.every(({ current }) => current.phase === "live"));
  phone.offline();
  await clock.finish(bob.add("missed").result);
  await clock.runUntil(() => states[1]?.current.cursor?.seq === 1);
  const heard: unknown[] = [];
  tablet.linked.client.bucket("list:a").state.subscribe((state) => heard.push(state.phase));
  phone.online();
  await clock.runUntil(() => states[0]?.current.cursor?.seq === 1);
  await clock.run(1_000);
  expect(heard).toEqual(["live"]);
});

test("a note that was not stored when its user left has failed, and nothing that names it goes", async () => {
  const { clock } = world.pair;
  const ada = world.client("phone");
  await clock.run(1_000);
  const { client } = ada.linked;
  ada.linked.link.refuseDials();
  const stored = ada.add("stored");
  const late = ada.add("late", "b");
  ada.linked.credentials.signIn("bob");
  await expect(clock.finish(stored.result)).rejects.toMatchObject({ kind: "closed" });
  await expect(clock.finish(late.result)).rejects.toMatchObject({ kind: "storeFailed" });
  expect([stored.phase.current, late.phase.current]).toEqual(["saving", "failed"]);
  ada.linked.credentials.signIn("ada");
  ada.linked.link.acceptDials();
  const next = client.transact(addNote, { list: "b", text: "next" }, { blockers: [late] });
  await expect(clock.finish(next.result)).rejects.toMatchObject({ kind: "blockerFailed" });
  await clock.runUntil(() => world.ran.length === 1);
  await clock.run(60_000);
  expect(world.ran).toEqual(["stored"]);
});

test("a bucket that the server named is heard live while the app listens, and kept again from the next session on", async () => {
  const named = new NotesWorld({ accountBuckets: () => ["list:a"] });
  const { clock, server } = named.pair;
  const ada = named.client("phone");
  const { client } = ada.linked;
  const say = (text: string): Promise<unknown> => clock.finish(server.publish("list:a", text));
  await clock.runUntil(() => client.bucketStates().get("list:a")?.phase === "live");
  await say("kept");
  await clock.run(1_000);
  const heard: string[] = [];
  const cancel = client.subscribe("list:a", ({ data }) => void heard.push(data));
  await clock.run(1_000);
  await say("heard");
  await clock.run(1_000);
  expect([heard, await ada.stored()]).toEqual([["heard"], ["kept"]]);
  cancel();
  await say("said to nobody");
  await clock.run(1_000);
  // It does not claim to be up to date.
  expect(client.bucketStates().get("list:a")?.phase).not.toBe("live");
  ada.linked.link.drop();
  await clock.runUntil(() => client.bucketStates().get("list:a")?.phase === "live");
  expect(await ada.stored()).toEqual(["kept", "heard", "said to nobody"]);
  await named.close();
});

test("a bucket that the server names is kept also where the device's store opens after the handshake", async () => {
  const named = new NotesWorld({ accountBuckets: () => ["list:a"] });
  const { clock, server } = named.pair;
  const store = memoryStore();
  const open: ClientStore["open"] = (account) =>
    new Promise((resolve) => clock.at(clock.now() + 500, () => resolve(store.open(account))));
  const ada = named.client("phone", { store: { ...store, open } });
  await clock.run(5_000);
  await clock.finish(server.publish("list:a", "while nobody looks"));
  await clock.run(1_000);
  expect(ada.linked.client.bucketStates().get("list:a")?.phase).toBe("live");
  expect(await ada.stored()).toEqual(["while nobody looks"]);
  ada.linked.credentials.signIn("bob");
  await clock.run(5_000);
  await clock.finish(server.publish("list:a", "for the next user"));
  await clock.run(1_000);
  expect(await ada.stored()).toEqual(["while nobody looks", "for the next user"]);
  await named.close();
});

test("a bucket that was open, then heard live, and is opened again in the same session goes on", async () => {
  const { clock, server } = world.pair;
  const ada = world.client("phone");
  const { client } = ada.linked;
  await clock.runUntil(() => client.connection.current.state === "open");
  const opened = client.bucket("list:a").open();
  await clock.run(1_000);
  opened.close();
  const cancel = client.subscribe("list:a", () => {});
  await clock.run(1_000);
  cancel();
  const list = client.bucket("list:a");
  list.open();
  await clock.run(1_000);
  await clock.finish(server.publish("list:a", "after all that"));
  await clock.run(1_000);
  expect([list.state.current.phase, await ada.stored()]).toEqual(["live", ["after all that"]]);
});

test.each([0, 20, 60, 80])(
  "a listener that left after %d ms leaves nothing behind: opened later, the bucket misses nothing",
  async (leftAfterMs) => {
    const { clock, server } = world.pair;
    const ada = world.client("phone");
    const { client, link } = ada.linked;
    link.delayMs = 50;
    await clock.runUntil(() => client.connection.current.state === "open");
    const cancel = client.subscribe("list:a", () => {});
    await clock.run(leftAfterMs);
    cancel();
    await clock.run(2_000);
    const list = client.bucket("list:a");
    list.open();
    await clock.finish(server.publish("list:a", "after all that"));
    await clock.run(60_000);
    expect([list.state.current.phase, await ada.stored()]).toEqual(["live", ["after all that"]]);
  },
);
