/** Draws a conversation and takes what the person says. */
import { TEXT_LENGTH_MAX, type Message } from "../contract.ts";
import type { ConversationView as Content, PendingDraft } from "./conversation.ts";
import { element } from "./element.ts";
import type { Person } from "./person.ts";

/** How close to its end the list has to be so that it follows new messages, in pixels. */
const FOLLOWS_WITHIN = 60;

export class ConversationView {
  readonly root: HTMLElement;
  readonly #person: Person;
  readonly #list = element("ol", { class: "messages" });
  readonly #scroll: HTMLElement;
  #isOnline = false;

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
    person.conversation.view.subscribe((content) => this.#draw(content));
    person.client.state.subscribe((state) => {
      this.#isOnline = state === "connected" || state === "updating";
      this.#draw(person.conversation.view.current);
    });
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
      if (text) void this.#person.say({ id: crypto.randomUUID(), text });
      input.value = "";
    });
    return form;
  }

  #draw({ messages, drafts }: Content): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    const wasAtEnd = scrollHeight - scrollTop - clientHeight < FOLLOWS_WITHIN;
    const isEmpty = messages.length + drafts.length === 0;
    this.#list.replaceChildren(
      ...(isEmpty ? [element("li", { class: "empty" }, "Nobody has said anything yet.")] : []),
      ...messages.map((message, index) => this.#message(message, messages[index - 1])),
      ...drafts.map((draft) => this.#draft(draft)),
    );
    if (wasAtEnd) this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #message(message: Message, previous: Message | undefined): HTMLElement {
    const isOwn = message.name === this.#person.name;
    const isFirst = message.author !== previous?.author;
    const time = new Date(message.at).toLocaleTimeString([], {
      hour: "2-digit",
      minute: "2-digit",
    });
    return element(
      "li",
      { class: isOwn ? "message own" : "message", "data-number": String(message.number) },
      ...(isFirst
        ? [element("span", { class: "by" }, `${isOwn ? "You" : message.name} · ${time}`)]
        : []),
      element("span", { class: "bubble" }, message.text),
    );
  }

  #draft({ id, text, fate }: PendingDraft): HTMLElement {
    const bubble = element("span", { class: "bubble" }, text);
    if (fate.type === "sending") {
      const words = this.#isOnline ? "Sending…" : "Waits for a connection…";
      const note = element("span", { class: "fate" }, words);
      return element("li", { class: "message own sending", "data-draft": id }, bubble, note);
    }
    const again = element(
      "button",
      { class: fate.mayBeSent ? "fate again doubt" : "fate again", type: "button" },
      `${fate.why} · Try again`,
    );
    again.addEventListener("click", () => void this.#person.say({ id, text }));
    return element("li", { class: "message own failed", "data-draft": id }, bubble, again);
  }
}
