/** Transactions of a component: the last one's fate, and all that wait. */
import { act, renderHook } from "@testing-library/react";
import { createElement, StrictMode, type ReactNode } from "react";
import { expect, test } from "vitest";

import { TransactionWatch, type TransactionState } from "../src/transaction-watch.ts";
import { around, chatWorld, say, tick } from "./support/chat-world.ts";

async function saying() {
  const world = chatWorld();
  const { client, link } = world.durable();
  const inside = around(world.hooks, client);
  const wrapper = ({ children }: { readonly children: ReactNode }) =>
    createElement(StrictMode, null, createElement(inside, { children }));
  const seen: unknown[] = [];
  const view = renderHook(
    () => {
      const hook = world.hooks.useTransaction(say);
      seen.push(hook.phase);
      return hook;
    },
    { wrapper },
  );
  client.start();
  await world.run(2_000);
  return { ...world, ...view, client, link, seen, wrapper };
}

test("shows each phase, what is pending, and the result", async () => {
  const { result, run, seen, client } = await saying();
  expect(result.current).toMatchObject({ phase: undefined, data: undefined, error: undefined });
  const { transact, cancel } = result.current;
  act(() => void transact({ room: "1", text: "hello" }));
  expect(result.current.phase).toBe("saving");
  expect(result.current.pending.map(({ input }) => input.text)).toEqual(["hello"]);
  await run(100);
  expect(result.current).toMatchObject({ phase: "done", data: { seq: 1 }, pending: [] });
  expect([result.current.transact, result.current.cancel]).toEqual([transact, cancel]);
  expect(seen).toEqual(expect.arrayContaining([undefined, "saving", "done"]));
  // What is pending of another kind changes nothing here.
  const before = result.current;
  act(() => void client.transact(tick));
  expect(client.pending.current).toHaveLength(1);
  await run(1_000);
  expect(result.current).toBe(before);
  expect(client.pending.current).toEqual([]);
});

test("a refusal is in `error`, and no uncaught one", async () => {
  const { result, run } = await saying();
  act(() => void result.current.transact({ room: "1", text: "refuse" }));
  await run(100);
  expect(result.current).toMatchObject({ phase: "failed", data: undefined });
  expect(result.current.error).toMatchObject({ kind: "rejected", code: "refused" });
  act(() => void result.current.transact({ room: "1", text: "again" }));
  expect(result.current.error).toBeUndefined();
  await run(100);
  expect(result.current.phase).toBe("done");
});

/** A watch without a component, and all that it told. */
async function watching() {
  const world = chatWorld();
  const { client } = world.durable();
  const watch = new TransactionWatch(client, say);
  const seen: TransactionState<{ readonly seq: number }>[] = [];
  watch.mount();
  watch.state.subscribe((state) => seen.push(state));
  client.start();
  await world.run(2_000);
  const transact = async (text: string): Promise<void> => {
    watch.transact({ room: "1", text });
    await world.run(100);
  };
  return { ...world, client, watch, seen, transact };
}

test("who shows why it failed, or its result, has both from the first moment", async () => {
  const { pair, run, watch, seen, transact } = await watching();
  await transact("refuse");
  await transact("fine");
  pair.killServer();
  await transact("taken back");
  void watch.cancel();
  await run(100);
  const ended = seen.filter(({ phase }) => phase === "failed" || phase === "cancelled");
  expect(ended.map(({ phase, error }) => [phase, error?.kind])).toEqual([
    ["failed", "rejected"],
    ["cancelled", "cancelled"],
  ]);
  const done = seen.filter(({ phase }) => phase === "done");
  expect(done.map(({ data }) => data)).toEqual([{ seq: 1 }]);
});

test("so has who makes one when the client is closed", async () => {
  const { client, seen, transact } = await watching();
  client.close();
  await transact("late");
  expect(seen.filter(({ phase, error }) => phase === "failed" && !error)).toEqual([]);
  expect(seen.at(-1)).toMatchObject({ phase: "failed", error: { kind: "storeFailed" } });
});

test("the last one counts: how an earlier one ends is not told of it", async () => {
  const { result, run } = await saying();
  act(() => {
    result.current.transact({ room: "1", text: "refuse" });
    result.current.transact({ room: "1", text: "fine" });
  });
  await run(100);
  expect(result.current).toMatchObject({ phase: "done", data: { seq: 1 }, error: undefined });
});

test("what waits can be taken back: the last one, or any by its id", async () => {
  const { result, run, pair, clock } = await saying();
  act(() => pair.killServer());
  await run(1_000);
  act(() => {
    result.current.transact({ room: "1", text: "one" });
    result.current.transact({ room: "2", text: "two" });
  });
  await run(100);
  const [one] = result.current.pending;
  act(() => result.current.cancelPending(one?.id ?? ""));
  await run(100);
  expect(result.current.pending.map(({ input }) => input.text)).toEqual(["two"]);
  let wasTaken: Promise<boolean> | undefined;
  act(() => void (wasTaken = result.current.cancel()));
  await run(100);
  expect(await clock.finish(wasTaken ?? Promise.resolve(false))).toBe(true);
  expect(result.current).toMatchObject({ phase: "cancelled", pending: [] });
});

test("leaving the page cancels nothing, and leaves no listener; who comes back finds it pending", async () => {
  const { result, run, unmount, client, pair, hooks, wrapper } = await saying();
  act(() => pair.killServer());
  await run(1_000);
  let phaseListeners = (): number => 0;
  act(() => {
    const { phase } = result.current.transact({ room: "1", text: "kept" });
    phaseListeners = () => (phase as unknown as { subscriberCount: number }).subscriberCount;
  });
  expect(phaseListeners()).toBe(1);
  unmount();
  expect(phaseListeners()).toBe(0);
  const again = renderHook(() => hooks.useTransaction(say), { wrapper });
  expect(again.result.current.phase).toBeUndefined();
  expect(again.result.current.pending.map(({ input }) => input.text)).toEqual(["kept"]);
  pair.startServer();
  await run(20_000);
  expect(client.pending.current).toEqual([]);
  expect(again.result.current.pending).toEqual([]);
});
