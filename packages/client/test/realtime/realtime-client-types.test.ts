/**
 * One contract types client and server alike: what does not fit does not compile. The bodies are
 * never run: the compiler judges them, in `tools/compiler.test.ts`.
 */
import { bucket, call, defineContract } from "@holdfast/protocol";
import type { StandardSchemaV1 } from "@holdfast/protocol";
import { linkedPair } from "@holdfast/testing";
import { expectTypeOf, test } from "vitest";

import type { RealtimeClient } from "../../src/realtime/realtime-client.ts";

declare const trimmed: StandardSchemaV1<{ readonly text: string }, { readonly words: string[] }>;

const contract = defineContract({
  calls: {
    echo: call<string, number>(),
    ping: call(),
    maybe: call<string | undefined, string>(),
    send: call({ input: {} as typeof trimmed }),
  },
  buckets: { room: bucket<{ readonly text: string }>(), news: bucket<string>() },
});
type Client = RealtimeClient<typeof contract>;

/** Compiled, and never called. */
const never = (body: (client: Client) => unknown): void => void body;

test("a call takes the input of its method and gives its output", () => {
  never((client) => {
    expectTypeOf(client.call("echo", "x")).resolves.toEqualTypeOf<number>();
    expectTypeOf(client.call("ping")).resolves.toEqualTypeOf<void>();
    expectTypeOf(client.call("ping", undefined, { timeoutMs: 1 })).resolves.toEqualTypeOf<void>();
    expectTypeOf(client.call("maybe")).resolves.toEqualTypeOf<string>();
    expectTypeOf(client.call("send", { text: "x" })).resolves.toEqualTypeOf<void>();
  });
});

test("a wrong method, input, option or use of the output does not compile", () => {
  never((client) => {
    // @ts-expect-error -- there is no such method
    void client.call("eco", "x");
    // @ts-expect-error -- the input is a string
    void client.call("echo", 1);
    // @ts-expect-error -- the input is missing
    void client.call("echo");
    // @ts-expect-error -- the method takes nothing
    void client.call("ping", "x");
    // @ts-expect-error -- the input's field has another name
    void client.call("send", { txt: "x" });
    // @ts-expect-error -- there is no such option
    void client.call("echo", "x", { timeout: 1 });
    // @ts-expect-error -- the output is a number
    void client.call("echo", "x").then((output: string) => output);
  });
});

test("a bucket's kind decides what its updates are", () => {
  never((client) => {
    client.subscribe("room:1", ({ data }) => {
      expectTypeOf(data.text).toEqualTypeOf<string>();
    });
    client.subscribe("news", ({ data }) => {
      expectTypeOf(data).toEqualTypeOf<string>();
    });
    // @ts-expect-error -- there is no such kind
    client.subscribe("hall:1", () => {});
    // @ts-expect-error -- an update of this bucket is a string
    client.subscribe("news", ({ data }: { readonly data: number }) => void data);
    // @ts-expect-error -- the kind is not `room`
    client.subscribe("rooms:1", () => {});
  });
});

test("a client without a contract takes anything", () => {
  const loose = (body: (client: RealtimeClient) => unknown): void => void body;
  loose((client) => {
    void client.call("whatever", { deep: [1] });
    client.subscribe("any:thing", ({ data }) => {
      expectTypeOf(data).toEqualTypeOf<unknown>();
    });
  });
});

test("a handler that is missing, or gives something else, does not compile", () => {
  never(() => [
    // @ts-expect-error -- the result of `echo` is a number
    linkedPair({ contract, handlers: { echo: (x) => x, ping() {}, maybe: () => "", send() {} } }),
    // @ts-expect-error -- `send` has no handler
    linkedPair({ contract, handlers: { echo: () => 1, ping() {}, maybe: () => "" } }),
    linkedPair({
      contract,
      handlers: {
        echo: (text) => text.length,
        ping() {},
        maybe: (text) => text ?? "",
        // @ts-expect-error -- the handler gets what the validator makes of the input
        send: ({ text }) => void text,
      },
    }),
    linkedPair({
      contract,
      handlers: {
        echo: async (text, { publish }) => {
          await publish("news", "fit");
          // @ts-expect-error -- an update of `news` is a string
          await publish("news", 1);
          return text.length;
        },
        ping() {},
        maybe: async (text) => await Promise.resolve(text ?? ""),
        send: ({ words }) => void words,
      },
    }),
  ]);
});
