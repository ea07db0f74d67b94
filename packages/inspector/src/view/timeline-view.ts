/** The events of a recording in words, one row each. Pure. */
import { traceWords } from "@holdfast/client/machine";
import type { TraceEntry } from "@holdfast/client/trace";

import { clockWords, durationWords } from "./numbers.ts";
import type { Beat, Recording } from "./recording.ts";
import { cut, reasonWords, STATE_WORDS, type Mood } from "./words.ts";

export interface TimelineRow {
  /** The same object for the same event, for who keeps what it drew of it. */
  readonly entry: TraceEntry;
  readonly index: number;
  readonly clock: string;
  /** How long after the event before it. */
  readonly gap: string;
  readonly event: string;
  /** What the event said besides: `of session 3 (nonce 2)`. */
  readonly details: string;
  /** Where it led: `Open → Backing off`; empty where the state stayed. */
  readonly move: string;
  readonly reason: string;
  readonly mood: Mood;
  readonly effects: string;
  readonly isMove: boolean;
  readonly isStale: boolean;
}

/** So many rows are made at most: those around the chosen one. */
export const ROWS_MAX = 400;

/** The rows around `index`. `movesOnly`: without what changed neither state nor session. */
export function timelineView(
  { beats }: Recording,
  index: number,
  movesOnly: boolean,
): readonly TimelineRow[] {
  const shown = beats.filter((beat) => !movesOnly || beat.isMove || beat.index === index);
  const place = shown.findIndex((beat) => beat.index >= index);
  const middle = place < 0 ? shown.length : place;
  const first = Math.max(0, Math.min(middle - ROWS_MAX / 2, shown.length - ROWS_MAX));
  return shown.slice(first, first + ROWS_MAX).map((beat) => rowOf(beat, beats[beat.index - 1]));
}

function rowOf({ index, entry, isMove }: Beat, before: Beat | undefined): TimelineRow {
  const { from, to, event, effects, reason, stale } = entry;
  const gap = before ? entry.stamp.now - before.entry.stamp.now : 0;
  const move =
    from === to
      ? `${STATE_WORDS[to].title}, new session`
      : `${STATE_WORDS[from].title} → ${STATE_WORDS[to].title}`;
  return {
    entry,
    index,
    clock: clockWords(entry.at),
    gap: before ? `+${durationWords(Math.max(gap, 0))}` : "",
    event: cut(event.type, 60),
    details: cut(traceWords(event).slice(event.type.length).trim()),
    move: isMove ? move : "",
    reason: isMove ? reasonWords(reason) : stale ? "too late, changes nothing" : "",
    mood: STATE_WORDS[to].mood,
    effects: cut(effects.map((effect) => traceWords(effect)).join("; "), 400),
    isMove,
    isStale: stale === true,
  };
}

/** One row as a sentence, for who hears the page instead of seeing it. */
export function rowSentence({ clock, event, details, move, reason }: TimelineRow): string {
  return [`${clock}: ${event} ${details}`.trim(), move, reason].filter(Boolean).join(", ");
}
