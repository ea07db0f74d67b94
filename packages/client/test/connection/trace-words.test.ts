/** How events and effects of a trace are said. */
import { traceWords } from "@holdfast/client/machine";
import { expect, test } from "vitest";

test.each([
  [{ type: "start" }, "start"],
  [{ type: "transportOpened", sessionId: 3 }, "transportOpened of session 3"],
  [
    { type: "welcomed", sessionId: 1, windowMs: 1_000, heartbeat: { minMs: 1, maxMs: 2 } },
    "welcomed of session 1 (windowMs 1000, heartbeat minMs 1, heartbeat maxMs 2)",
  ],
  [
    { type: "transportClosed", sessionId: 3, meaning: "retry", detail: "" },
    "transportClosed of session 3 (meaning retry)",
  ],
  [{ type: "networkChanged", available: false }, "networkChanged (available false)"],
])("an event is said with its details, and without what it lacks: %j", (event, words) => {
  expect(traceWords(event)).toBe(words);
});
