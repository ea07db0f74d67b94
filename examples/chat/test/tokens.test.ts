/** Tokens of the demo. */
import { expect, test } from "vitest";

import { Tokens } from "../src/tokens.ts";

const facts = { account: "ann-1", name: "Ann", expiresAt: 1_000 };

test("a token says whom it speaks for, until it ends", () => {
  const tokens = new Tokens();
  const token = tokens.issue(facts);
  expect(tokens.check(token, 999)).toEqual(facts);
  expect(tokens.check(token, 1_000)).toBeUndefined();
});

test("what this process did not sign is worth nothing", () => {
  const tokens = new Tokens();
  const [, signature] = tokens.issue(facts).split(".");
  const forged = Buffer.from(JSON.stringify({ ...facts, account: "ben-1" })).toString("base64url");
  expect(tokens.check(`${forged}.${signature}`, 0)).toBeUndefined();
  expect(tokens.check(new Tokens().issue(facts), 0)).toBeUndefined();
  for (const nonsense of [undefined, "", ".", "a.b", "a.b.c"]) {
    expect(tokens.check(nonsense, 0)).toBeUndefined();
  }
});
