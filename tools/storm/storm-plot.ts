/** Draws storms below each other: how much of the fleet dials, and comes back, in each 100 ms. */
import { counts, SPAN_MS } from "./storm-figures.ts";
import { DROP_AT_MS, type StormRun } from "./storm-world.ts";

export interface StormRow {
  readonly name: string;
  readonly run: StormRun;
}

const SHOWN_MS = 48_000;
/** The share of the fleet that fills a row; what is more is cut and told. */
const FULL = 0.12;
const BLOCKS = " ▁▂▃▄▅▆▇█";
const COLUMN_MS = 500;

/** A line a storm, half a second a sign, for terminals. */
export function textPlot(rows: readonly StormRow[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, run }) => {
    const bins = sharesOf(run.dials, run);
    const columns = Array.from({ length: SHOWN_MS / COLUMN_MS }, (_, column) => {
      const first = (column * COLUMN_MS) / SPAN_MS;
      const most = Math.max(...bins.slice(first, first + COLUMN_MS / SPAN_MS));
      const level = most === 0 ? 0 : 1 + Math.floor((most / FULL) * (BLOCKS.length - 1));
      return BLOCKS[Math.min(level, BLOCKS.length - 1)] ?? "";
    });
    return `${name.padEnd(width)} ${columns.join("").trimEnd()}`;
  });
  const ruler = "0 s".padEnd(60) + "30 s: the server is back";
  return [...lines, `${" ".repeat(width)} ${ruler}`].join("\n");
}

const WIDTH = 960;
const LEFT = 24;
const RIGHT = 24;
const TOP = 56;
const ROW = 92;
const PLOT = 56;
const across = (ms: number): number => LEFT + (ms / SHOWN_MS) * (WIDTH - LEFT - RIGHT);

/** The same as a picture of its own. */
export function svgPlot(rows: readonly StormRow[]): string {
  const height = TOP + rows.length * ROW + 24;
  const returnAt = across((rows[0]?.run.returnedAt ?? DROP_AT_MS) - DROP_AT_MS);
  const bottom = TOP + rows.length * ROW - 8;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#1f2328">`,
    `<title>Ten thousand clients lose their server for 30 s: how many dial at once</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    legend(LEFT, "#b8c4d6", "dial"),
    legend(LEFT + 70, "#1a7f37", "are back"),
    `<text x="${LEFT + 166}" y="30">share of 10 000 clients in each 100 ms; a row is ${FULL * 100} % high</text>`,
    `<line x1="${returnAt}" y1="${TOP - 6}" x2="${returnAt}" y2="${bottom}" stroke="#cf222e" stroke-dasharray="4 3"/>`,
    `<text x="${returnAt + 6}" y="${TOP}" fill="#cf222e">the server is back</text>`,
    ...rows.flatMap((row, index) => drawn(row, TOP + index * ROW)),
    ...[0, 10, 20, 30, 40].map(
      (second) =>
        `<text x="${across(second * 1_000)}" y="${bottom + 20}" text-anchor="middle" fill="#59636e">${second} s</text>`,
    ),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

function legend(x: number, color: string, text: string): string {
  return `<rect x="${x}" y="20" width="11" height="11" fill="${color}"/><text x="${x + 17}" y="30">${text}</text>`;
}

function drawn({ name, run }: StormRow, top: number): string[] {
  const base = top + ROW - 16;
  const dials = sharesOf(run.dials, run);
  const most = Math.max(...dials);
  const cut = most > FULL ? ` (the highest is ${Math.round(most * 100)} %)` : "";
  return [
    `<text x="${LEFT}" y="${base - PLOT - 6}" font-weight="600">${name}${cut}</text>`,
    area(dials, base, "#b8c4d6"),
    area(sharesOf(run.backAt, run), base, "#1a7f37"),
    `<line x1="${LEFT}" y1="${base}" x2="${WIDTH - RIGHT}" y2="${base}" stroke="#d1d9e0"/>`,
  ];
}

/** A step for each 100 ms in which there is something. */
function area(shares: readonly number[], base: number, color: string): string {
  const step = across(SPAN_MS) - LEFT;
  const bars = shares.flatMap((share, index) => {
    if (share === 0) return [];
    const tall = (Math.min(share, FULL) / FULL) * PLOT;
    const x = LEFT + index * step;
    return [`M${x.toFixed(1)} ${base}v-${tall.toFixed(1)}h${step.toFixed(2)}v${tall.toFixed(1)}z`];
  });
  return `<path d="${bars.join("")}" fill="${color}"/>`;
}

function sharesOf(instants: readonly (number | undefined)[], run: StormRun): number[] {
  const known = instants.filter((at) => at !== undefined);
  const span = { from: DROP_AT_MS, to: DROP_AT_MS + SHOWN_MS, spanMs: SPAN_MS };
  return counts(known, span).map((count) => count / run.backAt.length);
}
