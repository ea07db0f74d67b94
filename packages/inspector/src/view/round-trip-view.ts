/** How long pings took, up to a moment of a recording. Pure. */
import { durationWords } from "./numbers.ts";
import type { Recording } from "./recording.ts";

export interface RoundTripPoint {
  readonly index: number;
  readonly ms: number;
  /** From 0, left or below, to 1. */
  readonly x: number;
  readonly y: number;
}

export interface RoundTripView {
  readonly points: readonly RoundTripPoint[];
  /** `last 3 ms · median 4 ms · worst 20 ms`; or that there is none. */
  readonly words: string;
  /** What the top of the chart stands for, in milliseconds. */
  readonly top: number;
}

/** So many of the last round trips are drawn. */
export const POINTS_MAX = 60;

export function roundTripView({ beats }: Recording, index: number): RoundTripView {
  const taken = beats.slice(0, index + 1).flatMap(({ index: at, entry, model }) => {
    const ms = model.health?.roundTripMs;
    return entry.event.type === "pongReceived" && !entry.stale && ms !== undefined
      ? [{ index: at, ms }]
      : [];
  });
  const shown = taken.slice(-POINTS_MAX);
  const all = shown.map(({ ms }) => ms).sort((one, other) => one - other);
  const [worst = 0, last = 0] = [all.at(-1), shown.at(-1)?.ms];
  const median = all[Math.floor((all.length - 1) / 2)] ?? 0;
  const top = roundTop(worst);
  const points = shown.map(({ index: at, ms }, place) => ({
    index: at,
    ms,
    x: shown.length > 1 ? place / (shown.length - 1) : 1,
    y: ms / top,
  }));
  const words =
    all.length === 0
      ? "No ping has been answered yet."
      : `last ${durationWords(last)} · median ${durationWords(median)} · worst ${durationWords(worst)}`;
  return { points, words, top };
}

/** The next of 1, 2, 5, 10, 20, 50 … above; never less than 1. */
function roundTop(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(ms, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= ms) ?? power * 10;
}
