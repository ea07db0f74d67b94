/** A file that somebody sent: a trace, or a sentence about what is wrong with it. */
import { expect, test } from "vitest";

import { exportTrace } from "../../src/connection/connection-trace.ts";
import { readTrace } from "../../src/connection/trace-file.ts";
import { rig } from "./support/connection-rig.ts";

function file(): Record<string, unknown> & { entries: Record<string, unknown>[] } {
  const { policy, handled } = rig().open();
  const trace = exportTrace({ version: "1", platformName: "web", policy, recentEvents: handled });
  return JSON.parse(JSON.stringify(trace)) as ReturnType<typeof file>;
}

/** The same with its second entry changed. */
function entry(change: Record<string, unknown>): unknown {
  const { entries, ...rest } = file();
  return { ...rest, entries: entries.map((one, at) => (at === 1 ? { ...one, ...change } : one)) };
}

test("a trace is read as it was written", () => {
  expect(readTrace(JSON.stringify(file()))).toEqual(file());
  const { before: _, ...empty } = file();
  expect(readTrace(JSON.stringify({ ...empty, entries: [] }))).toMatchObject({ platform: "web" });
});

test.each<[string, unknown, string]>([
  ["a list", [], "This is JSON, but no trace: it names no format."],
  ["nothing", null, "This is JSON, but no trace: it names no format."],
  ["other software's file", { format: 1 }, "This is JSON, but no trace: it names no format."],
  [
    "a later format",
    { ...file(), format: "holdfast-trace/2" },
    "Traces of this format cannot be read here; only holdfast-trace/1 can.",
  ],
  ["no entries", { ...file(), entries: {} }, "The trace has no list of entries."],
  ["no version", { ...file(), version: 1 }, "The trace is not whole: it has no version."],
  ["no edges", { ...file(), edges: null }, "The trace is not whole: it has no edges."],
  ["no platform", { ...file(), platform: {} }, "The trace is not whole: it has no platform."],
  ["no policy", { ...file(), policy: [] }, "The trace is not whole: it has no policy."],
  [
    "no beginning",
    { ...file(), before: {} },
    "The trace is not whole: it has no model before its first entry.",
  ],
  [
    "an entry of null",
    { ...file(), entries: [null] },
    "The trace is not whole: entry 0 has no time.",
  ],
  ["no time", entry({ at: "1" }), "The trace is not whole: entry 1 has no time."],
  ["a time beyond time", entry({ at: 9e15 }), "The trace is not whole: entry 1 has no time."],
  ["no stamp", entry({ stamp: { now: 1 } }), "The trace is not whole: entry 1 has no stamp."],
  ["no event", entry({ event: {} }), "The trace is not whole: entry 1 has no event."],
  ["nowhere from", entry({ from: 1 }), "The trace is not whole: entry 1 has no from."],
  ["nowhere to", entry({ to: 1 }), "The trace is not whole: entry 1 has no to."],
  ["no reason", entry({ reason: 1 }), "The trace is not whole: entry 1 has no reason."],
  ["bad effects", entry({ effects: [1] }), "The trace is not whole: entry 1 has no effects."],
  [
    "no changes",
    entry({ changed: null }),
    "The trace is not whole: entry 1 has no account of what changed.",
  ],
])("%s is no trace, and the sentence says why", (_name, value, sentence) => {
  expect(readTrace(JSON.stringify(value))).toBe(sentence);
});

test("what is no JSON is said to be none, without a word of it", () => {
  expect(readTrace("s3cret")).toBe("This is not JSON.");
});
