/** What a workload found: figures of each library by round, and the bars for Holdfast. */
import { isNoisy, median } from "./statistics.ts";

/** One thing that was measured, of each library. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly isLessBetter: boolean;
  /** By library: a value for each round. Infinity: it did not happen within `patience`. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** How long it was waited for, in the figure's unit. */
  readonly patience?: number;
  /** Whose value of the same round is 1. Default `ws`. */
  readonly baseline?: string;
  /** The library draws lots, as for its delays: that rounds differ is no noise. */
  readonly isDrawn?: boolean;
  /** Shown as a picture, too. */
  readonly hasChart?: boolean;
}

/** What Holdfast must reach. */
export interface Bar {
  readonly figure: string;
  /**
   * What is compared: the median, the median ratio to raw `ws` in the same round, or the worst
   * round.
   */
  readonly of: "ratio" | "value" | "worst";
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Whose figure. Default `holdfast`. */
  readonly peer?: string;
}

export interface Result {
  readonly workload: string;
  readonly title: string;
  /** What was done, for who reads the table. */
  readonly about: string;
  readonly figures: readonly Figure[];
  readonly bars: readonly Bar[];
  /** What else must be known to read it. */
  readonly notes?: readonly string[];
}

/** The measure of the others. */
const BASELINE = "ws";
export const OURS = "holdfast";

/** Of each round, to the baseline's of the same round; empty where there is none. */
export function ratiosOf({ values, baseline = BASELINE }: Figure, peer: string): number[] {
  const base = values[baseline];
  if (!base?.every((value) => Number.isFinite(value))) return [];
  return (values[peer] ?? []).map((value, round) => value / (base[round] ?? Number.NaN));
}

export interface Verdict {
  readonly bar: Bar;
  readonly figure: Figure;
  readonly measured: number;
  readonly isMet: boolean;
  readonly isNoisy: boolean;
}

/** Of the bars whose library took part. */
export function verdictsOf({ figures, bars }: Result): Verdict[] {
  return bars.flatMap((bar) => {
    const figure = figures.find(({ name }) => name === bar.figure);
    if (!figure) throw new Error(`no figure is called ${bar.figure}`);
    const peer = bar.peer ?? OURS;
    if (!(peer in figure.values)) return [];
    const values = bar.of === "ratio" ? ratiosOf(figure, peer) : (figure.values[peer] ?? []);
    const worst = figure.isLessBetter ? Math.max(...values) : Math.min(...values);
    const measured = bar.of === "worst" ? worst : median(values);
    const { atMost = Infinity, atLeast = -Infinity } = bar;
    const isMet = measured <= atMost && measured >= atLeast;
    return { bar, figure, measured, isMet, isNoisy: isNoisyFigure(figure, values) };
  });
}

/** As `≤ 0.3 s`, `≥ 1.6 × ws` or `≤ 10 s in each round`. */
export function limitText({ atMost, atLeast = 0, of }: Bar, figure: Figure): string {
  const limit = atMost === undefined ? `≥ ${number(atLeast)}` : `≤ ${number(atMost)}`;
  const unit = of === "ratio" ? `× ${figure.baseline ?? BASELINE}` : figure.unit;
  return [limit, unit, of === "worst" ? "in each round" : ""].filter(Boolean).join(" ");
}

function number(value: number): string {
  return value.toLocaleString("en");
}

/** Do the rounds of a figure differ so much that their median says little? */
export function isNoisyFigure(figure: Figure, values: readonly number[]): boolean {
  return figure.isDrawn !== true && isNoisy(values);
}
