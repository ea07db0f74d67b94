/** The band of all states, which is also the slider through time. */
import { bandView, beatNear, type BandView } from "../view/band-view.ts";
import type { Recording } from "../view/recording.ts";
import { STATE_WORDS } from "../view/words.ts";
import { element } from "./element.ts";
import { walkByKeys, type Walk } from "./keys.ts";

export interface ScrubberActions {
  walk(where: Walk): void;
  /** To this event. */
  choose(index: number): void;
}

/** A stretch carries its word where it fits, in pixels. */
const LETTER = 7.4;
const MARGINS = 18;

export class Scrubber {
  readonly root: HTMLElement;
  readonly #stretches = element("div", { class: "stretches", "aria-hidden": "true" });
  readonly #marker = element("div", { class: "marker", "aria-hidden": "true" });
  #view: BandView = { stretches: [], places: [] };
  #drawnOf: Recording | undefined;

  constructor(actions: ScrubberActions) {
    this.root = element(
      "div",
      {
        class: "band",
        role: "slider",
        tabindex: "0",
        "aria-label": "Moment",
        "aria-valuemin": "0",
      },
      this.#stretches,
      this.#marker,
    );
    // It watches nothing but the band, and goes with it.
    new ResizeObserver(() => {
      if (this.#drawnOf) this.#drawStretches(this.#drawnOf);
    }).observe(this.root);
    walkByKeys(this.root, (where) => actions.walk(where));
    const pick = ({ clientX }: PointerEvent): void => {
      const { left, width } = this.root.getBoundingClientRect();
      if (this.#view.places.length > 0)
        actions.choose(beatNear(this.#view, (clientX - left) / width));
    };
    this.root.addEventListener("pointerdown", (event) => {
      this.root.setPointerCapture(event.pointerId);
      pick(event);
    });
    this.root.addEventListener("pointermove", (event) => {
      if (this.root.hasPointerCapture(event.pointerId)) pick(event);
    });
  }

  /** `words`: the moment as a sentence. */
  draw(recording: Recording, index: number, isFollowing: boolean, words: string): void {
    if (recording !== this.#drawnOf) this.#drawStretches(recording);
    const place = isFollowing ? 1 : (this.#view.places[index] ?? 1);
    this.#marker.style.left = `${place * 100}%`;
    this.root.setAttribute("aria-valuemax", String(Math.max(recording.beats.length - 1, 0)));
    this.root.setAttribute("aria-valuenow", String(Math.max(index, 0)));
    this.root.setAttribute("aria-valuetext", words);
  }

  #drawStretches(recording: Recording): void {
    const width = this.root.clientWidth;
    this.#view = bandView(recording);
    this.#drawnOf = recording;
    this.#stretches.replaceChildren(
      ...this.#view.stretches.map(({ state, mood, from, to }) => {
        const { title } = STATE_WORDS[state];
        const hasRoom = (to - from) * width >= title.length * LETTER + MARGINS;
        const made = element(
          "div",
          { "data-mood": mood, "data-state": state, title },
          hasRoom ? title : "",
        );
        made.style.left = `${from * 100}%`;
        made.style.width = `${(to - from) * 100}%`;
        return made;
      }),
    );
  }
}
