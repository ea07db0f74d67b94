/** Counts down what comes by itself. */
import { countdownWords } from "../view/numbers.ts";
import { shareLeft, type TimerView } from "../view/timers-view.ts";
import { card, element, setText } from "./element.ts";

interface Drawn {
  readonly timer: TimerView;
  readonly left: HTMLElement;
  readonly bar: HTMLElement;
}

export class TimersCard {
  readonly root: HTMLElement;
  readonly #list = element("ul", { class: "timers" });
  #drawn: readonly Drawn[] = [];

  constructor() {
    this.root = card("waits", "Pending timers", this.#list);
  }

  draw(timers: readonly TimerView[]): void {
    const rows = timers.map((timer) => rowOf(timer));
    this.#drawn = rows.map(({ drawn }) => drawn);
    const none = element("li", { class: "muted" }, "None: only an event leads on.");
    this.#list.replaceChildren(...(rows.length > 0 ? rows.map(({ row }) => row) : [none]));
  }

  /** `now`: by the clock of the stamps. */
  tick(now: number): void {
    for (const { timer, left, bar } of this.#drawn) {
      setText(left, countdownWords(timer.at - now));
      bar.style.transform = `scaleX(${shareLeft(timer, now).toFixed(3)})`;
    }
  }
}

function rowOf(timer: TimerView): { readonly row: HTMLElement; readonly drawn: Drawn } {
  const left = element("span", { class: "left" });
  const bar = element("span", { class: "bar" });
  const row = element(
    "li",
    {},
    element("code", {}, timer.name),
    element("span", { class: "muted" }, timer.words),
    left,
    element("span", { class: "track", "aria-hidden": "true" }, bar),
  );
  return { row, drawn: { timer, left, bar } };
}
