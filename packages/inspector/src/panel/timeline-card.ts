/** The list of what happened, newest first; the chosen row is the moment that all else shows. */
import type { TimelineRow } from "../view/timeline-view.ts";
import { card, element } from "./element.ts";
import type { ScrubberActions } from "./scrubber.ts";
import { walkByKeys } from "./keys.ts";

export interface TimelineActions extends ScrubberActions {
  showMovesOnly(movesOnly: boolean): void;
}

export class TimelineCard {
  readonly root: HTMLElement;
  readonly #list: HTMLElement;
  /** What was drawn of each event. */
  readonly #drawn = new WeakMap<object, HTMLElement>();
  #count = 0;

  constructor(actions: TimelineActions) {
    const box = element("input", { type: "checkbox" });
    box.addEventListener("change", () => actions.showMovesOnly(box.checked));
    this.#list = element("ol", {
      class: "rows",
      role: "listbox",
      tabindex: "0",
      "aria-label": "Events, newest first",
    });
    this.#list.addEventListener("click", ({ target }) => {
      const row = target instanceof Element ? target.closest("li") : null;
      if (row?.dataset["index"] !== undefined) actions.choose(Number(row.dataset["index"]));
    });
    walkByKeys(this.#list, (where) => actions.walk(where));
    const label = element("label", { class: "check" }, box, "only changes of state");
    this.root = card("timeline", "Timeline", this.#list);
    this.root.querySelector("h2")?.append(label);
  }

  draw(rows: readonly TimelineRow[], index: number, isFollowing: boolean): void {
    const drawn = [...rows].reverse().map((row) => this.#row(row, row.index === index));
    const isSame =
      drawn.length === this.#list.childElementCount &&
      drawn.every((row, at) => row === this.#list.children[at]);
    if (!isSame) this.#list.replaceChildren(...drawn);
    const chosen = drawn.find((row) => row.getAttribute("aria-selected") === "true");
    if (chosen) this.#list.setAttribute("aria-activedescendant", chosen.id);
    else this.#list.removeAttribute("aria-activedescendant");
    if (isFollowing) this.#list.scrollTop = 0;
    else if (chosen) scrollWithin(this.#list, chosen);
  }

  #row(row: TimelineRow, isChosen: boolean): HTMLElement {
    const made = this.#drawn.get(row.entry) ?? rowElement(row, `row-${this.#count++}`);
    this.#drawn.set(row.entry, made);
    made.dataset["index"] = String(row.index);
    made.setAttribute("aria-selected", String(isChosen));
    return made;
  }
}

/** Only the list moves: the page around it stays where the reader is. */
function scrollWithin(list: HTMLElement, row: HTMLElement): void {
  const top = row.offsetTop - list.offsetTop;
  if (top < list.scrollTop) list.scrollTop = top;
  const below = top + row.offsetHeight - list.clientHeight;
  if (below > list.scrollTop) list.scrollTop = below;
}

function rowElement(row: TimelineRow, id: string): HTMLElement {
  const { clock, gap, event, details, move, reason, mood, effects, isMove, isStale } = row;
  const line = element(
    "span",
    { class: "line-of-event" },
    element("code", { class: "event" }, event),
    ...(reason ? [element("span", { class: "reason" }, reason)] : []),
    ...(details ? [element("span", { class: "details" }, details)] : []),
  );
  const what = [
    ...(isMove ? [element("b", { class: "move" }, move)] : []),
    line,
    ...(effects ? [element("span", { class: "effects" }, `does ${effects}`)] : []),
  ];
  const parts = [
    element("span", { class: "clock" }, clock),
    element("div", { class: "what" }, ...what),
    element("span", { class: "gap" }, gap),
  ];
  const about = { "data-mood": mood, "data-move": String(isMove), "data-stale": String(isStale) };
  return element("li", { id, role: "option", ...about }, ...parts);
}
