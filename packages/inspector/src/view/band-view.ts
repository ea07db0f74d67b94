/**
 * The whole recording as one band: a stretch of colour for each state. Long waits are drawn shorter
 * than they were, so that what happens quickly can still be seen. Pure.
 */
import type { ConnectionState } from "@holdfast/client";

import type { Recording } from "./recording.ts";
import { STATE_WORDS, type Mood } from "./words.ts";

export interface Stretch {
  readonly state: ConnectionState;
  readonly mood: Mood;
  /** From 0 to 1. */
  readonly from: number;
  readonly to: number;
}

export interface BandView {
  readonly stretches: readonly Stretch[];
  /** Where each event stands, from 0 to 1. */
  readonly places: readonly number[];
}

/** A wait of this many milliseconds is drawn twice as long as none at all. */
const SCALE_MS = 40;

/** No stretch is thinner, so that even a huge trace is drawn with few of them. */
const THIN = 1 / 2_000;

export function bandView({ beats }: Recording): BandView {
  const lengths = beats.map(({ entry }, index) => {
    const before = beats[index - 1]?.entry.stamp.now ?? entry.stamp.now;
    return index === 0 ? 0 : 1 + Math.log2(1 + Math.max(entry.stamp.now - before, 0) / SCALE_MS);
  });
  // The last state has a stretch of its own.
  const total = lengths.reduce((sum, length) => sum + length, 2);
  let at = 0;
  const places = lengths.map((length) => (at += length) / total);
  const stretches: Stretch[] = [];
  for (const [index, { model }] of beats.entries()) {
    const { state } = model;
    const { mood } = STATE_WORDS[state];
    const to = places[index + 1] ?? 1;
    const last = stretches.at(-1);
    // The one before was too thin to be seen: this one takes its place.
    const isHidden = !!last && last.to - last.from < THIN;
    if (last && (last.state === state || isHidden))
      stretches[stretches.length - 1] = { state, mood, from: last.from, to };
    else stretches.push({ state, mood, from: places[index] ?? 0, to });
  }
  return { stretches, places };
}

/** The event nearest to a place of the band. */
export function beatNear({ places }: BandView, place: number): number {
  let nearest = 0;
  for (const [index, at] of places.entries())
    if (Math.abs(at - place) <= Math.abs((places[nearest] ?? 0) - place)) nearest = index;
  return nearest;
}
