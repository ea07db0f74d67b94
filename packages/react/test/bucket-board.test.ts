/** A bucket in components: open while it is shown, read once, without a flicker. */
import type { Cell } from "@holdfast/client";
import { act, render, renderHook } from "@testing-library/react";
import {
  Component,
  createElement,
  StrictMode,
  useState,
  type ReactElement,
  type ReactNode,
} from "react";
import { describe, expect, test } from "vitest";

import { BucketBoard } from "../src/bucket-board.ts";
import { around, chatWorld, room, say, tick, type Line } from "./support/chat-world.ts";

const ROOM = "room:1";

function reading() {
  const world = chatWorld();
  const { client, link } = world.durable();
  const inside = around(world.hooks, client);
  const wrapper = ({ children }: { readonly children: ReactNode }) =>
    createElement(StrictMode, null, createElement(inside, { children }));
  const texts = (lines: readonly Line[]): string => lines.map(({ text }) => text).join(" ");
  const isOpen = (): boolean => client.bucket(ROOM).state.current.phase === "live";
  return { ...world, client, link, wrapper, texts, isOpen };
}

test("is open while it is on the page, and shows what is stored and what comes", async () => {
  const { hooks, client, wrapper, run, pair, texts, isOpen, clock } = reading();
  const { result, unmount } = renderHook(() => hooks.useBucket(ROOM, room), { wrapper });
  expect(result.current).toMatchObject({ view: [], status: "loading", error: undefined });
  client.start();
  await run(2_000);
  expect(result.current.status).toBe("live");
  const other = world(pair);
  await run(2_000);
  act(() => void other.client.call("say", { room: "1", text: "from another" }));
  await run(100);
  expect(texts(result.current.view)).toBe("from another");
  const before = result.current;
  await run(1_000);
  expect(result.current).toBe(before);
  unmount();
  await run(1_000);
  expect(isOpen()).toBe(false);
  client.close();
  await pair.close();
  expect(clock.pending).toBe(0);
});

function world(pair: ReturnType<typeof chatWorld>["pair"]) {
  const other = pair.addClient();
  other.client.start();
  return other;
}

test("what one says shows at once, and never goes away, not for one rendering (T1)", async () => {
  const { hooks, client, wrapper, run, texts, link } = reading();
  const seen: string[] = [];
  const { result } = renderHook(
    () => {
      const view = hooks.useBucket(ROOM, room);
      seen.push(texts(view.view));
      return view;
    },
    { wrapper },
  );
  client.start();
  await run(2_000);
  for (const text of ["a", "b", "c"]) {
    act(() => void client.transact(say, { room: "1", text }));
    expect(result.current.view.at(-1)).toMatchObject({ text, isPending: true });
    await run(50);
    expect(result.current.view.at(-1)).toMatchObject({ text, isPending: false });
  }
  act(() => link.drop());
  act(() => void client.transact(say, { room: "1", text: "d" }));
  await run(20_000);
  expect(result.current.view.at(-1)).toMatchObject({ text: "d", isPending: false });
  expect([...new Set(seen)]).toEqual(["", "a", "a b", "a b c", "a b c d"]);
  expect(seen.map(({ length }) => length)).toEqual(
    seen.map(({ length }) => length).toSorted((a, b) => a - b),
  );
});

test("what is said in another room does not show in this one", async () => {
  const { hooks, client, wrapper, run, texts, link } = reading();
  const { result } = renderHook(
    () => ["room:1", "room:2"].map((key) => texts(hooks.useBucket(key as "room:1", room).view)),
    { wrapper },
  );
  client.start();
  await run(2_000);
  act(() => link.drop());
  act(() => {
    client.transact(say, { room: "1", text: "here" });
    client.transact(say, { room: "2", text: "there" });
    // Of no room at all: nobody may be asked which.
    client.transact(tick);
  });
  expect(result.current).toEqual(["here", "there"]);
  await run(20_000);
  expect(result.current).toEqual(["here", "there"]);
});

test("two components of one bucket share one reading, and the last that leaves closes it", async () => {
  const { hooks, client, wrapper, run, isOpen } = reading();
  let setCount: (count: number) => void = () => {};
  function Room(): ReactElement {
    return createElement("p", null, hooks.useBucket(ROOM, room).status);
  }
  function Page(): ReactElement {
    const [count, set] = useState(2);
    setCount = set;
    return createElement(
      "div",
      null,
      Array.from({ length: count }, (_, key) => createElement(Room, { key })),
    );
  }
  const { container } = render(createElement(Page), { wrapper });
  client.start();
  await run(2_000);
  expect(container.textContent).toBe("livelive");
  act(() => setCount(1));
  await run(100);
  expect([container.textContent, isOpen()]).toEqual(["live", true]);
  act(() => setCount(0));
  await run(100);
  expect(isOpen()).toBe(false);
});

test("a screen that hands a bucket to the next one does not close it", async () => {
  const { hooks, client, wrapper, run } = reading();
  function Room(): ReactElement {
    return createElement("p", null, hooks.useBucket(ROOM, room).status);
  }
  const { container, rerender } = render(createElement(Room, { key: 1 }), { wrapper });
  client.start();
  await run(2_000);
  const phases: string[] = [];
  const cancel = client.bucket(ROOM).state.subscribe(({ phase }) => phases.push(phase));
  rerender(createElement(Room, { key: 2 }));
  expect(container.textContent).toBe("live");
  await run(1_000);
  expect([phases, container.textContent]).toEqual([["live"], "live"]);
  cancel();
});

test("another key is another bucket, and another priority is the same one", async () => {
  const { hooks, client, wrapper, run, texts, pair } = reading();
  const other = world(pair);
  const { result, rerender } = renderHook(
    ({ key, priority }: { readonly key: `room:${string}`; readonly priority: number }) =>
      hooks.useBucket(key, { ...room, priority }),
    { wrapper, initialProps: { key: "room:1", priority: 0 } },
  );
  client.start();
  await run(2_000);
  act(() => void other.client.call("say", { room: "2", text: "second" }));
  await run(100);
  expect(texts(result.current.view)).toBe("");
  rerender({ key: "room:1", priority: 5 });
  expect(result.current.status).toBe("live");
  rerender({ key: "room:2", priority: 5 });
  expect(result.current.status).toBe("loading");
  await run(2_000);
  expect(texts(result.current.view)).toBe("second");
});

describe("trouble", () => {
  class Boundary extends Component<{ readonly children: ReactNode }, { readonly words: string }> {
    override state = { words: "" };
    static getDerivedStateFromError({ message }: Error) {
      return { words: message };
    }
    override render(): ReactNode {
      return this.state.words || this.props.children;
    }
  }

  test("a bucket that nobody knows how to keep is the error boundary's", () => {
    const { hooks, client } = reading();
    const wrapper = around(hooks, client);
    function Unkept(): null {
      hooks.useBucket("unkept");
      return null;
    }
    const { error } = console;
    console.error = () => {};
    const { container } = render(createElement(Boundary, null, createElement(Unkept)), {
      wrapper: ({ children }) => createElement(wrapper, { children }),
    });
    console.error = error;
    expect(container.textContent).toBe("no apply hook");
  });

  test("a bucket that the viewer may not read says so, and shows what is stored", async () => {
    const { hooks, client, wrapper, run, pair } = reading();
    const { result } = renderHook(() => hooks.useBucket(ROOM, room), { wrapper });
    client.start();
    await run(2_000);
    act(() => pair.server.revoke("ada", ROOM));
    await run(2_000);
    expect(result.current.status).toBe("trouble");
    expect(result.current.error).toMatchObject({ kind: "unsubscribed" });
  });
});

test("a board that nobody looks at holds nothing", async () => {
  const { client, clock } = reading();
  const heardBefore = [client.pending, client.accountStore].map(
    (source) => (source as Cell<unknown>).subscriberCount,
  );
  const board = new BucketBoard(client);
  const tell = (): void => {};
  const [one, other] = [board.hold(ROOM, 0, tell), board.hold(ROOM, 1, tell)];
  expect(board.size).toBe(1);
  one();
  clock.flush();
  expect([board.size, client.bucket(ROOM).state.current.phase]).toEqual([1, "waiting"]);
  other();
  clock.flush();
  expect([board.size, clock.pending]).toEqual([0, 0]);
  const { pending, accountStore } = client;
  for (const source of [pending, accountStore])
    expect((source as Cell<unknown>).subscriberCount).toBe(heardBefore.shift());
});
