/** The first message of a session. */
import { expect, test } from "vitest";
import { HELLO_BUCKETS_MAX, helloOf } from "../../src/session/hello.ts";

const FACTS = { client: { name: "c", version: "1" }, capabilities: ["updates"], instanceId: "i" };

test("says who speaks, and leaves out what it has not", () => {
  expect(helloOf(FACTS, 3, "", [])).toEqual({ type: "hello", ...FACTS, session: 3 });
});

test("carries the token, and as many buckets as fit whatever they are called, the first ones", () => {
  const buckets = Array.from({ length: HELLO_BUCKETS_MAX + 1 }, (_, n) => ({ bucket: `b:${n}` }));
  const hello = helloOf(FACTS, 3, "secret", buckets);
  expect(hello.token).toBe("secret");
  expect(hello.buckets).toEqual(buckets.slice(0, HELLO_BUCKETS_MAX));
});
