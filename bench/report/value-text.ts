/** A number as people read it: three figures that count. */

/** `patience`: beyond what a value that is not finite lies. */
export function valueText(value: number, patience?: number): string {
  if (!Number.isFinite(value)) return patience === undefined ? "never" : `> ${patience}`;
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString("en");
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2);
}
