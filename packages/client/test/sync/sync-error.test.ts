/** What a bucket says of itself when it does not get on. */
import { RealtimeError } from "@holdfast/client";
import { expect, test } from "vitest";

import { SyncError } from "../../src/sync/sync-error.ts";

test("it tells its kind, the server's word, and what was thrown", () => {
  const cause = new Error("the disk is full");
  const error = new SyncError("applyFailed", { cause });
  expect(error).toBeInstanceOf(RealtimeError);
  expect(error).toMatchObject({ name: "SyncError", kind: "applyFailed", cause });
  expect("code" in error).toBe(false);
  expect(new SyncError("unsubscribed", { code: "denied" }).code).toBe("denied");
});

test("its words hold nothing of what was thrown", () => {
  expect(new SyncError("applyFailed", { cause: new Error("secret") }).message).toBe("applyFailed");
});
