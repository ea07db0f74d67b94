import { expect, test } from "vitest";

import { askAuthenticate, AuthRefusal, refuse } from "../src/authenticate.ts";
import type { Accepted, AuthRequest } from "../src/authenticate.ts";
import { request } from "./serve.ts";

const asked: AuthRequest = { token: "t", request, signal: new AbortController().signal };
const ask = async (answer: unknown): Promise<unknown> =>
  await askAuthenticate(() => answer as Accepted, asked);

test("an account is taken with its end in whole milliseconds, and its data", async () => {
  expect(await ask({ account: "ada", expiresAt: 10.9, data: 1, more: 2 })).toEqual({
    account: "ada",
    expiresAt: 10,
    data: 1,
  });
  expect(await ask({ account: "ada", expiresAt: -5 })).toMatchObject({ expiresAt: 0 });
  const never = { account: "ada", expiresAt: Number.MAX_VALUE };
  expect(await ask(never)).toMatchObject({ expiresAt: Number.MAX_SAFE_INTEGER });
  expect(await ask(Promise.resolve({ account: "ada" }))).toEqual({ account: "ada" });
});

test("a refusal is one only if refuse made it", async () => {
  const refusal = refuse({ action: "stop", code: "no", message: "m", retryAfterMs: 1.5 });
  expect(refusal).toBeInstanceOf(AuthRefusal);
  expect(await ask(refusal)).toBe(refusal);
  expect(refusal).toMatchObject({ action: "stop", code: "no", message: "m", retryAfterMs: 2 });
  expect(refuse({ action: "retry", code: "no", retryAfterMs: Number.NaN }).retryAfterMs).toBe(0);
  await expect(ask({ action: "stop", code: "no" })).rejects.toThrow(TypeError);
});

test.each([
  null,
  undefined,
  "ada",
  {},
  { account: 7 },
  { account: "" },
  { account: "a\0" },
  { account: "ada", expiresAt: Number.NaN },
  { account: "ada", expiresAt: Infinity },
  { account: "ada", expiresAt: "soon" },
])("%j is no answer", async (answer) => {
  await expect(ask(answer)).rejects.toThrow(TypeError);
});

test("what the application throws comes out as a rejection", async () => {
  const broken = (): never => {
    throw new Error("no database");
  };
  await expect(askAuthenticate(broken, asked)).rejects.toThrow("no database");
});

test("a refusal that no client would understand is the caller's fault", () => {
  for (const wrong of [
    { action: "ban" },
    { action: undefined },
    { message: 7 },
    { message: null },
  ]) {
    const refusal = { action: "stop", code: "no", ...wrong };
    expect(() => refuse(refusal as Parameters<typeof refuse>[0])).toThrow(TypeError);
  }
});

test("a long message of a refusal is cut, and the refusal is said", () => {
  const { message } = refuse({ action: "stop", code: "no", message: "\u0001".repeat(9_999) });
  expect(message).toHaveLength(500);
  expect(JSON.stringify(message).length).toBeLessThan(4_000);
});
