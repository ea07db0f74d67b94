import { clientHarness } from "@holdfast/testing";
import { describe, expect, test } from "vitest";

import { OptionsError } from "../../src/base/errors.ts";
import { DEFAULT_CONNECTION_POLICY } from "../../src/connection/connection-policy.ts";
import { checkNumber, checkUrl, connectionPolicy } from "../../src/realtime/realtime-options.ts";
import { CALL_TIMEOUT_MAX_MS } from "../../src/session/call-options.ts";

describe("the policy", () => {
  test("is the default one where nothing differs", () => {
    expect(connectionPolicy({})).toEqual(DEFAULT_CONNECTION_POLICY);
  });

  test("takes the app's numbers and keeps all others", () => {
    expect(connectionPolicy({ connectMs: 5_000, background: { graceMs: 1 } })).toEqual({
      ...DEFAULT_CONNECTION_POLICY,
      connectMs: 5_000,
      background: { graceMs: 1 },
    });
  });

  test.each([
    ["backoff", { capMs: 5_000 }],
    ["backoff", undefined],
    ["background", {}],
    ["background", undefined],
    ["background", null],
    ["background", "suspend"],
  ])("does not take a %s of %j, with which nobody knows how long to wait", (name, value) => {
    expect(() => connectionPolicy({ [name]: value })).toThrow(OptionsError);
  });

  for (const bad of [Number.NaN, Infinity, -1, "5", null]) {
    test(`does not take ${JSON.stringify(bad)}, which no clock can keep`, () => {
      const number = bad as number;
      const { backoff } = DEFAULT_CONNECTION_POLICY;
      expect(() => connectionPolicy({ connectMs: number })).toThrow(OptionsError);
      expect(() => connectionPolicy({ background: { graceMs: number } })).toThrow(OptionsError);
      expect(() => connectionPolicy({ backoff: { ...backoff, capMs: number } })).toThrow(
        OptionsError,
      );
    });
  }
});

describe("an option that cannot work is turned down when the client is made", () => {
  for (const url of ["", "https://a.test", "//a.test", "ws:", "wss://", "wss:///a"]) {
    test(`the url "${url}"`, () => {
      expect(() => checkUrl(url)).toThrow(OptionsError);
      expect(() => clientHarness({ url })).toThrow(OptionsError);
    });
  }

  test("no url at all", () => {
    expect(() => checkUrl(undefined as unknown as string)).toThrow(OptionsError);
  });

  test("a call timeout that no call may have, a trace of less than nothing", () => {
    expect(() => clientHarness({ callTimeoutMs: Number.NaN })).toThrow(OptionsError);
    expect(() => clientHarness({ callTimeoutMs: CALL_TIMEOUT_MAX_MS + 1 })).toThrow(OptionsError);
    expect(() => clientHarness({ callTimeoutMs: CALL_TIMEOUT_MAX_MS })).not.toThrow();
    expect(() => clientHarness({ traceEntriesMax: -1 })).toThrow(OptionsError);
    expect(() => clientHarness({ policy: { dialFloorMs: Infinity } })).toThrow(OptionsError);
  });

  test("its message names the option and not the value", () => {
    expect(() => checkNumber("callTimeoutMs", "secret" as never)).toThrow(/^callTimeoutMs must be/);
  });
});

describe("an option that works", () => {
  for (const url of ["ws://localhost:8080/realtime", "wss://a.test", () => "wss://a.test"]) {
    test(`the url ${typeof url === "string" ? url : "that a function gives"}`, () => {
      expect(() => checkUrl(url)).not.toThrow();
    });
  }

  test("is the time that calls have", async () => {
    const waiting = clientHarness({ callTimeoutMs: 1_000 });
    const call = waiting.client.call("echo", "x");
    const startedAt = waiting.clock.now();
    await expect(waiting.clock.finish(call)).rejects.toMatchObject({ kind: "timedOut" });
    expect(waiting.clock.now() - startedAt).toBe(1_000);
  });
});
