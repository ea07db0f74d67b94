/** The curve of a storm, as geometry and words. Pure. */
import type { StormReport } from "../storm.ts";
import { durationWords } from "./words.ts";

export interface StormView {
  /** The curve, and the same closed at the bottom, as points of a picture of this size. */
  readonly line: string;
  readonly area: string;
  /** Where the server left and where it was back, from the left. */
  readonly leftX: number;
  readonly backX: number | undefined;
  readonly words: string;
  /** What the right end of the picture stands for. */
  readonly endWords: string;
}

export const STORM_PICTURE = { width: 640, height: 150, top: 10, bottom: 4 } as const;
/** The picture shows at least so much time, in milliseconds. */
const SPAN_MS_MIN = 4_000;

export function stormView(report: StormReport): StormView {
  const { points, clients, backAtMs } = report;
  const { width, height, top, bottom } = STORM_PICTURE;
  const spanMs = Math.max(SPAN_MS_MIN, (points.at(-1)?.[0] ?? 0) * 1.02);
  const x = (ms: number): number => (ms / spanMs) * width;
  const y = (connected: number): number =>
    top + (1 - connected / clients) * (height - top - bottom);
  const placed = points.map(([ms, connected]) => `${x(ms).toFixed(1)},${y(connected).toFixed(1)}`);
  const floor = height - bottom;
  const endX = x(points.at(-1)?.[0] ?? 0).toFixed(1);
  return {
    line: placed.join(" "),
    area: placed.length > 0 ? [`0,${floor}`, ...placed, `${endX},${floor}`].join(" ") : "",
    leftX: 0,
    backX: backAtMs === undefined ? undefined : x(backAtMs),
    words: stormWords(report),
    endWords: durationWords(spanMs),
  };
}

function stormWords({ phase, clients, points, backAtMs }: StormReport): string {
  switch (phase) {
    case "none":
      return "";
    case "failed":
      return "The storm could not be raised: its clients did not all connect.";
    case "gathering":
      return `${clients} clients gather…`;
    case "passing": {
      const connected = points.at(-1)?.[1] ?? clients;
      return `The server ${backAtMs === undefined ? "leaves" : "is back"}: ${connected} of ${clients} are connected.`;
    }
    case "over":
      return overWords(clients, points, backAtMs ?? 0);
  }
}

/** `Back 1.9 s after the server: all 500, half of them within 0.8 s; at most 14 % in 100 ms.` */
function overWords(clients: number, points: StormReport["points"], backAtMs: number): string {
  const after = points.filter(([ms]) => ms >= backAtMs);
  const [endMs = backAtMs, connected = 0] = points.at(-1) ?? [];
  const half = after.find(([, count]) => count >= clients / 2)?.[0] ?? endMs;
  const told =
    connected === clients ? `All ${clients} are back` : `${connected} of ${clients} are back`;
  const within = `${durationWords(endMs - backAtMs)} after the server`;
  const most = Math.round((100 * mostWithin(after, 100)) / clients);
  return `${told} ${within}, half of them ${durationWords(half - backAtMs)} after it. At most ${most} % came within 100 ms.`;
}

/** How many came back at most within a stretch of time. */
function mostWithin(points: StormReport["points"], ms: number): number {
  let most = 0;
  for (const [index, [at, count]] of points.entries()) {
    const start = points
      .slice(0, index)
      .reverse()
      .find(([earlier]) => earlier <= at - ms);
    if (start) most = Math.max(most, count - start[1]);
  }
  return most;
}
