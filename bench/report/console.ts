/** A result as lines for the terminal. */
import { isNoisyFigure, limitText, ratiosOf, verdictsOf } from "../result.ts";
import type { Figure, Result, Verdict } from "../result.ts";
import { median } from "../statistics.ts";
import { valueText } from "./value-text.ts";

export function printResult(result: Result): void {
  console.log(`\n${result.title} (${result.workload})`);
  for (const figure of result.figures) printFigure(figure);
  for (const verdict of verdictsOf(result)) console.log(`  ${verdictText(verdict)}`);
  for (const note of result.notes ?? []) console.log(`  ${note}`);
}

/** As `✓ calls ≥ 1.6 × ws: 1.72 ×`. */
export function verdictText({ bar, figure, measured, isMet, isNoisy: noisy }: Verdict): string {
  const whose = bar.peer === undefined ? "" : `${bar.peer}, `;
  const said = `${whose}${bar.figure} ${limitText(bar, figure)}: ${valueText(measured)}${noisy ? ", noisy" : ""}`;
  return `${isMet ? "✓ met" : "✗ not met"}: ${said}`;
}

function printFigure(figure: Figure): void {
  console.log(`  ${figure.name} (${figure.unit})`);
  const width = Math.max(...Object.keys(figure.values).map((peer) => peer.length));
  for (const [peer, values] of Object.entries(figure.values)) {
    const ratios = ratiosOf(figure, peer);
    const ratio = ratios.length > 0 ? `  ${median(ratios).toFixed(2)} ×` : "";
    const text = (value: number): string => valueText(value, figure.patience);
    const all = `${text(Math.min(...values))}–${text(Math.max(...values))}`;
    const middle = text(median(values));
    const noisy = isNoisyFigure(figure, ratios.length > 0 ? ratios : values) ? "  noisy" : "";
    console.log(`    ${peer.padEnd(width)} ${middle.padStart(9)}  [${all}]${ratio}${noisy}`);
  }
}
