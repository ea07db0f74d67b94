/** Draws how long pings took. */
import { durationWords } from "../view/numbers.ts";
import type { RoundTripView } from "../view/round-trip-view.ts";
import { card, element, setText, shape } from "./element.ts";

const SIZE = { width: 300, height: 74, left: 2, right: 8, top: 8, bottom: 6 } as const;

export class RoundTripCard {
  readonly root: HTMLElement;
  readonly #words = element("p", { class: "muted numbers" });
  readonly #line = shape("polyline", { class: "line" });
  readonly #area = shape("polygon", { class: "area" });
  readonly #dots = shape("g");
  readonly #top = element("span", { class: "top-of-chart", "aria-hidden": "true" });

  constructor() {
    const { width, height } = SIZE;
    const grid = [0, 0.5, 1].map((share) => {
      const y = String(heightOf(share));
      return shape("line", { class: "grid", x1: "0", x2: String(width), y1: y, y2: y });
    });
    const view = {
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    };
    const picture = shape(
      "svg",
      { class: "chart", ...view },
      ...grid,
      this.#area,
      this.#line,
      this.#dots,
    );
    const frame = element("div", { class: "chart-frame" }, picture, this.#top);
    this.root = card("trips", "Round trip", this.#words, frame);
  }

  draw({ points, words, top }: RoundTripView): void {
    setText(this.#words, words);
    setText(this.#top, points.length > 0 ? durationWords(top) : "");
    const { width, left, right, height, bottom } = SIZE;
    const placed = points.map(({ x, y }) => ({
      x: left + x * (width - left - right),
      y: heightOf(y),
    }));
    const line = placed.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`);
    this.#line.setAttribute("points", line.join(" "));
    const [first, last] = [placed[0], placed.at(-1)];
    const floor = height - bottom;
    const area = first && last ? [`${first.x},${floor}`, ...line, `${last.x},${floor}`] : [];
    this.#area.setAttribute("points", area.join(" "));
    const dots = last ? [shape("path", { class: "dot", d: `M${last.x} ${last.y} h0` })] : [];
    this.#dots.replaceChildren(...dots);
  }
}

function heightOf(share: number): number {
  return SIZE.top + (1 - share) * (SIZE.height - SIZE.top - SIZE.bottom);
}
