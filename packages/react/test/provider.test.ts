/** Who starts and closes the client, and when: also in StrictMode, while suspended, at a server. */
import type { DurableClient } from "@holdfast/client/durable";
import { act, render } from "@testing-library/react";
import * as React from "react";
import {
  createElement,
  StrictMode,
  Suspense,
  useEffect,
  useState,
  type ReactElement,
  type ReactNode,
} from "react";
import { describe, expect, test } from "vitest";

import { around, chatWorld, say, type ChatWorld } from "./support/chat-world.ts";

/** A page whose provider makes its client; counts those that were made. */
function making(world: ChatWorld) {
  const made: DurableClient[] = [];
  const create = () => {
    const { client } = world.durable();
    made.push(client);
    return client;
  };
  const page = (children?: ReactNode) =>
    createElement(world.hooks.HoldfastProvider, { create }, children);
  /** How many sessions the server has had and has: one for each client that dialled. */
  const sessions = () => world.pair.server.sessions("ada").length;
  const isOpen = () => made.filter(({ connection }) => connection.current.state === "open");
  return { made, create, page, sessions, isOpen };
}

describe("a client that the provider makes", () => {
  test("is started when it comes to the page, and closed a turn after it has left", async () => {
    const world = chatWorld();
    const { made, page, sessions } = making(world);
    const { unmount } = render(page());
    expect(made[0]?.connection.current.state).not.toBe("stopped");
    await world.run(2_000);
    expect([made.length, sessions()]).toEqual([1, 1]);
    unmount();
    expect(made[0]?.connection.current.state).toBe("open");
    await world.run(2_000);
    expect(made[0]?.connection.current.state).toBe("stopped");
    expect(() => made[0]?.start()).toThrow("closed");
    await world.pair.close();
    expect(world.clock.pending).toBe(0);
  });

  test("in StrictMode there is one connection, not two", async () => {
    const world = chatWorld();
    const { page, sessions, isOpen } = making(world);
    const { unmount } = render(createElement(StrictMode, null, page()));
    await world.run(5_000);
    expect([isOpen().length, sessions()]).toEqual([1, 1]);
    expect(isOpen()[0]?.connection.current.sessionId).toBe(1);
    unmount();
    await world.run(2_000);
    expect([isOpen().length, sessions()]).toEqual([0, 0]);
    await world.pair.close();
    expect(world.clock.pending).toBe(0);
  });

  test("a provider that renders again, with another function, keeps its client", async () => {
    const world = chatWorld();
    const { made, create } = making(world);
    const { HoldfastProvider } = world.hooks;
    const page = () => createElement(HoldfastProvider, { create: () => create() });
    const { rerender } = render(page());
    await world.run(2_000);
    rerender(page());
    await world.run(2_000);
    expect(made).toHaveLength(1);
    expect(made[0]?.connection.current).toMatchObject({ state: "open", sessionId: 1 });
  });

  test("another key makes another client, and the old one is closed", async () => {
    const world = chatWorld();
    const { made, create, sessions } = making(world);
    const { HoldfastProvider } = world.hooks;
    const { rerender } = render(createElement(HoldfastProvider, { key: 1, create }));
    await world.run(2_000);
    rerender(createElement(HoldfastProvider, { key: 2, create }));
    await world.run(2_000);
    expect(made.map(({ connection }) => connection.current.state)).toEqual(["stopped", "open"]);
    expect(sessions()).toBe(1);
  });

  test("what a component does as it comes to the page finds its account", async () => {
    const world = chatWorld();
    const { page } = making(world);
    const phases: string[] = [];
    function Sender(): null {
      const client = world.hooks.useDurableClient();
      useEffect(() => {
        const sent = client.transact(say, { room: "1", text: "hello" });
        return sent.phase.subscribe((phase) => phases.push(phase));
      }, [client]);
      return null;
    }
    render(page(createElement(Sender)));
    await world.run(5_000);
    expect(phases.at(-1)).toBe("done");
  });

  test("while the page above it is suspended, it stays connected", async () => {
    const world = chatWorld();
    const { page, isOpen } = making(world);
    let suspend = (): void => {};
    let resume = (): void => {};
    let waited: Promise<void> | undefined;
    function Slow(): null {
      const [isSuspended, setSuspended] = useState(false);
      suspend = () => setSuspended(true);
      // React asks again when what was thrown resolves.
      if (isSuspended && !waited) {
        waited = new Promise((resolve) => (resume = resolve));
        throw waited;
      }
      return null;
    }
    const slow = createElement(Slow);
    render(createElement(Suspense, { fallback: "…" }, page(), slow));
    await world.run(2_000);
    act(() => suspend());
    await world.run(2_000);
    expect(isOpen()).toHaveLength(1);
    await act(async () => resume());
    await world.run(2_000);
    expect(isOpen()).toHaveLength(1);
  });
});

// React 18 has no way to hide a page and keep its state.
const { Activity } = React as { readonly Activity?: typeof React.Activity };

test.skipIf(!Activity)(
  "a page that was hidden for longer, and is shown again as it was, has a new client",
  async () => {
    const world = chatWorld();
    const { made, page, sessions } = making(world);
    if (!Activity) return;
    const kept = (mode: "visible" | "hidden") =>
      createElement(StrictMode, null, createElement(Activity, { mode, children: page() }));
    const { rerender, unmount } = render(kept("visible"));
    await world.run(2_000);
    rerender(kept("hidden"));
    await world.run(2_000);
    expect(sessions()).toBe(0);
    rerender(kept("visible"));
    await world.run(2_000);
    expect(sessions()).toBe(1);
    const states = made.map(({ connection }) => connection.current.state);
    expect(states.filter((state) => state === "open")).toHaveLength(1);
    unmount();
    await world.run(2_000);
    await world.pair.close();
    expect(world.clock.pending).toBe(0);
  },
);

test.skipIf(!Activity)(
  "what a component does as it is shown again finds its account, and a client that lives",
  async () => {
    const world = chatWorld();
    const { made, page, sessions } = making(world);
    if (!Activity) return;
    const phases: string[] = [];
    const sent: DurableClient[] = [];
    function Sender(): null {
      const client = world.hooks.useDurableClient();
      useEffect(() => {
        sent.push(client);
        const { phase, result } = client.transact(say, { room: "1", text: "hello" });
        result.catch((error: Error) => phases.push(String(error)));
        return phase.subscribe((now) => phases.push(now));
      }, [client]);
      return null;
    }
    const kept = (mode: "visible" | "hidden") =>
      createElement(Activity, { mode, children: page(createElement(Sender)) });
    const { rerender, unmount } = render(kept("visible"));
    await world.run(5_000);
    for (const round of [2, 3]) {
      rerender(kept("hidden"));
      await world.run(5_000);
      expect(sessions()).toBe(0);
      phases.length = 0;
      rerender(kept("visible"));
      await world.run(5_000);
      expect([phases.at(-1), sessions()]).toEqual(["done", 1]);
      expect([made.length, sent.length, new Set(sent).size]).toEqual([round, round, round]);
    }
    unmount();
    await world.run(5_000);
    expect(made).toHaveLength(3);
    await world.pair.close();
    expect(world.clock.pending).toBe(0);
  },
);

describe("the app's own client", () => {
  test("is neither started nor closed", async () => {
    const world = chatWorld();
    const { client } = world.durable();
    const { unmount } = render(createElement(around(world.hooks, client), { children: "x" }));
    await world.run(2_000);
    expect(client.connection.current.state).toBe("stopped");
    client.start();
    await world.run(2_000);
    unmount();
    await world.run(2_000);
    expect(client.connection.current.state).toBe("open");
    await world.pair.close();
    expect(world.clock.pending).toBe(0);
  });

  test("another one takes its place, and the components follow", async () => {
    const world = chatWorld();
    const [one, other] = [world.durable().client, world.durable().client];
    const { HoldfastProvider, useConnectionState } = world.hooks;
    function State(): ReactElement {
      return createElement("p", null, useConnectionState());
    }
    const page = (client: typeof one) =>
      createElement(HoldfastProvider, { client }, createElement(State));
    const { rerender, container } = render(page(one));
    other.start();
    await world.run(2_000);
    expect(container.textContent).toBe("idle");
    rerender(page(other));
    expect(container.textContent).toBe("connected");
  });
});

test("a provider may be given a client in place of the one that it made, and make one again", async () => {
  const world = chatWorld();
  const { made, create, sessions } = making(world);
  const { HoldfastProvider, useClient } = world.hooks;
  const own = world.durable().client;
  const shown: unknown[] = [];
  function Shown(): null {
    shown.push(useClient());
    return null;
  }
  const page = (props: { readonly create: typeof create } | { readonly client: typeof own }) =>
    createElement(HoldfastProvider, props, createElement(Shown));
  const { rerender, unmount } = render(page({ create }));
  await world.run(2_000);
  expect([shown.at(-1) === made[0], sessions()]).toEqual([true, 1]);
  rerender(page({ client: own }));
  await world.run(2_000);
  expect([shown.at(-1) === own, sessions()]).toEqual([true, 0]);
  rerender(page({ create }));
  await world.run(2_000);
  expect([shown.at(-1) === made.at(-1), sessions()]).toEqual([true, 1]);
  unmount();
  await world.run(2_000);
  await world.pair.close();
  expect([made.length, world.clock.pending]).toEqual([2, 0]);
});

test("a provider with neither says so", () => {
  const { hooks } = chatWorld();
  const props = {} as { create: never };
  expect(quietly(() => render(createElement(hooks.HoldfastProvider, props)))).toThrow(
    "needs a client, or a way to make one",
  );
});

/** React tells of errors on the console as well. */
function quietly(act: () => void): () => void {
  return () => {
    const { error } = console;
    console.error = () => {};
    try {
      act();
    } finally {
      console.error = error;
    }
  };
}
