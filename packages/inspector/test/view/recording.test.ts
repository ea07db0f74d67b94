/** A trace with the model after every event. */
import { expect, test } from "vitest";

import {
  beatAt,
  moveFrom,
  placeOf,
  recordingOf,
  type Recording,
} from "../../src/view/recording.ts";
import { acceptsThenDrops, accepts, opened, recorded, reportOf } from "../recording-world.ts";

test("every event stands with the model after it, and moves are told from what stayed", async () => {
  const own = await opened();
  const { beats } = recorded(own);
  expect(beats.map(({ entry, model, isMove }) => [entry.event.type, model.state, isMove])).toEqual([
    ["networkChanged", "stopped", false],
    ["credentialsChanged", "stopped", false],
    ["start", "connectingTransport", true],
    ["transportOpened", "authenticating", true],
    ["welcomed", "open", true],
  ]);
});

test("a new session in the same state is a move", async () => {
  const own = await opened();
  const report = reportOf(own);
  const dial = report.trace.entries.findIndex(({ event }) => event.type === "start");
  const again = report.trace.entries[dial];
  if (!again) throw new Error("no dial");
  const redial = { ...again, from: again.to, changed: { sessionId: 2 } };
  const entries = [...report.trace.entries.slice(0, dial + 1), redial];
  const { beats } = recordingOf({ ...report, trace: { ...report.trace, entries } });
  expect(beats.at(-1)).toMatchObject({ isMove: true, model: { sessionId: 2 } });
});

test("one walks from move to move, and stops at the ends", async () => {
  const own = await opened({ behaviors: [acceptsThenDrops(), accepts()] });
  await own.reach("backoff");
  const recording = recorded(own);
  const last = recording.beats.length - 1;
  expect(moveFrom(recording, 0, 1)).toBe(2);
  expect(moveFrom(recording, 3, -1)).toBe(2);
  expect(moveFrom(recording, 2, -1)).toBe(0);
  expect(moveFrom(recording, last, 1)).toBe(last);
});

test("a moment beyond either end is the end, and an empty trace has none", async () => {
  const recording = recorded(await opened());
  expect(beatAt(recording, -5)?.index).toBe(0);
  expect(beatAt(recording, 500)?.index).toBe(4);
  expect(beatAt({ ...recording, beats: [] }, 0)).toBeUndefined();
  expect(moveFrom({ ...recording, beats: [] }, 0, 1)).toBe(0);
});

test("a moment that is held is found again when older ones are forgotten", async () => {
  const own = await opened();
  const before = recorded(own);
  const held = before.beats[3];
  if (!held) throw new Error("no beat");
  const report = structuredClone(reportOf(own));
  const { trace } = report;
  const shorter = recordingOf({
    ...report,
    trace: {
      ...trace,
      before: held.model,
      entries: trace.entries.slice(2),
    },
  });
  expect(placeOf(shorter, held.entry)).toBe(1);
  const gone = before.beats[0];
  expect(gone && placeOf(shorter, { ...gone.entry, stamp: { ...gone.entry.stamp, now: 0 } })).toBe(
    0,
  );
});

test("of two alarms that were due in one moment, the one that is held stays held", async () => {
  const own = await opened();
  const report = reportOf(own);
  const { trace } = report;
  const [one, other] = [0.25, 0.75].map((random) => ({
    ...trace.entries.at(-1),
    stamp: { now: own.clock.now(), random },
    event: { type: "alarm", deadline: "stable" },
    changed: {},
  }));
  const entries = [...trace.entries, one, other] as typeof trace.entries;
  const copy = (): Recording =>
    recordingOf(structuredClone({ ...report, trace: { ...trace, entries } }));
  const held = copy().beats.at(-1);
  expect(held && placeOf(copy(), held.entry)).toBe(entries.length - 1);
});
