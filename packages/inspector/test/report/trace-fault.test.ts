/** Traces that cannot be shown, each broken in one place. */
import { expect, test } from "vitest";

import { ENTRIES_MAX, traceFault } from "../../src/report/trace-fault.ts";
import type { Report } from "../../src/report/report.ts";
import { accepts, acceptsThenDrops, opened, reportOf } from "../recording-world.ts";

type Trace = Report["trace"];

/** A whole trace, with one place changed in its JSON. */
async function traceWith(break_: (trace: Record<string, never> & Broken) => void): Promise<Trace> {
  const own = await opened({ behaviors: [acceptsThenDrops(), accepts()] });
  await own.reach("backoff");
  const trace = structuredClone(reportOf(own).trace) as unknown as Record<string, never> & Broken;
  break_(trace);
  return trace as unknown as Trace;
}
interface Broken {
  before: Record<string, unknown>;
  policy: Record<string, unknown>;
  entries: {
    from: unknown;
    to: unknown;
    stamp: { now: unknown };
    event: Record<string, unknown>;
    effects: unknown[];
    changed: Record<string, unknown>;
  }[];
}

test("a trace of a client can be shown", async () => {
  expect(traceFault(await traceWith(() => {}))).toBeUndefined();
});

const last = (trace: Broken): Broken["entries"][number] => {
  const entry = trace.entries.at(-1);
  if (!entry) throw new Error("no entry");
  return entry;
};

/** What JSON can say and no text can be made of. */
const NO_WORD = { toString: 1, valueOf: 1 };
const setSession = (event: Record<string, unknown> | undefined): void => {
  if (event) event["sessionId"] = NO_WORD;
};
const long = (): number[] => Array.from({ length: 10_000 }, () => 1);

test.each<[string, (trace: Broken) => void]>([
  ["its policy is no policy", ({ policy }) => (policy["pongMs"] = "soon")],
  ["its policy is no policy", ({ policy }) => (policy["background"] = "sometimes")],
  ["its policy is no policy", ({ policy }) => delete policy["backoff"]],
  ["before its first entry has an unknown state", ({ before }) => (before["state"] = "flying")],
  ["before its first entry has no constraints", ({ before }) => delete before["constraints"]],
  [
    "before its first entry has no deadlines",
    ({ before }) => (before["deadlines"] = { ping: "x" }),
  ],
  ["names an unknown state", (trace) => (last(trace).to = "toString")],
  ["names an unknown state", (trace) => (last(trace).from = "nowhere")],
  ["has no time", (trace) => (last(trace).stamp.now = Number.POSITIVE_INFINITY)],
  ["has no reason", (trace) => (last(trace).changed["reason"] = 7)],
  ["has no since", (trace) => (last(trace).changed["since"] = null)],
  ["its last failure", (trace) => (last(trace).changed["lastFailure"] = { reason: "x", at: 1 })],
  ["its health", (trace) => (last(trace).changed["health"] = { lastInboundAt: 1 })],
  ["names a session that is no number", ({ entries }) => setSession(entries[0]?.event)],
  [
    "names a session that is no number",
    (trace) => last(trace).effects.push({ type: "sendPing", sessionId: NO_WORD }),
  ],
  ["is too long", (trace) => (last(trace).event["detail"] = "x".repeat(10_000))],
  ["the model before its first entry is too long", ({ before }) => (before["x"] = long())],
  [
    "its models have too many fields",
    ({ entries }) => {
      for (const [place, { changed }] of entries.entries())
        for (let count = 0; count < 20; count++) changed[`field ${place} ${count}`] = 1;
    },
  ],
])("%s", async (words, break_) => {
  expect(traceFault(await traceWith(break_))).toContain(words);
});

test("too many entries are not shown", async () => {
  const trace = await traceWith(({ entries }) => {
    const [first] = entries;
    if (first) entries.push(...Array.from({ length: ENTRIES_MAX }, () => first));
  });
  expect(traceFault(trace)).toContain(`over ${ENTRIES_MAX}`);
});
