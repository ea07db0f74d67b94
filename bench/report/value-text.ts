/** A number as people read it: three figures that count. */

/** `never`: what is not finite is called. */
export function valueText(value: number, never = "never"): string {
  if (!Number.isFinite(value)) return never;
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString("en");
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2);
}
