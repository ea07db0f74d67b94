/** The hooks as an app has them: types, what a server renders, and what takes over in the page. */
import type { RealtimeClient, RealtimeConnectionState } from "@holdfast/client";
import type { DurableClient, StoredDocument, TransactionHandle } from "@holdfast/client/durable";
import { act, renderHook } from "@testing-library/react";
import { createElement, StrictMode, type ReactElement } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { describe, expect, expectTypeOf, test } from "vitest";

import { createHooks } from "../src/index.ts";
import { around, chatWorld, room, say, type App, type Line } from "./support/chat-world.ts";

/** A page that shows what every hook says. */
function everything({ hooks }: ReturnType<typeof chatWorld>) {
  return function Page(): ReactElement {
    const { state, snapshot } = hooks.useConnection();
    const said = [
      state,
      hooks.useConnectionState(),
      snapshot.state,
      hooks.useConnectionBanner().text,
      hooks.useCall("echo").status,
      hooks.useTransaction(say).pending.length,
      hooks.useBucket("room:1", room).status,
    ];
    return createElement("p", null, said.join(" "));
  };
}

describe("at a server and after", () => {
  test("a page is taken over without a difference, though its client is connected already", async () => {
    const world = chatWorld();
    const { client } = world.durable();
    const inside = around(world.hooks, client);
    const page = createElement(
      StrictMode,
      null,
      createElement(inside, { children: createElement(everything(world)) }),
    );
    const complaints: unknown[] = [];
    const { error } = console;
    // A window at a server is this test's own: React 18 wonders at the layout effect in it.
    console.error = () => {};
    const html = renderToString(page);
    console.error = (...words: unknown[]) => void complaints.push(words);
    expect(html).toBe("<p>idle idle stopped  idle 0 loading</p>");
    client.start();
    client.transact(say, { room: "1", text: "early" });
    await world.run(2_000);
    const container = document.body.appendChild(document.createElement("div"));
    container.innerHTML = html;
    const root = await act(async () =>
      hydrateRoot(container, page, { onRecoverableError: (fault) => complaints.push(fault) }),
    );
    await world.run(2_000);
    console.error = error;
    expect(complaints).toEqual([]);
    expect(container.textContent).toBe("connected connected open  idle 0 live");
    await act(async () => root.unmount());
    await world.run(100);
  });
});

describe("where it cannot work", () => {
  const { error } = console;
  const quietly = (hook: () => unknown, client?: RealtimeClient<App>) => () => {
    console.error = () => {};
    try {
      const world = chatWorld();
      renderHook(hook, client ? { wrapper: around(world.hooks, client) } : {});
    } finally {
      console.error = error;
    }
  };

  test("a hook outside of its provider says so", () => {
    const { hooks } = chatWorld();
    expect(quietly(() => hooks.useConnectionState())).toThrow("needs its HoldfastProvider");
  });

  test("hooks of two apps do not see each other", async () => {
    const [one, other] = [chatWorld(), chatWorld()];
    const { client } = one.durable();
    console.error = () => {};
    const wrapper = around(one.hooks, client);
    expect(() => renderHook(() => other.hooks.useClient(), { wrapper })).toThrow(
      "HoldfastProvider",
    );
    console.error = error;
    expect(renderHook(() => one.hooks.useClient(), { wrapper }).result.current).toBe(client);
  });

  test("a plain client has no transactions and no buckets, and the hooks say so", () => {
    const world = chatWorld();
    const { client } = world.pair.addClient();
    const wrapper = around(world.hooks, client);
    console.error = () => {};
    for (const hook of [
      () => world.hooks.useDurableClient(),
      () => world.hooks.useTransaction(say),
      () => world.hooks.useBucket("room:1"),
    ])
      expect(() => renderHook<unknown, void>(hook, { wrapper })).toThrow("need a DurableClient");
    console.error = error;
    expect(renderHook(() => world.hooks.useConnectionState(), { wrapper }).result.current).toBe(
      "idle",
    );
  });
});

test("a snapshot is the same object until something changes", async () => {
  const world = chatWorld();
  const { client } = world.durable();
  const wrapper = around(world.hooks, client);
  const { result, rerender } = renderHook(() => world.hooks.useConnection(), { wrapper });
  const before = result.current;
  rerender();
  expect(result.current).toBe(before);
  act(() => client.start());
  await world.run(2_000);
  expect(result.current).toMatchObject({ state: "connected", snapshot: { state: "open" } });
});

/** Compiled, never run. */
export function ofTypes(): void {
  const hooks = createHooks<App>();
  expectTypeOf(hooks.useClient()).toEqualTypeOf<RealtimeClient<App>>();
  expectTypeOf(hooks.useDurableClient()).toEqualTypeOf<DurableClient<App>>();
  expectTypeOf(hooks.useConnectionState()).toEqualTypeOf<RealtimeConnectionState>();
  const { run, data } = hooks.useCall("echo");
  expectTypeOf(data).toEqualTypeOf<string | undefined>();
  expectTypeOf(run("x")).toEqualTypeOf<Promise<string>>();
  // @ts-expect-error -- echo takes a string.
  void run(7);
  // @ts-expect-error -- and not nothing.
  void run();
  void hooks.useCall("now").run();
  // @ts-expect-error -- no such call.
  hooks.useCall("nothing");
  const { transact, pending } = hooks.useTransaction(say);
  expectTypeOf(transact({ room: "1", text: "x" })).toEqualTypeOf<
    TransactionHandle<{ readonly seq: number }>
  >();
  expectTypeOf(pending[0]?.input.text).toEqualTypeOf<string | undefined>();
  // @ts-expect-error -- a room is missing.
  transact({ text: "x" });
  expectTypeOf(hooks.useBucket("room:1", room).view).toEqualTypeOf<readonly Line[]>();
  expectTypeOf(hooks.useBucket("room:1").view).toEqualTypeOf<readonly StoredDocument[]>();
  // @ts-expect-error -- no such kind of bucket.
  hooks.useBucket("list:1");
}
