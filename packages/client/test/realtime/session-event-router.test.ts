import { DEFAULT_WIRE_LIMITS } from "@holdfast/protocol";
import { expect, test } from "vitest";

import type { SessionEvent } from "../../src/session/session-event.ts";
import {
  routeSessionEvent,
  type SessionListeners,
} from "../../src/realtime/session-event-router.ts";

const sessionId = 1;
const run = { bucket: "room", epoch: "e", after: 0, upTo: 0, updates: [] };
const welcome = {
  type: "welcome",
  account: "ada",
  serverTime: 0,
  capabilities: [],
  limits: DEFAULT_WIRE_LIMITS,
  heartbeat: { minMs: 1, maxMs: 2 },
  windowMs: 1,
} as const;
const answer = { type: "tooFarBehind", bucket: "room", epoch: "e", oldest: 1, head: 2 } as const;

/** Each event, and the one who hears it. */
const rows: readonly [SessionEvent, string][] = [
  [{ type: "transportOpened", sessionId }, "manager"],
  [{ type: "openFailed", sessionId, meaning: "retry", detail: "" }, "manager"],
  [{ type: "transportClosed", sessionId, meaning: "stop", detail: "" }, "manager"],
  [{ type: "sendFailed", sessionId, detail: "" }, "manager"],
  [{ type: "sendStalled", sessionId }, "manager"],
  [{ type: "protocolViolated", sessionId, detail: "" }, "manager"],
  [{ type: "welcomed", sessionId, windowMs: 1, heartbeat: welcome.heartbeat }, "manager"],
  [{ type: "accountMismatched", sessionId }, "manager"],
  [{ type: "refused", sessionId, action: "retry", code: "busy" }, "manager"],
  [{ type: "goingAway", sessionId, windowMs: 1 }, "manager"],
  [{ type: "drained", sessionId }, "manager"],
  [{ type: "useful", sessionId }, "manager"],
  [{ type: "frameReceived", sessionId }, "manager"],
  [{ type: "pongReceived", sessionId, nonce: 1, windowMs: 1 }, "manager"],
  [{ type: "tokenAccepted", sessionId }, "manager"],
  [{ type: "tokenMissing", sessionId }, "manager"],
  [{ type: "tokenFailed", sessionId, detail: "" }, "manager"],
  [{ type: "updates", sessionId, updates: { type: "updates", ...run } }, "updates"],
  [{ type: "subscribed", sessionId, head: { bucket: "room", epoch: "e", head: 1 } }, "updates"],
  [
    { type: "unsubscribed", sessionId, answer: { type: "unsubscribed", bucket: "room" } },
    "updates",
  ],
  [{ type: "opened", sessionId, welcome }, "nobody"],
  [{ type: "page", sessionId, page: { type: "page", ...run, head: 0 } }, "nobody"],
  [{ type: "tooFarBehind", sessionId, answer }, "nobody"],
  [{ type: "heads", sessionId, heads: [] }, "nobody"],
];

for (const [event, owner] of rows) {
  test(`${event.type} is heard by ${owner}, at once and once (B06)`, () => {
    const heard: string[] = [];
    const listeners = {
      manager: { dispatch: () => heard.push("manager") },
      updates: {
        deliver: () => heard.push("updates"),
        subscribed: () => heard.push("updates"),
        unsubscribed: () => heard.push("updates"),
      },
    };
    routeSessionEvent(event, listeners as unknown as SessionListeners);
    expect(heard).toEqual(owner === "nobody" ? [] : [owner]);
  });
}
