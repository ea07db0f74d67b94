/** What comes by itself at a moment of a recording: every pending deadline, counted down. Pure. */
import { pendingDeadlines, type DeadlineName } from "@holdfast/client/machine";

import type { Recording } from "./recording.ts";
import { cut, deadlineWords } from "./words.ts";

export interface TimerView {
  readonly name: string;
  readonly words: string;
  /** When it was set, and when it comes, by the clock of the stamps. */
  readonly from: number;
  readonly at: number;
}

/** The soonest first. A deadline that was moved counts from where it was moved. */
export function timersView({ beats, report }: Recording, index: number): readonly TimerView[] {
  const pendingAt = (place: number): Readonly<Record<string, number>> => {
    const model = beats[place]?.model;
    return model ? pendingDeadlines(model, report.trace.policy) : {};
  };
  // A policy of another version may lack a number that a deadline is made of.
  const known = Object.entries(pendingAt(index)).filter(([, at]) => Number.isFinite(at));
  const pending = known.sort(([, one], [, other]) => one - other);
  const setAt = new Map<string, number>();
  let waiting = pending.map(([name]) => name as DeadlineName);
  for (let place = index; place >= 0 && waiting.length > 0; place--) {
    const before = pendingAt(place);
    waiting = waiting.filter((name) =>
      pending.some(([its, at]) => its === name && before[name] === at),
    );
    for (const name of waiting) setAt.set(name, beats[place]?.entry.stamp.now ?? 0);
  }
  return pending.map(([name, at]) => ({
    name: cut(name, 40),
    words: deadlineWords(name),
    from: setAt.get(name) ?? at,
    at,
  }));
}

/** How much of a timer is left, from 1 down to 0. */
export function shareLeft({ from, at }: TimerView, now: number): number {
  return at > from ? Math.min(Math.max((at - now) / (at - from), 0), 1) : 0;
}
