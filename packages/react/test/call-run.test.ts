/** Calls of a component: the latest counts, and nobody answers who has left. */
import { CallError } from "@holdfast/client";
import { act, render, renderHook } from "@testing-library/react";
import {
  StrictMode,
  createElement,
  useCallback,
  useEffect,
  type ReactElement,
  type ReactNode,
} from "react";
import { describe, expect, test } from "vitest";

import { around, chatWorld } from "./support/chat-world.ts";

async function calling(method: "echo" | "slow" = "echo") {
  const world = chatWorld();
  const { client } = world.durable();
  const inside = around(world.hooks, client);
  const wrapper = ({ children }: { readonly children: ReactNode }) =>
    createElement(StrictMode, null, createElement(inside, { children }));
  const view = renderHook(() => world.hooks.useCall(method), { wrapper });
  client.start();
  await world.run(2_000);
  return { ...world, ...view, client };
}

test("tells how the call stands, and its answer; its functions stay the same", async () => {
  const { result, run } = await calling();
  expect(result.current).toMatchObject({ status: "idle", data: undefined, error: undefined });
  const { run: call, cancel } = result.current;
  act(() => void call("hello"));
  expect(result.current.status).toBe("running");
  await run();
  expect(result.current).toMatchObject({ status: "done", data: "hello", error: undefined });
  expect(result.current.run).toBe(call);
  expect(result.current.cancel).toBe(cancel);
  const before = result.current;
  await run(100);
  expect(result.current).toBe(before);
});

test("a failure is in `error`, and no uncaught one; the last data stay until there are new ones", async () => {
  const { result, run } = await calling();
  act(() => void result.current.run("one"));
  await run();
  act(() => void result.current.run("refuse"));
  await run();
  expect(result.current).toMatchObject({ status: "failed", data: "one" });
  expect(result.current.error).toBeInstanceOf(CallError);
  expect(result.current.error).toMatchObject({ kind: "failed", code: "refused" });
  act(() => void result.current.run("two"));
  expect(result.current).toMatchObject({ status: "running", data: "one", error: undefined });
  await run(100);
  expect(result.current).toMatchObject({ status: "done", data: "two" });
});

test("the latest counts: an earlier one is aborted, and its answer is nobody's", async () => {
  const { result, run } = await calling("slow");
  let first: Promise<string> | undefined;
  act(() => void (first = result.current.run("first")));
  await run(500);
  act(() => void result.current.run("second"));
  await expect(first).rejects.toMatchObject({ kind: "aborted" });
  expect(result.current.status).toBe("running");
  await run(600);
  expect(result.current.status).toBe("running");
  await run(600);
  expect(result.current).toMatchObject({ status: "done", data: "second" });
});

describe("ending it", () => {
  test("`cancel` aborts it and is idle again", async () => {
    const { result, run } = await calling("slow");
    let answer: Promise<string> | undefined;
    act(() => void (answer = result.current.run("x")));
    act(() => result.current.cancel());
    await expect(answer).rejects.toMatchObject({ kind: "aborted" });
    expect(result.current).toMatchObject({ status: "idle", error: undefined });
    await run(5_000);
    expect(result.current.status).toBe("idle");
  });

  test("the caller's own signal does the same", async () => {
    const { result, run } = await calling("slow");
    const controller = new AbortController();
    act(() => void result.current.run("x", { signal: controller.signal }));
    await run(100);
    act(() => controller.abort());
    await run();
    expect(result.current.status).toBe("idle");
  });

  test("a signal that outlives its call is not listened to any more", async () => {
    const { result, run } = await calling();
    const listeners = new Set<unknown>();
    const signal = {
      aborted: false,
      addEventListener: (_: string, listener: unknown) => void listeners.add(listener),
      removeEventListener: (_: string, listener: unknown) => void listeners.delete(listener),
    } as unknown as AbortSignal;
    act(() => void result.current.run("x", { signal }));
    expect(listeners.size).toBe(1);
    await run(100);
    expect([result.current.status, listeners.size]).toEqual(["done", 0]);
  });

  test("who leaves the page aborts it, and leaves no timer", async () => {
    const { result, run, unmount, clock, client, pair } = await calling("slow");
    let answer: Promise<string> | undefined;
    const { run: call } = result.current;
    act(() => void (answer = call("x")));
    unmount();
    await expect(answer).rejects.toMatchObject({ kind: "aborted" });
    // From a handler that was still under way.
    await expect(call("late")).rejects.toMatchObject({ kind: "aborted" });
    client.close();
    await run(2_000);
    await pair.close();
    expect(clock.pending).toBe(0);
  });
});

test("in StrictMode a child that calls as it comes to the page has its answer", async () => {
  const world = chatWorld();
  const { client } = world.durable();
  function Child({ load }: { readonly load: () => void }): null {
    useEffect(load, [load]);
    return null;
  }
  function Page(): ReactElement {
    const { run, status, data } = world.hooks.useCall("echo");
    const load = useCallback(() => void run("hello"), [run]);
    return createElement("p", null, `${status} ${data}`, createElement(Child, { load }));
  }
  const inside = around(world.hooks, client);
  const page = createElement(inside, { children: createElement(Page) });
  const { container } = render(createElement(StrictMode, null, page));
  client.start();
  await world.run(2_000);
  expect(container.textContent).toBe("done hello");
});

test("a call that cannot be made is told as one that was never sent", async () => {
  const { result, run } = await calling();
  act(() => void result.current.run("x", { timeoutMs: -1 }));
  await run();
  expect(result.current).toMatchObject({ status: "failed" });
  expect(result.current.error).toMatchObject({ kind: "neverSent" });
});
