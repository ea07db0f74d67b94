/** Frames, transactions and buckets, one table at a time, chosen by tabs. */
import type { Report } from "../report/report.ts";
import {
  bucketsView,
  framesView,
  ledgerCounts,
  transactionsView,
  type LedgerView,
} from "../view/ledger-view.ts";
import { element, setText } from "./element.ts";

const TABS = ["frames", "transactions", "buckets"] as const;
type Tab = (typeof TABS)[number];

const TITLES: Readonly<Record<Tab, string>> = {
  frames: "Frames",
  transactions: "Transactions",
  buckets: "Buckets",
};

export class LedgerCard {
  readonly root: HTMLElement;
  readonly #tabs = new Map<Tab, HTMLButtonElement>();
  readonly #summary = element("p", { class: "muted numbers" });
  readonly #table = element("table");
  readonly #box = element("input", { type: "checkbox" });
  readonly #ask: HTMLElement;
  readonly #panel: HTMLElement;
  #chosen: Tab = "frames";
  #report: Report | undefined;
  #drawn = "";
  /** Epoch milliseconds. */
  #wallNow = 0;

  constructor() {
    for (const tab of TABS) this.#tabs.set(tab, this.#tab(tab));
    const tabs = element(
      "div",
      { class: "tabs", role: "tablist", "aria-label": "What is kept" },
      ...this.#tabs.values(),
    );
    this.#box.addEventListener("change", () => this.draw(this.#report));
    this.#ask = element("label", { class: "check" }, this.#box, "show payloads");
    const scroll = element(
      "div",
      { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Rows" },
      this.#table,
    );
    this.#panel = element(
      "div",
      { role: "tabpanel", id: "ledger", class: "ledger-panel" },
      this.#summary,
      this.#ask,
      scroll,
    );
    this.root = element(
      "section",
      { class: "card ledger", "aria-label": "What is kept" },
      tabs,
      this.#panel,
    );
  }

  draw(report: Report | undefined): void {
    this.#report = report;
    const counts = report ? ledgerCounts(report) : {};
    for (const [tab, made] of this.#tabs) {
      const isChosen = tab === this.#chosen;
      made.setAttribute("aria-selected", String(isChosen));
      made.tabIndex = isChosen ? 0 : -1;
      setText(made, counts[tab] ? `${TITLES[tab]} ${counts[tab]}` : TITLES[tab]);
    }
    this.#panel.setAttribute("aria-label", TITLES[this.#chosen]);
    this.#drawTable(this.#view(report));
  }

  /** What waits grows older, a second at a time. `wallNow`: epoch milliseconds of this page. */
  tick(wallNow: number): void {
    const isNext = Math.floor(wallNow / 1_000) !== Math.floor(this.#wallNow / 1_000);
    this.#wallNow = wallNow;
    if (isNext && this.#chosen === "transactions") this.draw(this.#report);
  }

  #view(report: Report | undefined): LedgerView {
    if (report && !report.isLive)
      return { summary: "A trace's file holds only the connection's own events.", ...NOTHING };
    const showsPayloads = this.#box.checked;
    switch (this.#chosen) {
      case "frames":
        return framesView(report?.frames, showsPayloads);
      case "transactions":
        return transactionsView(report?.transactions, this.#wallNow, showsPayloads);
      case "buckets":
        return bucketsView(report?.buckets);
    }
  }

  #drawTable(view: LedgerView): void {
    setText(this.#summary, view.summary);
    this.#ask.hidden = !view.hasPayloads;
    const key = JSON.stringify(view);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const heads = view.heads.map((head) => element("th", { scope: "col" }, head || "way"));
    const body = view.rows.flatMap(({ cells, mood, more }) => {
      const row = element(
        "tr",
        { "data-mood": mood },
        ...cells.map((cell) => element("td", {}, cell)),
      );
      const below = element(
        "td",
        { colspan: String(cells.length) },
        element("pre", {}, more ?? ""),
      );
      return more === undefined ? [row] : [row, element("tr", { class: "more" }, below)];
    });
    this.#table.hidden = view.rows.length === 0;
    this.#table.replaceChildren(
      element("thead", {}, element("tr", {}, ...heads)),
      element("tbody", {}, ...body),
    );
  }

  #tab(tab: Tab): HTMLButtonElement {
    const made = element(
      "button",
      { type: "button", role: "tab", "aria-controls": "ledger", "data-tab": tab },
      TITLES[tab],
    );
    const choose = (chosen: Tab): void => {
      this.#chosen = chosen;
      this.draw(this.#report);
    };
    made.addEventListener("click", () => choose(tab));
    made.addEventListener("keydown", ({ key }) => {
      const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? TABS.length - 1 : 0;
      const next = TABS[(TABS.indexOf(tab) + step) % TABS.length];
      if (step === 0 || !next) return;
      choose(next);
      this.#tabs.get(next)?.focus();
    });
    return made;
  }
}

const NOTHING = { heads: [], rows: [], hasPayloads: false };
