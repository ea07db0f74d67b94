/**
 * The seven states as a picture: where each stands, which ways there are between them, and the way
 * that was taken last. Pure: geometry in, geometry out.
 */
import { isLive, type ConnectionState } from "@holdfast/client/machine";

import type { Recording } from "./recording.ts";

export interface Place {
  readonly state: ConnectionState;
  /** The middle. */
  readonly x: number;
  readonly y: number;
}

/** The size of the picture, and of a box in it. */
export const MAP = { width: 376, height: 196, boxWidth: 86, boxHeight: 34 } as const;
/** Around the three states that have a transport. */
export const LIVE_BOX = { x: 2, y: 4, width: 372, height: 82 } as const;

const TOP = 44;
const BELOW = 136;

/** In the order in which a connection goes through them, then the four where it rests. */
export const PLACES: readonly Place[] = [
  { state: "connectingTransport", x: 54, y: TOP },
  { state: "authenticating", x: 188, y: TOP },
  { state: "open", x: 322, y: TOP },
  { state: "stopped", x: 46, y: BELOW },
  { state: "waitingForConstraints", x: 141, y: BELOW },
  { state: "backoff", x: 235, y: BELOW },
  { state: "backgroundSuspended", x: 330, y: BELOW },
];

type Edge = readonly [from: ConnectionState, to: ConnectionState];

const RESTING: readonly ConnectionState[] = PLACES.map(({ state }) => state).filter(
  (state) => !isLive(state),
);

/** Every way of the machine between two states, as docs/connection-states.md has them. */
export const EDGES: readonly Edge[] = [
  ["connectingTransport", "authenticating"],
  ["authenticating", "open"],
  ["authenticating", "connectingTransport"],
  ["open", "connectingTransport"],
  ...RESTING.flatMap((from): readonly Edge[] => [
    [from, "connectingTransport"],
    ["connectingTransport", from],
    ["authenticating", from],
    ["open", from],
    ...RESTING.filter((to) => to !== from).map((to): Edge => [from, to]),
  ]),
];

export interface Hop {
  readonly from: ConnectionState;
  readonly to: ConnectionState;
  /** 0 for the last one, 1 for the one before it, and so on. */
  readonly age: number;
  readonly path: string;
}

/** So many of the last moves are marked. */
export const HOPS_MAX = 3;

/** The last moves up to a moment, the oldest first; of the same move twice only the later one. */
export function lastHops({ beats }: Recording, index: number): readonly Hop[] {
  const hops: Hop[] = [];
  for (let at = index; at >= 0 && hops.length < HOPS_MAX; at--) {
    const beat = beats[at];
    if (!beat?.isMove) continue;
    const { from, to } = beat.entry;
    if (hops.some((hop) => hop.from === from && hop.to === to)) continue;
    hops.push({ from, to, age: hops.length, path: hopPath(from, to) });
  }
  return hops.reverse();
}

/** The curve of a move, as the `d` of an SVG path, from edge to edge of the boxes. */
export function hopPath(from: ConnectionState, to: ConnectionState): string {
  const [start, end] = [placeOf(from), placeOf(to)];
  const half = { x: MAP.boxWidth / 2, y: MAP.boxHeight / 2 };
  if (from === to) {
    const top = start.y - half.y;
    return `M${start.x - 10} ${top} C${start.x - 14} ${top - 20} ${start.x + 14} ${top - 20} ${start.x + 10} ${top - 2}`;
  }
  if (start.y !== end.y) {
    const down = Math.sign(end.y - start.y);
    const [y, last] = [start.y + down * half.y, end.y - down * (half.y + 3)];
    // What leads up and what leads down between the same two boxes stand side by side.
    const [x, aim] = [start.x + down * 7, end.x + down * 7];
    const middle = (y + last) / 2;
    return `M${x} ${y} C${x} ${middle} ${aim} ${middle} ${aim} ${last}`;
  }
  const isRow = Math.abs(start.x - end.x) < 140 && !(isLive(from) && end.x < start.x);
  const right = Math.sign(end.x - start.x);
  if (isRow)
    return `M${start.x + right * half.x} ${start.y} L${end.x - right * (half.x + 3)} ${end.y}`;
  // Over others of the same row: below for the resting ones, above for the live ones.
  const side = isLive(from) ? -1 : 1;
  const edge = start.y + side * half.y;
  const depth = edge + side * (isLive(from) ? 24 : 14 + Math.abs(start.x - end.x) / 8);
  return `M${start.x} ${edge} C${start.x} ${depth} ${end.x} ${depth} ${end.x} ${edge + side * 3}`;
}

/** Where the last moves up to a moment led through, the oldest state first. */
export function lastPath({ beats }: Recording, index: number): readonly ConnectionState[] {
  const moves = beats.slice(0, index + 1).filter(({ isMove }) => isMove);
  const last = moves.slice(-HOPS_MAX).map(({ entry }) => entry);
  const [first] = last;
  return first ? [first.from, ...last.map(({ to }) => to)] : [];
}

function placeOf(state: ConnectionState): Place {
  return PLACES.find((place) => place.state === state) ?? { state, x: 0, y: 0 };
}
