import { expect, test } from "vitest";

import { isCallersFault, StoreError } from "../src/store-error.ts";

test("a code has words of its own, unless there are better ones", () => {
  expect(String(new StoreError("closed"))).toBe("StoreError: the store is closed");
  expect(new StoreError("misuse", "not so")).toMatchObject({ code: "misuse", message: "not so" });
});

test("a cause is kept where there is one", () => {
  const cause = new Error("why");
  expect(new StoreError("failed", undefined, cause)).toMatchObject({
    message: "the store failed",
    cause,
  });
  expect("cause" in new StoreError("failed")).toBe(false);
});

test("only what no store does is the caller's fault", () => {
  const codes = ["badValue", "asyncUnit", "misuse"] as const;
  for (const code of codes) expect(isCallersFault(new StoreError(code))).toBe(true);
  expect(isCallersFault(new StoreError("full"))).toBe(false);
  expect(isCallersFault(new Error("badValue"))).toBe(false);
});
