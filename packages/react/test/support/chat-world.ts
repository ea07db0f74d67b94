/**
 * A small chat, client and server linked in memory on one manual clock, with its hooks: what the
 * tests of the hooks stand on.
 */
import type { RealtimeClient } from "@holdfast/client";
import {
  defineTransaction,
  documentHooks,
  type DurableClient,
  type PendingTransaction,
  type StoredDocument,
} from "@holdfast/client/durable";
import { bucket, call, defineContract } from "@holdfast/protocol";
import { CallFailure } from "@holdfast/server";
import { linkedPair, type LinkedDurableClient } from "@holdfast/testing";
import { act } from "@testing-library/react";
import { createElement, type ReactElement, type ReactNode } from "react";

import { createHooks, defineBucketView } from "../../src/index.ts";

export const contract = defineContract({
  calls: {
    echo: call<string, string>(),
    now: call<void, number>(),
    slow: call<string, string>(),
    say: call<{ readonly room: string; readonly text: string }, { readonly seq: number }>(),
  },
  buckets: { room: bucket<string>(), unkept: bucket<string>() },
});
export type App = typeof contract;

export interface Line {
  readonly id: string;
  readonly text: string;
  readonly isPending: boolean;
}

export const say = defineTransaction(contract, "say", {
  lane: ({ room }) => room,
  effect: (lines: readonly Line[], { id, input }) =>
    lines.some((line) => line.id === id)
      ? lines
      : [...lines, { id, text: input.text, isPending: true }],
});

/** Of another kind, without an input. */
export const tick = defineTransaction(contract, "now");

export const room = defineBucketView({
  view: (documents: readonly StoredDocument[]) => documents.map(({ document }) => document as Line),
  effects: [say],
  concerns: (
    { input }: PendingTransaction<{ readonly room: string; readonly text: string }>,
    key,
  ) => key === `room:${input.room}`,
});

export function chatWorld() {
  const pair = linkedPair({
    contract,
    handlers: {
      echo: (text) => {
        if (text === "refuse") throw new CallFailure("refused", "No.");
        return text;
      },
      now: () => 7,
      // In seconds of the pair's clock.
      slow: (text) =>
        new Promise((resolve) => {
          pair.clock.at(pair.clock.now() + 1_000, () => resolve(text));
        }),
      say: ({ room, text }, { commit }) => {
        if (text === "refuse") throw new CallFailure("refused", "No.");
        return commit((tx) => ({ seq: tx.append(`room:${room}`, text).seq }));
      },
    },
    buckets: { room: { authorize: () => true } },
  });
  // Every client here is one that a provider was given, or made.
  pair.clients.length = 0;
  const { clock } = pair;
  const hooks = createHooks<App>();
  /** A durable client of the app, not started. */
  const durable = (): LinkedDurableClient<App> =>
    pair.addDurableClient({
      transactions: [say, tick],
      buckets: {
        room: documentHooks({
          change: ({ seq, key, data }) => [
            {
              type: "put",
              id: String(seq).padStart(9, "0"),
              document: { id: key ?? String(seq), text: data, isPending: false },
            },
          ],
        }),
      },
    });
  /** Lets time pass, with all that the page makes of it. */
  const run = (ms = 0): Promise<void> => act(async () => await clock.run(ms));
  return { pair, clock, hooks, durable, run };
}

export type ChatWorld = ReturnType<typeof chatWorld>;

/** A page around the hooks, with the app's own client. */
export function around(
  { HoldfastProvider }: ChatWorld["hooks"],
  client: RealtimeClient<App> | DurableClient<App>,
): (props: { readonly children: ReactNode }) => ReactElement {
  return ({ children }) => createElement(HoldfastProvider, { client }, children);
}
