/** Writes the page, its pictures and the numbers behind them. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Result } from "../result.ts";
import { chartOf } from "./chart.ts";
import { pageOf } from "./markdown.ts";
import type { Circumstances } from "./markdown.ts";

/** `folder/benchmarks.md`, and `folder/benchmarks/` beside it, which is emptied before. */
export function writeReport(
  folder: string,
  results: readonly Result[],
  circumstances: Omit<Circumstances, "chartsOf">,
): void {
  const pictures = join(folder, "benchmarks");
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  const chartsOf = ({ workload, title, figures }: Result): string[] =>
    figures
      .filter(({ hasChart }) => hasChart)
      .map((figure, index) => {
        const name = `${workload}${index === 0 ? "" : `-${index + 1}`}.svg`;
        writeFileSync(join(pictures, name), chartOf(figure, title));
        return `benchmarks/${name}`;
      });
  writeFileSync(join(folder, "benchmarks.md"), pageOf(results, { ...circumstances, chartsOf }));
  const numbers = { ...circumstances, results };
  // JSON has no word for what is not finite.
  const text = JSON.stringify(
    numbers,
    (_, value: unknown) => (value === Infinity ? "never" : value),
    1,
  );
  writeFileSync(join(pictures, "results.json"), `${text}\n`);
  console.log(`written: ${resolve(folder, "benchmarks.md")}`);
}
