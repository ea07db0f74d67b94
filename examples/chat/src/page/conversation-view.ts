/** Draws a conversation and takes what the person says. */
import { TEXT_LENGTH_MAX } from "../contract.ts";
import type { ConversationView as Content, StoredMessage, Unsent } from "./conversation.ts";
import { element } from "./element.ts";
import type { Person } from "./person.ts";
import { phaseWords } from "./words.ts";

/** How close to its end the list has to be so that it follows new messages, in pixels. */
const FOLLOWS_WITHIN = 60;
/** Changes that follow each other within this are drawn together, in milliseconds. */
const DRAWN_TOGETHER_MS = 16;

const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });

export class ConversationView {
  readonly root: HTMLElement;
  readonly #person: Person;
  readonly #list = element("ol", { class: "messages" });
  readonly #scroll: HTMLElement;
  /** What stands in the list, by what it shows: a line that stays the same is not made anew. */
  #lines: ReadonlyMap<string, HTMLElement> = new Map();
  #isDrawPlanned = false;

  constructor(person: Person) {
    this.#person = person;
    // Focusable, so that the keyboard can scroll it.
    this.#scroll = element("div", {
      class: "scroll",
      role: "log",
      tabindex: "0",
      "aria-label": `What ${person.name} reads`,
    });
    this.#scroll.append(this.#list);
    this.root = element("div", { class: "conversation" }, this.#scroll, this.#composer());
    person.conversation.view.subscribe(() => this.#planDraw());
  }

  #composer(): HTMLFormElement {
    const { name } = this.#person;
    const input = element("input", {
      class: "say",
      "aria-label": `Message from ${name}`,
      placeholder: `Say something as ${name}`,
      maxlength: String(TEXT_LENGTH_MAX),
      autocomplete: "off",
      enterkeyhint: "send",
    });
    const form = element(
      "form",
      { class: "composer" },
      input,
      element("button", { class: "send", type: "submit" }, "Send"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (text) this.#person.say(text);
      input.value = "";
    });
    return form;
  }

  #planDraw(): void {
    if (this.#isDrawPlanned) return;
    this.#isDrawPlanned = true;
    setTimeout(() => {
      this.#isDrawPlanned = false;
      this.#draw(this.#person.conversation.view.current);
    }, DRAWN_TOGETHER_MS);
  }

  #draw({ messages, unsent }: Content): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    const wasAtEnd = scrollHeight - scrollTop - clientHeight < FOLLOWS_WITHIN;
    const lines = new Map<string, HTMLElement>();
    const add = (key: string, make: () => HTMLElement): void =>
      void lines.set(key, this.#lines.get(key) ?? make());
    for (const [index, message] of messages.entries()) {
      const isFirst = message.author !== messages[index - 1]?.author;
      add(`${message.seq} ${isFirst}`, () => this.#message(message, isFirst));
    }
    for (const one of unsent) add(`${one.id} ${one.phase}`, () => this.#unsent(one));
    if (lines.size === 0)
      add("empty", () => element("li", { class: "empty" }, "Nobody has said anything yet."));
    this.#lines = lines;
    replaceTail(this.#list, [...lines.values()]);
    if (wasAtEnd) this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #message({ author, name, text, at, seq }: StoredMessage, isFirst: boolean): HTMLElement {
    const isOwn = author === this.#person.account;
    const by = `${isOwn ? "You" : name} · ${clock.format(at)}`;
    return element(
      "li",
      { class: isOwn ? "message own" : "message", "data-seq": String(seq) },
      ...(isFirst ? [element("span", { class: "by" }, by)] : []),
      element("span", { class: "bubble" }, text),
    );
  }

  #unsent({ id, text, phase, why }: Unsent): HTMLElement {
    const { client, conversation } = this.#person;
    const hasEnded = why !== undefined;
    const fate = element("span", { class: "fate" }, why ?? phaseWords(phase));
    const again = (): void => {
      conversation.dismiss(id);
      this.#person.say(text);
    };
    if (hasEnded) {
      fate.append(
        lineButton("Send again", again),
        lineButton("Dismiss", () => conversation.dismiss(id)),
      );
    } else if (phase !== "acked" && phase !== "cancelling") {
      fate.append(lineButton("Cancel", () => client.cancelPending(id)));
    }
    return element(
      "li",
      { class: `message own ${hasEnded ? "ended" : "pending"}`, "data-unsent": phase },
      element("span", { class: "bubble" }, text),
      fate,
    );
  }
}

/** Leaves alone what is at its place already: most changes are at the end. */
function replaceTail(list: HTMLElement, lines: readonly HTMLElement[]): void {
  const same = lines.findIndex((line, index) => list.children[index] !== line);
  const kept = same < 0 ? lines.length : same;
  for (const line of [...list.children].slice(kept)) line.remove();
  list.append(...lines.slice(kept));
}

function lineButton(label: string, act: () => void): HTMLButtonElement {
  const button = element("button", { class: "line-button", type: "button" }, label);
  button.addEventListener("click", act);
  return button;
}
