/** Draws the seven states, lights the current one, and marks the way that was taken last. */
import type { ConnectionState } from "@holdfast/client";
import { isLive } from "@holdfast/client/machine";

import type { Recording } from "../view/recording.ts";
import { EDGES, hopPath, lastHops, lastPath, LIVE_BOX, MAP, PLACES } from "../view/state-map.ts";
import { STATE_WORDS } from "../view/words.ts";
import { card, element, setText, shape } from "./element.ts";

export class StateMapCard {
  readonly root: HTMLElement;
  readonly #boxes = new Map<ConnectionState, SVGGElement>();
  readonly #hops = shape("g", { class: "hops" });
  readonly #words = element("p", { class: "path" });

  constructor() {
    const { width, height } = MAP;
    const picture = shape(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, class: "map-picture", "aria-hidden": "true" },
      arrowHead(),
      ...ground(),
      this.#hops,
      ...PLACES.map(({ state }) => this.#box(state)),
    );
    this.root = card("map", "State", picture, this.#words);
  }

  draw(recording: Recording, index: number): void {
    const state = recording.beats[index]?.model.state ?? "stopped";
    for (const [name, box] of this.#boxes) box.dataset["lit"] = String(name === state);
    const hops = lastHops(recording, index);
    this.#hops.replaceChildren(
      ...hops.map(({ path, age }) =>
        shape("path", { d: path, "data-age": String(age), "marker-end": "url(#head)" }),
      ),
    );
    const way = lastPath(recording, index).map((name) => STATE_WORDS[name].title);
    setText(this.#words, way.length > 0 ? way.join(" → ") : STATE_WORDS[state].title);
  }

  #box(state: ConnectionState): SVGGElement {
    const { x, y } = PLACES.find((place) => place.state === state) ?? { x: 0, y: 0 };
    const { boxWidth, boxHeight } = MAP;
    const { title, mood } = STATE_WORDS[state];
    const size = { width: String(boxWidth), height: String(boxHeight), rx: "9" };
    const box = shape(
      "g",
      { class: "box", "data-mood": mood, transform: `translate(${x} ${y})` },
      shape("rect", { ...size, x: String(-boxWidth / 2), y: String(-boxHeight / 2) }),
      shape("text", { "text-anchor": "middle", dy: "4" }, title),
    );
    this.#boxes.set(state, box);
    return box;
  }
}

/**
 * What is always there, faintly: the frame around what has a transport, and the ways. From the
 * frame leads one way to each of the others and back, for all three in it.
 */
function ground(): readonly SVGElement[] {
  const { x, y, width, height } = LIVE_BOX;
  const bottom = y + height;
  const size = { width: String(width), height: String(height) };
  const frame = shape("rect", { class: "frame", x: String(x), y: String(y), ...size, rx: "13" });
  const words = {
    class: "frame-words",
    x: String(x + width - 10),
    y: String(bottom - 7),
    "text-anchor": "end",
  };
  const down = PLACES.filter(({ state }) => !isLive(state)).map((place) => {
    const top = place.y - MAP.boxHeight / 2;
    return shape("path", { class: "way", d: `M${place.x} ${bottom} V${top}` });
  });
  const seen = new Set<string>();
  const sideways = EDGES.flatMap(([from, to]) => {
    if (isLive(from) !== isLive(to)) return [];
    const key = [from, to].sort().join();
    if (seen.has(key)) return [];
    seen.add(key);
    return [shape("path", { class: "way", d: hopPath(from, to) })];
  });
  return [frame, shape("text", words, "with a transport"), ...down, ...sideways];
}

function arrowHead(): SVGElement {
  const size = { markerWidth: "7", markerHeight: "7", refX: "5.4", refY: "3.5" };
  const attributes = { id: "head", orient: "auto", markerUnits: "userSpaceOnUse", ...size };
  return shape("defs", {}, shape("marker", attributes, shape("path", { d: "M0 0 L7 3.5 L0 7 Z" })));
}
