/** What comes from outside: files and other tabs. */
import { expect, test } from "vitest";

import { InspectorError } from "../../src/inspector-error.ts";
import { readReport, reportOfFile, TEXT_MAX } from "../../src/report/read-report.ts";
import type { Report } from "../../src/report/report.ts";
import { recordingOf } from "../../src/view/recording.ts";
import { opened, reportOf } from "../recording-world.ts";

const more: Partial<Report> = {
  frames: {
    allowsPayloads: true,
    total: { in: { frames: 1, bytes: 2 }, out: { frames: 0, bytes: 0 } },
    recent: [{ at: 1, direction: "in", kind: "pong", bytes: 2, text: "{}" }],
  },
  transactions: {
    allowsPayloads: false,
    pending: [{ id: "a", name: "n", phase: "queued", createdAt: 1 }],
    phases: { queued: 1 },
    setAside: 0,
    unknown: 0,
  },
  buckets: [{ key: "room:1", phase: "live", cursor: 1, head: 2 }],
};

function faultOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof InspectorError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return "none";
}

test("a report of another tab comes through as it was", async () => {
  const report = reportOf(await opened(), more);
  expect(readReport(JSON.stringify(report))).toEqual(JSON.parse(JSON.stringify(report)));
});

test("a trace's file becomes a report that time does not move", async () => {
  const { trace } = reportOf(await opened());
  const report = reportOfFile(JSON.stringify(trace), "x".repeat(500));
  expect(report).toMatchObject({ isLive: false, trace: { entries: { length: 5 } } });
  expect(report.name).toHaveLength(200);
  expect(report.made.now).toBe(trace.entries.at(-1)?.stamp.now);
  expect(recordingOf(report).beats).toHaveLength(5);
});

test("an empty trace can be opened too", async () => {
  const { trace } = reportOf(await opened());
  const { before: _, ...rest } = trace;
  const report = reportOfFile(JSON.stringify({ ...rest, entries: [] }), "empty");
  expect(recordingOf(report).beats).toEqual([]);
});

test.each([
  ["", "notATrace: This is not JSON."],
  ["[1]", "notATrace: This is JSON, but no trace: it names no format."],
  [`{"format":"other/2"}`, "notATrace: Traces of this format cannot be read here"],
])("a file that is none is refused with a reason: %s", (text, words) => {
  expect(faultOf(() => reportOfFile(text, "f"))).toContain(words);
});

test("a trace that is not whole is refused, not shown wrong", async () => {
  const { trace } = reportOf(await opened());
  const broken = { ...trace, before: { state: "flying" } };
  expect(faultOf(() => reportOfFile(JSON.stringify(broken), "f"))).toMatch(
    /^notATrace: The trace cannot be shown: /,
  );
});

test("what is too large is not even parsed", () => {
  const text = " ".repeat(TEXT_MAX + 1);
  expect(faultOf(() => reportOfFile(text, "f"))).toMatch(
    /^tooLarge: This is too large: 16 million/,
  );
  expect(faultOf(() => readReport(text))).toMatch(/^tooLarge/);
});

test("what is nested too deeply is refused before anything walks it", async () => {
  const report = reportOf(await opened());
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const withDetail = (detail: string): string =>
    JSON.stringify(report.trace).replace(`"type":"start"`, `"type":"start","x":${detail}`);
  expect(faultOf(() => reportOfFile(withDetail(deep), "f"))).toMatch(
    /^notATrace: This is nested too deeply/,
  );
  const inReport = JSON.stringify(report).replace(`"type":"start"`, `"type":"start","x":${deep}`);
  expect(faultOf(() => readReport(inReport))).toMatch(/^notATrace: This is nested too deeply/);
  expect(faultOf(() => reportOfFile(withDetail(JSON.stringify('[{"\\'.repeat(100))), "f"))).toBe(
    "none",
  );
});

test.each<[string, (report: Record<string, unknown>) => void]>([
  ["no name", (report) => delete report["name"]],
  ["no clocks", (report) => (report["made"] = { now: 1 })],
  [
    "frames of no direction",
    ({ frames }) =>
      Object.assign((frames as { recent: object[] }).recent[0] ?? {}, { direction: "up" }),
  ],
  [
    "frames of no day",
    ({ frames }) => Object.assign((frames as { recent: object[] }).recent[0] ?? {}, { at: 1e300 }),
  ],
  [
    "too many frames",
    (report) => {
      const frames = report["frames"] as { recent: object[] };
      frames.recent = Array.from({ length: 201 }, () => frames.recent[0] ?? {});
    },
  ],
  [
    "phases that are no counts",
    ({ transactions }) => Object.assign(transactions as object, { phases: { queued: "1" } }),
  ],
  ["no phases", ({ transactions }) => Object.assign(transactions as object, { phases: undefined })],
  [
    "a list of phases",
    ({ transactions }) => Object.assign(transactions as object, { phases: ["queued"] }),
  ],
  [
    "phases without end",
    ({ transactions }) => {
      const names = Array.from({ length: 1_000 }, (_, count) => [`phase ${count}`, 1] as const);
      Object.assign(transactions as object, { phases: Object.fromEntries(names) });
    },
  ],
  [
    "transactions without ids",
    ({ transactions }) => Object.assign(transactions as object, { pending: [{}] }),
  ],
  ["buckets that are no list", (report) => (report["buckets"] = {})],
  [
    "a head that is no number",
    (report) => (report["buckets"] = [{ key: "a", phase: "live", head: "9" }]),
  ],
])("a report of another tab with %s is refused", async (_, break_) => {
  const report = JSON.parse(JSON.stringify(reportOf(await opened(), more))) as Record<
    string,
    unknown
  >;
  break_(report);
  expect(faultOf(() => readReport(JSON.stringify(report)))).toBe(
    "notATrace: What the other tab said is no report.",
  );
});

test("nonsense from another tab is refused", () => {
  for (const text of ["", "null", "7", `{"name":"a"}`])
    expect(faultOf(() => readReport(text))).toMatch(/^notATrace/);
});
