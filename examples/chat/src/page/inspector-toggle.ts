/**
 * The inspector on the page: loaded when somebody opens it. In another tab it is `/inspector.html`,
 * to which every client is shared.
 */
import type { Cancel } from "@holdfast/client";
import type { Inspection } from "@holdfast/inspector";
import { shareClient } from "@holdfast/inspector/share";

import type { Person } from "./person.ts";

export class InspectorToggle {
  readonly #button: HTMLElement;
  readonly #people = new Map<string, Person>();
  readonly #shared = new Map<string, Cancel>();
  #inspection: Inspection | undefined;

  /** `onUnreachable`: the server, which has to send it, is away. */
  constructor(button: HTMLElement, onUnreachable: () => void) {
    this.#button = button;
    button.addEventListener("click", () => {
      this.#toggle().catch(onUnreachable);
    });
    // The theme of the page is the theme of what stands in it.
    new MutationObserver(() => this.#followTheme()).observe(document.documentElement, {
      attributeFilter: ["data-theme"],
    });
  }

  /** This person's client takes the place of the one before it. */
  show(person: Person): void {
    const { name, client, frames } = person;
    this.#people.set(name, person);
    this.#shared.get(name)?.();
    this.#shared.set(name, shareClient(client, { name, frames, payloads: true }));
    this.#add(person);
  }

  #add({ name, client, frames }: Person): void {
    this.#inspection?.add(client, { name, frames, payloads: true });
  }

  async #toggle(): Promise<void> {
    if (this.#inspection) return this.#inspection.close();
    if (this.#button.getAttribute("aria-busy") === "true") return;
    const [first, ...others] = this.#people.values();
    if (!first) return;
    this.#button.setAttribute("aria-busy", "true");
    const { inspect } = await import("@holdfast/inspector").finally(() =>
      this.#button.removeAttribute("aria-busy"),
    );
    const { name, client, frames } = first;
    const onClose = (): void => this.#closed();
    this.#inspection = inspect(client, { name, frames, payloads: true, onClose });
    for (const person of others) this.#add(person);
    this.#button.setAttribute("aria-pressed", "true");
    this.#followTheme();
  }

  #closed(): void {
    this.#inspection = undefined;
    this.#button.setAttribute("aria-pressed", "false");
    // Who closed it by its own button goes on where it was opened.
    if (document.activeElement === document.body) this.#button.focus();
  }

  #followTheme(): void {
    const { theme } = document.documentElement.dataset;
    if (this.#inspection && theme) this.#inspection.host.dataset["theme"] = theme;
  }
}
