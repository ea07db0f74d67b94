import { expect, test } from "vitest";

import { state } from "./support/queue-states.ts";
import { QueueRig, HOUR_MS } from "./support/queue-rig.ts";
import { TRANSIENT_CODES } from "../../src/transactions/transaction-answer.ts";
import type { RemoteAnswer } from "../../src/transactions/call-remote.ts";

const failure = (code: string, more: object = {}): RemoteAnswer => ({
  type: "failure",
  code,
  message: "",
  ...more,
});
const refused = { refused: true } as const;

const ANSWERS: Readonly<Record<string, RemoteAnswer>> = {
  result: { type: "result", output: "a!" },
  unsent: { type: "unsent" },
  lost: { type: "lost" },
  tooLarge: { type: "unwritable", reason: "tooLarge" },
  internal: failure("internal"),
  timedOut: failure("timedOut"),
  cancelled: failure("cancelled"),
  ownWords: failure("noSuchRoom"),
  ownLater: failure("slow", { retryAfterMs: 9_000 }),
  badInput: failure("badInput", refused),
  keyReused: failure("keyReused", refused),
  busy: failure("busy", refused),
  draining: failure("draining", refused),
  rateLimited: failure("rateLimited", { ...refused, retryAfterMs: 9_000 }),
  limited: failure("rateLimited", refused),
};

/** The state, the answer to its call, and what its user then knows. */
const CALLS = `
  inFlight           result       done: done
  inFlight           unsent       queued
  inFlight           lost         queued
  inFlight           tooLarge     failed: rejected tooLarge
  inFlight           internal     queued
  inFlight           timedOut     queued
  inFlight           cancelled    queued
  inFlight           ownWords     failed: rejected noSuchRoom
  inFlight           ownLater     queued
  inFlight           badInput     failed: rejected badInput
  inFlight           keyReused    failed: rejected keyReused
  inFlight           busy         queued
  inFlight           draining     queued
  inFlight           rateLimited  queued
  again              result       done: done
  again              ownWords     failed: rejected noSuchRoom
  again              badInput     failed: outcomeUnknown badInput
  again              tooLarge     failed: outcomeUnknown tooLarge
  keyless            result       done: done
  keyless            unsent       queued
  keyless            lost         queued
  keyless            ownWords     failed: rejected noSuchRoom
  keyless            badInput     failed: rejected badInput
  keyless            busy         queued
  keylessAgain       ownWords     failed: outcomeUnknown noSuchRoom
  keylessAgain       result       done: done
  asked              result       done: done
  asked              unsent       cancelled: cancelled
  asked              lost         cancelling
  asked              cancelled    cancelled: cancelled
  asked              ownWords     cancelling
  asked              busy         cancelled: cancelled
`;

function rows(text: string): string[][] {
  const lines = text.trim().split("\n");
  return lines.map((line) => {
    const [from = "", answer = "", ...rest] = line.trim().split(/\s+/);
    return [from, answer, rest.join(" ")];
  });
}

const transient = (name: string): boolean => /^(internal|timedOut|cancelled)$/.test(name);

test.each(rows(CALLS))("%s, answered with %s, is %s (B31, L42)", (from, name, told) => {
  const rig = state(from ?? "");
  const answer = ANSWERS[name ?? ""] ?? { type: "lost" };
  rig.answer("a", answer, { isTransient: transient(name ?? "") });
  expect(rig.fate("a")).toBe(told);
  expect(rig.disk.has("a")).toBe(!/^(done|failed|cancelled):/.test(told ?? ""));
});

/** The same for the answer to its cancellation. */
const CANCELLATIONS = `
  askedAlone  result       done: done
  askedAlone  unsent       cancelling
  askedAlone  lost         cancelling
  askedAlone  internal     cancelling
  askedAlone  cancelled    cancelled: cancelled
  askedAlone  rateLimited  cancelling
  askedAlone  busy         cancelling
  askedAlone  badInput     failed: outcomeUnknown badInput
  asked       result       done: done
  asked       cancelled    cancelled: cancelled
`;

test.each(rows(CANCELLATIONS))(
  "%s, its cancellation answered with %s, is %s",
  (from, name, told) => {
    const rig = state(from ?? "");
    const answer = ANSWERS[name ?? ""] ?? { type: "lost" };
    rig.answer("cancel a", answer, { isTransient: transient(name ?? "") });
    expect(rig.fate("a")).toBe(told);
  },
);

/** After which answer it goes again by itself, and when, in ms; in the session that is open. */
test.each([
  ["internal", 1_000],
  ["busy", 1_000],
  ["draining", 1_000],
  ["lost", 1_000],
  ["unsent", 1_000],
  ["ownLater", 9_000],
  ["rateLimited", 9_000],
  ["limited", 1_000],
])("after %s it goes again after %i ms, not before (L36)", (name, ms) => {
  const rig = state("inFlight");
  rig.news();
  rig.answer("a", ANSWERS[name] ?? { type: "lost" }, { isTransient: transient(name) });
  expect(rig.pass(ms - 1).news()).toEqual([]);
  expect(rig.pass(1).news()).toEqual(["send a"]);
});

test.each([
  ["lost", ["send a"]],
  ["unsent", ["send a"]],
  ["draining", ["send a"]],
  ["internal", []],
  ["rateLimited", []],
])("after %s, a new session sends %j at once", (name, sent) => {
  const rig = state("inFlight");
  rig.answer("a", ANSWERS[name] ?? { type: "lost" }, { isTransient: transient(name) });
  rig.news();
  expect(rig.offline().online().news()).toEqual(sent);
});

test.each([
  ["lost", 1_000],
  ["unsent", 1_000],
  ["internal", 1_000],
  ["rateLimited", 9_000],
])("after %s a cancellation is asked again after %i ms, not before", (name, ms) => {
  const rig = state("askedAlone");
  rig.news();
  rig.answer("cancel a", ANSWERS[name] ?? { type: "lost" }, { isTransient: transient(name) });
  expect(rig.pass(ms - 1).news()).toEqual([]);
  expect(rig.pass(1).news()).toEqual(["cancel a"]);
});

test("lost sessions make no later failure wait longer", () => {
  const rig = state("inFlight");
  for (let count = 0; count < 4; count++) rig.answer("a", { type: "lost" }).offline().online();
  rig.failure("a", "internal").news();
  expect(rig.pass(1_000).news()).toEqual(["send a"]);
});

test("by default, these may pass", () => {
  expect(TRANSIENT_CODES).toEqual(["internal", "timedOut", "busy", "cancelled"]);
});

test("waits for a server that fails grow, with dice, to 30 s", () => {
  const rig = new QueueRig({ attemptsMax: 9 }).claim().online().make("a");
  const waits = [];
  for (let attempt = 1; attempt < 9; attempt++) {
    const since = rig.now;
    rig.failure("a", "internal");
    rig.news();
    while (!rig.news().length && rig.now < since + 99_000) rig.pass(250);
    waits.push(rig.now - since);
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(rig.failure("a", "internal").fate("a")).toBe("failed: rejected internal");
});

test.each([
  [0, 750],
  [0.999, 1_250],
])("a wait is a quarter shorter or longer, by the dice (%d)", (random, ms) => {
  const rig = state("inFlight");
  rig.random = random;
  rig.failure("a", "internal").news();
  expect(rig.pass(ms - 1).news()).toEqual([]);
  expect(rig.pass(1).news()).toEqual(["send a"]);
});

test("the eighth failure that may pass is final", () => {
  const rig = state("inFlight");
  for (let attempt = 1; attempt < 8; attempt++) {
    rig.failure("a", "internal");
    expect(rig.fate("a")).toBe("queued");
    expect(rig.disk.get("a")?.attempts).toBe(attempt);
    rig.pass(40_000);
  }
  expect(rig.failure("a", "internal").fate("a")).toBe("failed: rejected internal");
});

test("failures are counted over a reload", () => {
  const rig = new QueueRig();
  rig.claim([rig.loaded("a", { attempts: 7, sentAt: rig.wallNow })]).online();
  expect(rig.failure("a", "internal").fate("a")).toBe("failed: rejected internal");
});

test("a server that is always busy, or lost sessions, never use up the tries", () => {
  const rig = state("inFlight");
  for (let attempt = 0; attempt < 50; attempt++) {
    rig.failure("a", "busy", refused).pass(60_000);
    rig.answer("a", { type: "lost" }).offline().online();
  }
  expect(rig.fate("a")).toBe("inFlight");
  expect(rig.disk.get("a")?.attempts).toBe(0);
});

test("no server can ask for more than an hour", () => {
  const rig = state("inFlight");
  rig.failure("a", "rateLimited", { refused: true, retryAfterMs: 9 * HOUR_MS }).news();
  expect(rig.pass(HOUR_MS - 1).news()).toEqual([]);
  expect(rig.pass(1).news()).toEqual(["send a"]);
});

test("a handler that is too slow eight times may still run: it is cancelled before it fails", () => {
  const rig = state("inFlight");
  for (let attempt = 1; attempt < 8; attempt++) rig.failure("a", "timedOut").pass(40_000);
  rig.failure("a", "timedOut");
  expect(rig.fate("a")).toBe("cancelling");
  rig.pass(60_000);
  rig.answer("cancel a", ANSWERS["cancelled"] ?? { type: "lost" });
  expect(rig.fate("a")).toBe("failed: timedOut");
});

test("what the server's handler says besides is told", () => {
  const rig = state("inFlight").failure("a", "full", { data: { seats: 0 } });
  expect(rig.ends.get("a")?.error).toEqual({ kind: "rejected", code: "full", data: { seats: 0 } });
});

test("an answer that comes twice, or late, or to nothing, changes nothing (B28, L35, L38)", () => {
  const rig = state("inFlight");
  const sending = rig.sending("a");
  rig.answer("a", { type: "lost" }).offline().online().news();
  const late = { isTransient: false, awaits: [], answer: ANSWERS["badInput"] ?? { type: "lost" } };
  rig.tell({ type: "answered", id: "a", sending, ...late });
  rig.tell({ type: "answered", id: "b", sending, ...late });
  expect([rig.fate("a"), rig.news()]).toEqual(["inFlight", []]);
  rig.result("a").result("a");
  expect(rig.fate("a")).toBe("done: done");
});

test("an ack is told, and means nothing for good (L39)", () => {
  const rig = state("inFlight");
  rig.tell({ type: "acked", id: "a", sending: rig.sending("a") });
  expect([rig.fate("a"), rig.disk.has("a")]).toEqual(["acked", true]);
  rig.tell({ type: "acked", id: "a", sending: 99 }).tell({ type: "acked", id: "b", sending: 1 });
  expect(rig.answer("a", { type: "lost" }).fate("a")).toBe("queued");
  expect(rig.offline().online().fate("a")).toBe("inFlight");
});

test("a server that asks for no wait at all is not asked in a loop", () => {
  const rig = new QueueRig().claim().online().make("a");
  for (let count = 0; count < 5; count++) {
    rig.failure("a", "rateLimited", { refused: true, retryAfterMs: 0 }).news();
    expect(rig.pass(249).news()).toEqual([]);
    expect(rig.pass(1).news()).toEqual(["send a"]);
  }
});

test("without keys, a no that comes after the wish to cancel is told as what it is", () => {
  expect(state("keyless").cancel("a").failure("a", "forbidden").fate("a")).toBe(
    "failed: rejected forbidden",
  );
  // Of an earlier sending it says nothing.
  const again = state("keylessAgain").cancel("a").failure("a", "forbidden");
  expect(again.fate("a")).toBe("failed: outcomeUnknown forbidden");
});
