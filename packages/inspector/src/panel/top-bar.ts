/** The line at the top: whose connection this is, where it stands, and what one can do with it. */
import { STATE_WORDS } from "../view/words.ts";
import type { Beat } from "../view/recording.ts";
import { button, element, setText } from "./element.ts";

export interface TopBarActions {
  /** Shows this client, or file. */
  pick(id: string): void;
  follow(): void;
  openFile(file: File): void;
  saveTrace(): void;
  /** Absent: the panel has no end of its own. */
  readonly close?: () => void;
}

export class TopBar {
  readonly root: HTMLElement;
  readonly #picker: HTMLSelectElement;
  readonly #name = element("span", { class: "source" });
  readonly #pill = element("span", { class: "pill" });
  readonly #live: HTMLButtonElement;
  readonly #save: HTMLButtonElement;

  constructor(actions: TopBarActions) {
    this.#picker = element("select", { "aria-label": "Client" });
    this.#picker.addEventListener("change", () => actions.pick(this.#picker.value));
    this.#live = button("Live", () => actions.follow(), { class: "live", "aria-pressed": "true" });
    this.#save = button("Save trace", () => actions.saveTrace());
    const file = element("input", {
      type: "file",
      accept: ".json,application/json",
      class: "unseen",
      tabindex: "-1",
      "aria-label": "A trace's file",
    });
    file.addEventListener("change", () => {
      const [chosen] = file.files ?? [];
      if (chosen) actions.openFile(chosen);
      file.value = "";
    });
    const { close } = actions;
    this.root = element(
      "header",
      { class: "bar" },
      element("h1", {}, "Inspector"),
      this.#picker,
      this.#name,
      this.#pill,
      element("span", { class: "space" }),
      this.#live,
      button("Open a trace…", () => file.click(), { class: "open-file" }),
      this.#save,
      file,
      ...(close
        ? [button("✕", () => close(), { class: "close", "aria-label": "Close the inspector" })]
        : []),
    );
  }

  /** `names`: of all that can be shown, by id. */
  draw(
    names: ReadonlyMap<string, string>,
    chosen: string | undefined,
    beat: Beat | undefined,
  ): void {
    const options = [...names].map(([id, name]) => element("option", { value: id }, name));
    const drawn = this.#picker.options;
    // Left alone while it is the same: somebody may be choosing.
    const isSame =
      drawn.length === options.length && options.every((one, at) => drawn[at]?.isEqualNode(one));
    if (!isSame) this.#picker.replaceChildren(...options);
    if (chosen !== undefined) this.#picker.value = chosen;
    this.#picker.hidden = names.size < 2;
    this.#name.hidden = names.size !== 1;
    setText(this.#name, names.get(chosen ?? "") ?? "");
    const { title, mood } = STATE_WORDS[beat?.model.state ?? "stopped"];
    setText(this.#pill, chosen === undefined ? "nobody yet" : title);
    this.#pill.dataset["mood"] = mood;
  }

  drawFollowing(isFollowing: boolean, isLive: boolean): void {
    this.#live.hidden = !isLive;
    this.#save.hidden = !isLive;
    this.#live.setAttribute("aria-pressed", String(isFollowing));
  }
}
