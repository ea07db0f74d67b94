// @vitest-environment node
/** What a server renders: no window, no store, no socket, and nothing that stays behind. */
import { Cell } from "@holdfast/client";
import { DurableClient } from "@holdfast/client/durable";
import { indexedDbStore } from "@holdfast/client/indexed-db";
import { createElement, StrictMode, type ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";

import { createHooks } from "../src/index.ts";
import { contract, room, say, type App } from "./support/chat-world.ts";

test("a server renders every hook, with the page's own client, and starts nothing", () => {
  expect(typeof window).toBe("undefined");
  const { HoldfastProvider, ...hooks } = createHooks<App>();
  const identity = new Cell<string | null>("ada");
  let tokens = 0;
  const create = () =>
    new DurableClient({
      url: "wss://server.test/realtime",
      contract,
      credentials: { identity, token: async () => `token ${++tokens}` },
      store: indexedDbStore(),
      transactions: [say],
    });
  function Page(): ReactElement {
    const said = [
      hooks.useConnection().snapshot.state,
      hooks.useConnectionBanner().kind,
      hooks.useCall("now").status,
      String(hooks.useTransaction(say).phase),
      hooks.useBucket("room:1", room).status,
    ];
    return createElement("p", null, said.join(" "));
  }
  const complaints: unknown[] = [];
  const { error } = console;
  console.error = (...words: unknown[]) => void complaints.push(words);
  const page = createElement(HoldfastProvider, { create }, createElement(Page));
  const html = renderToString(createElement(StrictMode, null, page));
  console.error = error;
  expect(html).toBe("<p>stopped none idle undefined loading</p>");
  expect(complaints).toEqual([]);
  expect([identity.subscriberCount, tokens]).toEqual([0, 0]);
});
