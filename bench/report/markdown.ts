/** All results as a page: bars first, then what was measured, and where others win. */
import { isNoisyFigure, limitText, OURS, ratiosOf, verdictsOf } from "../result.ts";
import type { Figure, Result, Verdict } from "../result.ts";
import { median } from "../statistics.ts";
import { valueText } from "./value-text.ts";

export interface Circumstances {
  readonly machine: string;
  /** ISO 8601, the day. */
  readonly date: string;
  /** Of what was measured: name and version. */
  readonly versions: readonly string[];
  /** Everything small and once. */
  readonly isSmoke: boolean;
  /** Processes that wanted a core just before. */
  readonly loadBefore: number;
  /** How many libraries' pictures a result has, as paths from the page. */
  readonly chartsOf: (result: Result) => readonly string[];
}

const SMOKE =
  "**A smoke run**, small and once: it shows that everything runs, and no figure of it may be quoted. `npm run bench` writes the real one.";

/** Above this the machine had something else to do. */
const LOAD_QUIET = 0.5;

export function pageOf(results: readonly Result[], circumstances: Circumstances): string {
  const { machine, date, versions, loadBefore, isSmoke } = circumstances;
  const busy = `The machine was busy with something else before the run (load ${loadBefore.toFixed(1)}): take the figures with care.`;
  const lines = [
    "# Benchmarks",
    "",
    "Written by `npm run bench`; [how it measures](../bench/README.md), and [all rounds as numbers](benchmarks/results.json).",
    "Client and server are processes of their own, fresh for each measurement; libraries take turns (A B C A B C …). Each",
    "cell is the median of the rounds with the least and the most in brackets, then the median of the ratios to raw `ws` in",
    "the same round. **~** marks rounds whose middle half spreads over more than 15 %: their median says little. Times tell",
    "about the machine, too; quote the ratios.",
    "",
    `${machine}. ${date}. ${versions.join(", ")}.`,
    "",
    ...(isSmoke ? [SMOKE, ""] : []),
    ...(loadBefore > LOAD_QUIET ? [busy, ""] : []),
    "## What Holdfast must reach",
    "",
    "| workload | figure | bar | measured | |",
    "| --- | --- | --- | --- | --- |",
    ...results.flatMap((result) => verdictsOf(result).map((one) => verdictRow(result, one))),
    "",
    ...whereOthersWin(results),
    ...results.flatMap((result) => sectionOf(result, circumstances.chartsOf(result))),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function verdictRow({ title }: Result, verdict: Verdict): string {
  const { bar, figure, measured, isMet, isNoisy } = verdict;
  const whose = bar.peer === undefined ? "" : `${bar.peer}: `;
  const met = `${isMet ? "met" : "**not met**"}${isNoisy ? ", ~" : ""}`;
  return `| ${title} | ${whose}${bar.figure} | ${limitText(bar, figure)} | ${valueText(measured)} | ${met} |`;
}

/** Libraries whose median is better than ours, figure by figure. Raw `ws` is no library. */
function whereOthersWin(results: readonly Result[]): string[] {
  const wins = results.flatMap(({ title, figures }) =>
    figures.flatMap((figure) => {
      const ours = figure.values[OURS];
      if (!ours) return [];
      const better = Object.entries(figure.values)
        .filter(
          ([peer, values]) => !/^(ws|holdfast.*)$/.test(peer) && isBetter(figure, values, ours),
        )
        .map(([peer, values]) => `${peer} ${valueText(median(values), figure.patience)}`);
      const own = valueText(median(ours), figure.patience);
      const unit = figure.unit === "" ? "" : ` ${figure.unit}`;
      return better.length === 0
        ? []
        : [`- ${title}, ${figure.name}: ${better.join(", ")}; Holdfast ${own}${unit}`];
    }),
  );
  if (wins.length === 0) return [];
  return ["## Where others do better", "", ...wins, ""];
}

function isBetter(figure: Figure, theirs: readonly number[], ours: readonly number[]): boolean {
  const difference = median(theirs) - median(ours);
  return figure.isLessBetter ? difference < 0 : difference > 0;
}

function sectionOf(
  { title, about, figures, notes = [] }: Result,
  charts: readonly string[],
): string[] {
  const peers = [...new Set(figures.flatMap(({ values }) => Object.keys(values)))];
  const headings = figures.map(({ name, unit }) => (unit === "" ? name : `${name} (${unit})`));
  return [
    `## ${title}`,
    "",
    about,
    "",
    ...charts.flatMap((path) => [`![${title}](${path})`, ""]),
    `| | ${headings.join(" | ")} |`,
    `| --- |${" --- |".repeat(figures.length)}`,
    ...peers.map((peer) => `| ${peer} | ${figures.map((one) => cellOf(one, peer)).join(" | ")} |`),
    "",
    ...notes.flatMap((note) => [note, ""]),
  ];
}

function cellOf(figure: Figure, peer: string): string {
  const values = figure.values[peer];
  if (!values) return "";
  const text = (value: number): string => valueText(value, figure.patience);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const spread = least === most ? "" : ` [${text(least)}–${text(most)}]`;
  const ratios = ratiosOf(figure, peer);
  const isBase = peer === (figure.baseline ?? "ws");
  const ratio = ratios.length > 0 && !isBase ? `, ${median(ratios).toFixed(2)} ×` : "";
  const noisy = isNoisyFigure(figure, ratios.length > 0 && !isBase ? ratios : values) ? " ~" : "";
  return `${text(median(values))}${spread}${ratio}${noisy}`;
}
