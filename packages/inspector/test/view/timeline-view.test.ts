/** The rows of the timeline. */
import { expect, test } from "vitest";

import { recordingOf } from "../../src/view/recording.ts";
import { ROWS_MAX, rowSentence, timelineView } from "../../src/view/timeline-view.ts";
import { accepts, acceptsThenDrops, opened, recorded, reportOf } from "../recording-world.ts";

test("a row tells what happened, where it led, why, and what was done", async () => {
  const own = await opened({ behaviors: [acceptsThenDrops(), accepts()] });
  await own.reach("backoff");
  const recording = recorded(own);
  const rows = timelineView(recording, 0, false);
  expect(rows).toHaveLength(recording.beats.length);
  expect(rows.at(-1)).toMatchObject({
    event: "transportClosed",
    details: "of session 1 (meaning retry, detail 1006)",
    move: "Open → Backing off",
    reason: "the socket closed",
    mood: "bad",
    effects: "closeTransport of session 1 (detail transportClosed)",
    isMove: true,
  });
  expect(rows[0]).toMatchObject({ gap: "", move: "", reason: "", isMove: false });
  expect(rows.at(-1)?.gap).toMatch(/^\+/);
});

test("only changes of state, and the chosen event with them", async () => {
  const recording = recorded(await opened());
  expect(timelineView(recording, 4, true).map(({ index }) => index)).toEqual([2, 3, 4]);
  expect(timelineView(recording, 0, true).map(({ index }) => index)).toEqual([0, 2, 3, 4]);
});

test("what came too late says so", async () => {
  const report = reportOf(await opened());
  const entries = report.trace.entries.map((entry) => ({
    ...entry,
    stale: true as const,
    to: entry.from,
  }));
  const late = recordingOf({ ...report, trace: { ...report.trace, entries: entries.slice(0, 1) } });
  expect(timelineView(late, 0, false)[0]).toMatchObject({
    isStale: true,
    reason: "too late, changes nothing",
  });
});

test("of a very long trace only the rows around the moment are made", async () => {
  const report = reportOf(await opened());
  const [first] = report.trace.entries;
  if (!first) throw new Error("no entry");
  const entries = Array.from({ length: 2_000 }, () => first);
  const recording = recordingOf({ ...report, trace: { ...report.trace, entries } });
  for (const [index, from] of [
    [0, 0],
    [1_000, 800],
    [1_999, 1_600],
  ] as const) {
    const rows = timelineView(recording, index, false);
    expect([rows.length, rows[0]?.index]).toEqual([ROWS_MAX, from]);
  }
});

test("a row can be heard as one sentence", async () => {
  const rows = timelineView(recorded(await opened()), 0, false);
  const last = rows.at(-1);
  expect(last && rowSentence(last)).toMatch(
    /^[\d:.]+: welcomed of session 1 .*, Saying hello → Open, the server welcomed us$/,
  );
});
