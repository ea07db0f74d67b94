/** Tells one moment: the state and why, the constraints, and the numbers of the model. */
import { countdownWords } from "../view/numbers.ts";
import type { MomentView } from "../view/moment-view.ts";
import { card, element, setText } from "./element.ts";

export class MomentCard {
  readonly root: HTMLElement;
  readonly #when = element("p", { class: "when" });
  readonly #title = element("p", { class: "title" });
  readonly #text = element("p", { class: "muted" });
  readonly #why = element("p", { class: "why" });
  readonly #constraints = element("ul", { class: "constraints", "aria-label": "Constraints" });
  readonly #blocked = element("p", { class: "blocked" });
  readonly #facts = element("dl", { class: "facts" });
  readonly #model = element("pre", { tabindex: "0", role: "group", "aria-label": "The model" });
  readonly #details = element(
    "details",
    {},
    element("summary", {}, "The whole model"),
    this.#model,
  );
  #view: MomentView | undefined;

  constructor() {
    this.root = card(
      "moment",
      "At this moment",
      this.#when,
      element("div", { class: "headline" }, this.#title, this.#text),
      this.#why,
      this.#constraints,
      this.#blocked,
      this.#facts,
      this.#details,
    );
  }

  /** `when`: the moment in words; or, where there is none, why. */
  draw(view: MomentView | undefined, when: string): void {
    this.#view = view;
    setText(this.#when, view ? when : "");
    this.root.dataset["mood"] = view?.mood ?? "idle";
    setText(this.#text, view?.text ?? when);
    this.#why.replaceChildren(
      ...(view ? [element("code", {}, view.reason), ` ${view.reasonText}`] : []),
    );
    this.#constraints.replaceChildren(
      ...(view?.constraints ?? []).map(({ label, holds, blocks }) => {
        const sign = element("span", { class: "sign", "aria-hidden": "true" }, holds ? "✓" : "✕");
        const state = element("span", { class: "unseen" }, holds ? "holds" : "is missing");
        const attributes = { "data-holds": String(holds), "data-blocks": String(blocks) };
        return element("li", attributes, sign, label, " ", state);
      }),
    );
    setText(this.#blocked, view?.blocked ?? "");
    this.#facts.replaceChildren(
      ...(view?.facts ?? []).map(({ label, value }) =>
        element("div", {}, element("dt", {}, label), element("dd", {}, value)),
      ),
    );
    this.#details.hidden = !view;
    setText(this.#model, view?.model ?? "");
    this.tick(view?.since ?? 0);
  }

  /** `now`: by the clock of the stamps. */
  tick(now: number): void {
    const view = this.#view;
    const words = view
      ? `${view.title} · ${countdownWords(now - view.since)}`
      : "Nothing to show yet";
    setText(this.#title, words);
  }
}
