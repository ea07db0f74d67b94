/** What a storm came to, in figures: peaks as shares of the fleet, and times to be back. */
import { DROP_AT_MS, type StormRun } from "./storm-world.ts";

/** The span that peaks are counted over. */
export const SPAN_MS = 100;

export interface StormFigures {
  /** The most dials in a tenth of a second since the drop, as a share of the fleet. */
  readonly peakDials: number;
  /** The same of those who came back. */
  readonly peakBacks: number;
  /** Both over 100 ms that may begin anywhere: a little more, by the luck of the dice. */
  readonly slidingDials: number;
  readonly slidingBacks: number;
  readonly dialsEach: number;
  /** From the server's return, or where it came before the client's own loss, from that, in ms. */
  readonly backP50Ms: number;
  readonly backP95Ms: number;
  readonly backMaxMs: number;
  /** Share of the fleet that never came back. */
  readonly gaveUp: number;
}

export function figuresOf({ dials, lostAt, backAt, returnedAt }: StormRun): StormFigures {
  const clients = backAt.length;
  const waits = Array.from(backAt, (at, index) => {
    const since = Math.max(returnedAt, lostAt[index] ?? Infinity);
    return at === undefined ? Infinity : at - since;
  }).sort((one, other) => one - other);
  const backs = backAt.filter((at) => at !== undefined);
  return {
    peakDials: fullest(dials) / clients,
    peakBacks: fullest(backs) / clients,
    slidingDials: peak(dials) / clients,
    slidingBacks: peak(backs) / clients,
    dialsEach: dials.length / clients,
    backP50Ms: percentile(waits, 0.5),
    backP95Ms: percentile(waits, 0.95),
    backMaxMs: percentile(waits, 1),
    gaveUp: 1 - backs.length / clients,
  };
}

/** Of ascending values; the value that this share of them does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  return values[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;
}

/** The most instants in one of the stretches that time since the drop falls into. */
function fullest(instants: readonly number[]): number {
  const bins = new Map<number, number>();
  for (const at of instants) {
    const bin = Math.floor((at - DROP_AT_MS) / SPAN_MS);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  return Math.max(0, ...bins.values());
}

/** The most instants within any `spanMs`. */
export function peak(instants: readonly number[], spanMs: number = SPAN_MS): number {
  const sorted = [...instants].sort((one, other) => one - other);
  let most = 0;
  let first = 0;
  for (const [last, at] of sorted.entries()) {
    while (at - (sorted[first] ?? at) >= spanMs) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** How many instants lie in each stretch of `spanMs` from `from` to `to`. */
export function counts(
  instants: readonly number[],
  { from, to, spanMs }: { readonly from: number; readonly to: number; readonly spanMs: number },
): number[] {
  const bins = Array.from({ length: Math.ceil((to - from) / spanMs) }, () => 0);
  for (const at of instants) {
    const bin = Math.floor((at - from) / spanMs);
    if (bin >= 0 && bin < bins.length) bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}
