import { describe, expect, test } from "vitest";

import type { ConnectionSnapshot } from "../../src/connection/connection-snapshot.ts";
import { connectionStateOf } from "../../src/realtime/realtime-connection-state.ts";

const STOPPED: ConnectionSnapshot = {
  state: "stopped",
  reason: "userStop",
  attempt: 0,
  sessionId: 0,
  since: 0,
  retryAt: undefined,
  blockedBy: [],
  lastFailure: undefined,
  roundTripMs: undefined,
  constraints: { auth: true, network: true, appActive: true, notFrozen: true },
  isRenewingToken: false,
};

describe("the connection in one of four words", () => {
  const rows: readonly [what: string, change: Partial<ConnectionSnapshot>, word: string][] = [
    ["stopped by whoever", { state: "stopped" }, "idle"],
    ["suspended in the background", { state: "backgroundSuspended" }, "idle"],
    ["signed out", { state: "waitingForConstraints", blockedBy: ["auth"] }, "idle"],
    [
      "its token being renewed",
      { state: "waitingForConstraints", blockedBy: ["auth"], isRenewingToken: true },
      "connecting",
    ],
    [
      "offline by the platform's word, to be dialled all the same",
      { state: "waitingForConstraints", blockedBy: ["network"], retryAt: 30_000 },
      "connecting",
    ],
    ["dialling", { state: "connectingTransport" }, "connecting"],
    ["saying hello", { state: "authenticating" }, "connecting"],
    ["waiting for the next dial", { state: "backoff", retryAt: 1_000 }, "connecting"],
    ["open", { state: "open" }, "connected"],
  ];
  for (const [what, change, word] of rows) {
    test(`${what}: ${word}`, () => {
      expect(connectionStateOf({ ...STOPPED, ...change })).toBe(word);
    });
  }

  test("open and catching up: updating", () => {
    expect(connectionStateOf({ ...STOPPED, state: "open" }, true)).toBe("updating");
    expect(connectionStateOf({ ...STOPPED, state: "backoff" }, true)).toBe("connecting");
  });
});
