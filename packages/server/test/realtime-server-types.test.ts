import { bucket, call, defineContract } from "@holdfast/protocol";
import { expect, expectTypeOf, test } from "vitest";

import { refuse } from "../src/authenticate.ts";
import { RealtimeServer } from "../src/realtime-server.ts";
import type { ServerStore } from "../src/server-store.ts";

const contract = defineContract({
  calls: { add: call<{ a: number; b: number }, number>(), reset: call() },
  buckets: { room: bucket<{ text: string }>() },
});
const open = { contract, authenticate: () => ({ account: "ada" }) };
const handlers = { add: ({ a, b }: { a: number; b: number }) => a + b, reset: () => undefined };

test("handlers are typed by the contract, the account's data by authenticate", () => {
  const server = new RealtimeServer({
    contract,
    authenticate: async ({ token }) =>
      token === undefined
        ? refuse({ action: "reauthenticate", code: "badToken" })
        : await Promise.resolve({ account: token, data: { roles: ["admin"] } }),
    handlers: {
      add: (input, ctx) => {
        expectTypeOf(input).toEqualTypeOf<{ a: number; b: number }>();
        expectTypeOf(ctx.accountData).toEqualTypeOf<{ roles: string[] }>();
        expectTypeOf(ctx.signal).toEqualTypeOf<AbortSignal>();
        return input.a + input.b;
      },
      reset: async (_, ctx) => {
        await ctx.publish("room:1", { text: "reset" });
        // @ts-expect-error -- a bucket's data has its type in handlers too
        await ctx.publish("room:1", { text: 1n });
      },
    },
    buckets: { room: { authorize: (viewer) => viewer.accountData.roles.includes("admin") } },
  });
  const publish: (bucket: "room:1", data: { text: string }) => unknown = (bucket, data) =>
    server.publish(bucket, data);
  publish("room:1", { text: "typed" });
});

test("an account without data gives handlers none", () => {
  void new RealtimeServer({
    ...open,
    handlers: {
      ...handlers,
      reset: (_, ctx) => {
        expectTypeOf(ctx.accountData).toEqualTypeOf<undefined>();
      },
    },
  });
});

test("a unit is typed by the contract, the store and the method that it answers", () => {
  const store = {} as ServerStore<{ run(sql: string): number }>;
  void new RealtimeServer({
    ...open,
    store,
    handlers: {
      add: async ({ a, b }, { commit }) =>
        await commit((tx) => {
          expectTypeOf(tx.db).toEqualTypeOf<{ run(sql: string): number }>();
          expectTypeOf(tx.append("room:1", { text: "sum" }).seq).toEqualTypeOf<number>();
          // @ts-expect-error -- not the bucket's data
          tx.append("room:1", { text: 1 });
          // @ts-expect-error -- no such bucket
          tx.append("hall:1", { text: "" });
          return a + b;
        }),
      reset: () => undefined,
    },
  });
  void new RealtimeServer({
    ...open,
    handlers: {
      ...handlers,
      add: async (_, { commit }) =>
        await commit((tx) => {
          // Nothing can be written beside the log of a store in memory.
          expectTypeOf(tx.db).toEqualTypeOf<undefined>();
          return 1;
        }),
    },
  });
  void new RealtimeServer({
    ...open,
    // @ts-expect-error -- what the unit returns is the answer of the call
    handlers: { ...handlers, add: async (_, { commit }) => await commit(() => "3") },
  });
});

test("what breaks the contract does not compile", async () => {
  // @ts-expect-error -- a method without a handler
  expect(() => new RealtimeServer({ ...open, handlers: { add: handlers.add } })).toThrow("reset");
  // @ts-expect-error -- a handler of no method
  void new RealtimeServer({ ...open, handlers: { ...handlers, sub: () => 1 } });
  // @ts-expect-error -- a wrong result
  void new RealtimeServer({ ...open, handlers: { ...handlers, add: () => "3" } });
  // @ts-expect-error -- a wrong result, later
  void new RealtimeServer({ ...open, handlers: { ...handlers, add: async () => "3" } });
  const add = (text: string): number => text.length;
  // @ts-expect-error -- a wrong input
  void new RealtimeServer({ ...open, handlers: { ...handlers, add } });
  // @ts-expect-error -- rules for no bucket
  void new RealtimeServer({ ...open, handlers, buckets: { hall: { authorize: () => true } } });
  const server = new RealtimeServer({ ...open, handlers });
  // @ts-expect-error -- no such bucket
  await expect(server.publish("hall:1", { text: "" })).rejects.toThrow();
  // @ts-expect-error -- not its data
  await server.publish("room:1", { text: 5 });
  // @ts-expect-error -- no such bucket
  server.revoke("ada", "hall:1");
});
