import { bucket, call, defineContract } from "@holdfast/protocol";
import { expect, expectTypeOf, test } from "vitest";

import { refuse } from "../src/authenticate.ts";
import { RealtimeServer } from "../src/realtime-server.ts";

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
        ctx.publish("room:1", { text: "reset" });
        // @ts-expect-error -- a bucket's data has its type in handlers too
        expect(() => ctx.publish("room:1", { text: 1n })).toThrow();
        await Promise.resolve();
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

test("what breaks the contract does not compile", () => {
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
  expect(() => server.publish("hall:1", { text: "" })).toThrow();
  // @ts-expect-error -- not its data
  server.publish("room:1", { text: 5 });
  // @ts-expect-error -- no such bucket
  server.revoke("ada", "hall:1");
});
