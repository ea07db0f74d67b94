/**
 * A report's trace made ready to be looked at: every entry with the model after it. What is shown
 * of a moment follows from here.
 */
import { tracedModels, type ConnectionModel } from "@holdfast/client/machine";
import type { TraceEntry } from "@holdfast/client/trace";

import type { Report } from "../report/report.ts";

/** One event and where it led. */
export interface Beat {
  readonly index: number;
  readonly entry: TraceEntry;
  readonly model: ConnectionModel;
  /** It led to another state, or to another session. */
  readonly isMove: boolean;
}

export interface Recording {
  readonly report: Report;
  readonly beats: readonly Beat[];
}

/** The trace must be whole: `traceFault` says whether it is. */
export function recordingOf(report: Report): Recording {
  const { trace } = report;
  const models = tracedModels(trace);
  let session = trace.before?.sessionId;
  const beats = trace.entries.flatMap((entry, index): readonly Beat[] => {
    const model = models[index];
    if (!model) return [];
    const isMove = entry.from !== entry.to || model.sessionId !== session;
    session = model.sessionId;
    return [{ index, entry, model, isMove }];
  });
  return { report, beats };
}

/** The last beat at or before a place; undefined where nothing has happened. */
export function beatAt({ beats }: Recording, index: number): Beat | undefined {
  return beats[Math.min(Math.max(index, 0), beats.length - 1)];
}

/** The nearest move after (`step` 1) or before (-1) a place; the end where there is none. */
export function moveFrom({ beats }: Recording, index: number, step: 1 | -1): number {
  for (let at = index + step; at >= 0 && at < beats.length; at += step)
    if (beats[at]?.isMove) return at;
  return step > 0 ? Math.max(beats.length - 1, 0) : 0;
}

/**
 * Where an entry stands now: reports forget their oldest, and those of other tabs are copies. What
 * was due together in one moment is told apart by its dice.
 */
export function placeOf({ beats }: Recording, { stamp, event }: TraceEntry): number {
  let place = 0;
  for (const { index, entry } of beats) {
    const { now, random } = entry.stamp;
    if (now === stamp.now && random === stamp.random && entry.event.type === event.type)
      return index;
    if (now <= stamp.now) place = index;
  }
  return place;
}
