/** Lanes: what goes one after the other, and which goes first. */
import type { Entry, Turn } from "./transaction-model.ts";

export function joinLane({ queue: { lanes } }: Turn, entry: Entry): void {
  const key = laneOf(entry);
  const lane = lanes.get(key);
  if (lane) lane.line.add(entry);
  else lanes.set(key, { head: entry, line: new Set([entry]) });
}

/**
 * What goes before what: first what is on its way, then what may have run, for of its lane nothing
 * else may go until its fate is known; then in the order of the making.
 */
export const byTurn = (a: Entry, b: Entry): number =>
  rank(a) - rank(b) || a.record.order - b.record.order;

const rank = ({ call, cancel, mayHaveRun }: Entry): number =>
  call || cancel ? 0 : mayHaveRun ? 1 : 2;

/** One that was on its way is back, and has not run: what was adopted meanwhile may go first. */
export function rejoinLane({ queue: { lanes } }: Turn, entry: Entry): void {
  const key = laneOf(entry);
  const entries = [...(lanes.get(key)?.line ?? [])].sort(byTurn);
  const [head] = entries;
  if (head && head !== entry) lanes.set(key, { head, line: new Set(entries) });
}

/** The lane goes to the end of the line, so that a busy one does not keep others waiting. */
export function leaveLane({ queue: { lanes } }: Turn, entry: Entry): void {
  const key = laneOf(entry);
  const line = lanes.get(key)?.line;
  if (!line?.delete(entry)) return;
  lanes.delete(key);
  const [head] = line;
  if (head) lanes.set(key, { head, line });
}

// An id holds no colon.
const laneOf = ({ id, record: { lane } }: Entry): string => (lane === undefined ? id : `:${lane}`);
