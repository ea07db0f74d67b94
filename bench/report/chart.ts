/** A figure as a picture: a bar for each library, its median, and how far its rounds spread. */
import { OURS, ratiosOf } from "../result.ts";
import type { Figure } from "../result.ts";
import { median } from "../statistics.ts";
import { valueText } from "./value-text.ts";

const [WIDTH, ROW, TOP, LEFT, RIGHT] = [790, 30, 46, 250, 150];
/** Readable on white and on black: the page behind a picture may be either. */
const COLOURS = { ours: "#2f7ed8", theirs: "#8a94a3", text: "#77808c", spread: "#3d4652" };
const FONT = "font-family='system-ui, sans-serif'";

interface Row {
  readonly peer: string;
  readonly value: number;
  readonly spread: readonly [least: number, most: number];
  readonly label: string;
  readonly isOurs: boolean;
}

/** An SVG document. `title` is read to those who do not see it. */
export function chartOf(figure: Figure, title: string): string {
  const rows = Object.entries(figure.values).map(([peer, values]) => rowOf(figure, peer, values));
  const finite = rows.flatMap(({ spread }) => spread).filter((value) => Number.isFinite(value));
  const most = Math.max(...finite, figure.patience ?? 0, Number.MIN_VALUE);
  const height = TOP + rows.length * ROW + 10;
  const scale = (value: number): number => (Math.min(value, most) / most) * (WIDTH - LEFT - RIGHT);
  const better = figure.isLessBetter ? "less is better" : "more is better";
  const unit = figure.unit === "" ? "" : ` (${figure.unit})`;
  const heading = `${title}: ${figure.name}${unit}`;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(`${heading}. ${rows.map(({ peer, label }) => `${peer} ${label}`).join(", ")}`)}</title>`,
    text(4, 18, heading, { size: 15, weight: 600 }),
    text(4, 36, `${better}; the thin line spans all rounds`, { size: 12 }),
    ...rows.flatMap((row, index) => drawn(row, TOP + index * ROW, scale)),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

function rowOf(figure: Figure, peer: string, values: readonly number[]): Row {
  const value = median(values);
  const ratios = ratiosOf(figure, peer);
  const ratio = ratios.length > 0 ? ` (${median(ratios).toFixed(2)} ×)` : "";
  const label = `${valueText(value, figure.patience)}${ratio}`;
  // Where all rows are ours, all but the one that they are compared with.
  const isOurs = OURS in figure.values ? peer.startsWith(OURS) : peer !== figure.baseline;
  return { peer, value, spread: [Math.min(...values), Math.max(...values)], label, isOurs };
}

function drawn({ peer, value, spread, label, isOurs }: Row, top: number, scale: Scale): string[] {
  const length = Math.max(1, scale(value));
  const [least, most] = spread.map(scale);
  const dash = Number.isFinite(value) ? "" : ` fill-opacity="0.35"`;
  const colour = isOurs ? COLOURS.ours : COLOURS.theirs;
  const middle = top + ROW / 2 - 2;
  const end = LEFT + Math.max(length, most ?? 0) + 8;
  const weight = isOurs ? 700 : 400;
  return [
    text(LEFT - 10, middle + 4, peer, { size: 13, anchor: "end", weight }),
    `<rect x="${LEFT}" y="${top + 4}" width="${length.toFixed(1)}" height="${ROW - 12}" rx="2" fill="${colour}"${dash}/>`,
    `<line x1="${(LEFT + (least ?? 0)).toFixed(1)}" x2="${(LEFT + (most ?? 0)).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="${COLOURS.spread}" stroke-width="1.5"/>`,
    text(end, middle + 4, label, { size: 12, weight }),
  ];
}

type Scale = (value: number) => number;

interface TextStyle {
  readonly size: number;
  readonly anchor?: "end";
  readonly weight?: number;
}

function text(x: number, y: number, words: string, style: TextStyle): string {
  const { size, anchor = "start", weight = 400 } = style;
  return `<text x="${x.toFixed(1)}" y="${y}" ${FONT} font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${COLOURS.text}">${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
