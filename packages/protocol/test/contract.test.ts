import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";

import { bucket, call, defineContract } from "../src/index.ts";
import type {
  BucketKeyOf,
  CallArguments,
  Contract,
  DataOf,
  HandlerInputOf,
  HandlerOutputOf,
  InputOf,
  MethodOf,
  OutputOf,
  StandardSchemaV1,
} from "../src/index.ts";

const contract = defineContract({
  calls: {
    plain: call<{ text: string }, { id: number }>({ repeatable: true }),
    nothing: call(),
    onlyOutput: call<void, number>(),
    maybe: call<string | undefined, number>(),
    checked: call({
      input: v.object({ text: v.string(), size: v.optional(v.number(), 10) }),
      output: v.object({ id: v.number() }),
    }),
    transformed: call({
      input: v.pipe(v.string(), v.transform(Number)),
      output: v.pipe(v.number(), v.transform(String)),
    }),
    inputOnly: call<{ a: string }, boolean>({ input: v.object({ a: v.string() }) }),
  },
  buckets: {
    room: bucket<{ text: string }>(),
    score: bucket({ data: v.object({ points: v.number() }) }),
    lobby: bucket(),
  },
});
type App = typeof contract;

/** As a client declares it. */
declare const invoke: <C extends Contract, M extends MethodOf<C>>(
  contract: C,
  method: M,
  ...rest: CallArguments<C, M, { timeoutMs?: number }>
) => OutputOf<C, M>;
declare const subscribe: <C extends Contract, K extends BucketKeyOf<C>>(
  contract: C,
  bucket: K,
  onUpdate: (data: DataOf<C, K>) => void,
) => void;
/** As a server declares it. */
type Handlers<C extends Contract> = {
  readonly [M in MethodOf<C>]: (input: HandlerInputOf<C, M>) => HandlerOutputOf<C, M>;
};

/** Checked by the compiler only. */
function compiles(_code: () => void): void {}

describe("a contract types its calls", () => {
  test("inputs and outputs, declared or inferred from validators", () => {
    expectTypeOf<MethodOf<App>>().toEqualTypeOf<
      "plain" | "nothing" | "onlyOutput" | "maybe" | "checked" | "transformed" | "inputOnly"
    >();
    expectTypeOf<InputOf<App, "plain">>().toEqualTypeOf<{ text: string }>();
    expectTypeOf<OutputOf<App, "plain">>().toEqualTypeOf<{ id: number }>();
    expectTypeOf<InputOf<App, "nothing">>().toEqualTypeOf<void>();
    expectTypeOf<OutputOf<App, "nothing">>().toEqualTypeOf<void>();
    expectTypeOf<InputOf<App, "onlyOutput">>().toEqualTypeOf<void>();
    expectTypeOf<OutputOf<App, "onlyOutput">>().toEqualTypeOf<number>();
    expectTypeOf<OutputOf<App, "checked">>().toEqualTypeOf<{ id: number }>();
    expectTypeOf<InputOf<App, "inputOnly">>().toEqualTypeOf<{ a: string }>();
    expectTypeOf<OutputOf<App, "inputOnly">>().toEqualTypeOf<boolean>();
  });

  test("callers see a validator's outer side, handlers its inner one", () => {
    expectTypeOf<InputOf<App, "checked">>().toEqualTypeOf<{
      text: string;
      size?: number | undefined;
    }>();
    expectTypeOf<HandlerInputOf<App, "checked">>().toEqualTypeOf<{ text: string; size: number }>();
    expectTypeOf<InputOf<App, "transformed">>().toEqualTypeOf<string>();
    expectTypeOf<HandlerInputOf<App, "transformed">>().toEqualTypeOf<number>();
    expectTypeOf<HandlerOutputOf<App, "transformed">>().toEqualTypeOf<number>();
    expectTypeOf<OutputOf<App, "transformed">>().toEqualTypeOf<string>();
  });

  test("a wrong method, input or handler result does not compile", () => {
    compiles(() => {
      expectTypeOf(invoke(contract, "plain", { text: "hi" })).toEqualTypeOf<{ id: number }>();
      invoke(contract, "plain", { text: "hi" }, { timeoutMs: 5 });
      invoke(contract, "nothing");
      invoke(contract, "nothing", undefined, { timeoutMs: 5 });
      invoke(contract, "maybe");
      invoke(contract, "maybe", "x");
      invoke(contract, "checked", { text: "hi" });
      // @ts-expect-error no such method
      invoke(contract, "plane", { text: "hi" });
      // @ts-expect-error the input is missing
      invoke(contract, "plain");
      // @ts-expect-error a field of the wrong type
      invoke(contract, "plain", { text: 5 });
      // @ts-expect-error a field too many
      invoke(contract, "plain", { text: "hi", extra: 1 });
      // @ts-expect-error this call takes no input
      invoke(contract, "nothing", { text: "hi" });
      // @ts-expect-error a number, before the validator made one of it
      invoke(contract, "transformed", 5);
    });
    compiles(() => {
      const good: Handlers<App> = {
        plain: ({ text }) => ({ id: text.length }),
        nothing: () => {},
        onlyOutput: () => 5,
        maybe: (text) => text?.length ?? 0,
        checked: ({ size }) => ({ id: size }),
        transformed: (size) => size + 1,
        inputOnly: ({ a }) => a === "",
      };
      // @ts-expect-error a wrong result
      const wrong: Pick<Handlers<App>, "plain"> = { plain: ({ text }) => ({ id: text }) };
      // @ts-expect-error a handler is missing
      const missing: Handlers<App> = { plain: good.plain };
      return { wrong, missing };
    });
  });
});

describe("a contract types its buckets", () => {
  test("by the kind that a key begins with", () => {
    expectTypeOf<DataOf<App, "room:42">>().toEqualTypeOf<{ text: string }>();
    expectTypeOf<DataOf<App, `score:${string}`>>().toEqualTypeOf<{ points: number }>();
    expectTypeOf<DataOf<App, "lobby">>().toEqualTypeOf<unknown>();
    expectTypeOf<DataOf<App, "nowhere:1">>().toEqualTypeOf<never>();
  });

  test("a wrong bucket key or update does not compile", () => {
    compiles(() => {
      const id = String(42);
      subscribe(contract, "room:42", (data) =>
        expectTypeOf(data).toEqualTypeOf<{ text: string }>(),
      );
      subscribe(contract, `room:${id}`, (data) =>
        expectTypeOf(data).toEqualTypeOf<{ text: string }>(),
      );
      subscribe(contract, "lobby", () => {});
      // @ts-expect-error no such kind
      subscribe(contract, "rooms:42", () => {});
      // @ts-expect-error a key cannot be just any string
      subscribe(contract, id, () => {});
      // @ts-expect-error the data has no such field
      subscribe(contract, "score:1", (data) => data.text);
    });
  });
});

test("any contract fits where a contract is asked for, also an empty one", () => {
  expectTypeOf<App>().toExtend<Contract>();
  const empty = defineContract({});
  expectTypeOf(empty).toExtend<Contract>();
  expectTypeOf<MethodOf<typeof empty>>().toEqualTypeOf<never>();
  expect(empty).toEqual({ calls: {}, buckets: {} });
});

test("validators of other makers fit by Standard Schema, and run", async () => {
  const schema: StandardSchemaV1 = v.string();
  expect(await schema["~standard"].validate("x")).toMatchObject({ value: "x" });
  expect(contract.calls.plain.repeatable).toBe(true);
  const result = await contract.calls.checked.input?.["~standard"].validate({ text: 5 });
  expect(result?.issues).toHaveLength(1);
});
