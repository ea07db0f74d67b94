/** The buttons that hurt one client, and the line that tells what the last one did. */
import { element, setText } from "./element.ts";
import {
  DEED_NAMES,
  DEEDS,
  TOGGLE_NAMES,
  TOGGLES,
  type ButtonWords,
  type DeedName,
  type ToggleName,
} from "./fault-words.ts";
import type { Person } from "./person.ts";

const UNTOLD = "What a button did is told here; what the client makes of it, above.";

export class FaultPanel {
  readonly root: HTMLElement;
  readonly #person: Person;
  readonly #reload: () => Promise<void>;
  readonly #told = element("p", { class: "told", role: "status" }, UNTOLD);

  /** `reload` puts a panel of a new client in the place of this one. */
  constructor(person: Person, reload: () => Promise<void>) {
    this.#person = person;
    this.#reload = reload;
    const label = `Hurt ${person.name}'s connection`;
    this.root = element(
      "section",
      { class: "faults", "aria-label": label },
      element("h3", { class: "label" }, "Hurt it, and help it"),
      element(
        "div",
        { class: "buttons" },
        ...DEED_NAMES.map((name) => this.#deedButton(name)),
        ...TOGGLE_NAMES.map((name) => this.#toggleButton(name)),
      ),
      this.#told,
    );
  }

  /** After a reload: tells of it, and goes on where the person was. */
  reloaded({ hadFocus }: { readonly hadFocus: boolean }): void {
    this.#tell(DEEDS.reload.told);
    if (hadFocus) this.root.querySelector<HTMLElement>("[data-fault=reload]")?.focus();
  }

  #deedButton(name: DeedName): HTMLElement {
    const words = DEEDS[name];
    const { root } = faultButton(name, words);
    root.addEventListener("click", () => {
      void this.#press(root, async () => {
        await this.#do(name);
        this.#tell(words.told);
      });
    });
    return root;
  }

  async #do(name: DeedName): Promise<void> {
    switch (name) {
      case "connectNow":
        return this.#person.client.connectNow();
      case "drop":
        return await this.#person.drop();
      case "reload":
        return await this.#reload();
    }
  }

  #toggleButton(name: ToggleName): HTMLElement {
    const words = TOGGLES[name];
    const { root, hint } = faultButton(name, words);
    root.addEventListener("click", () => {
      void this.#press(root, () => this.#person.toggle(name));
    });
    let wasOn = this.#person.toggles.current.has(name);
    this.#person.toggles.subscribe((toggles) => {
      const isOn = toggles.has(name);
      root.setAttribute("aria-pressed", String(isOn));
      setText(hint, isOn ? words.onHint : words.hint);
      if (isOn !== wasOn) this.#tell(isOn ? words.told : words.undone);
      wasOn = isOn;
    });
    return root;
  }

  async #press(button: HTMLButtonElement, act: () => Promise<void>): Promise<void> {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch {
      this.#tell("The server cannot be reached just now, so nothing was changed.");
    }
    button.removeAttribute("aria-busy");
  }

  #tell(words: string): void {
    setText(this.#told, words.replaceAll("{name}", this.#person.name));
  }
}

interface FaultButton {
  readonly root: HTMLButtonElement;
  readonly hint: HTMLElement;
}

function faultButton(name: string, words: ButtonWords): FaultButton {
  const hint = element("span", { class: "hint" }, words.hint);
  const label = element("span", { class: "name" }, words.label);
  const root = element(
    "button",
    { class: "fault", type: "button", "data-fault": name },
    label,
    hint,
  );
  return { root, hint };
}
