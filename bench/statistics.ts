/** Medians, spreads, and when a run was too noisy to be quoted. */

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which `share` of them lie; between two of them, what is between. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) return Number.NaN;
  return below === above ? below : below + (above - below) * (place % 1);
}

/** How far apart the middle half of the rounds may lie, as a share of their median. */
const NOISY_SHARE = 0.15;

/** Do the rounds differ so much that the median says little? */
export function isNoisy(values: readonly number[]): boolean {
  if (values.length < 3) return false;
  const middle = quantile(values, 0.75) - quantile(values, 0.25);
  return Number.isFinite(middle) && middle > NOISY_SHARE * Math.abs(median(values));
}
