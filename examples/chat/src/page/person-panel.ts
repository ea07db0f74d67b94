/** One person's part of the page: conversation, connection and faults, under one name. */
import { ConnectionCard } from "./connection-card.ts";
import { ConversationView } from "./conversation-view.ts";
import { element, setText } from "./element.ts";
import { FaultPanel } from "./fault-panel.ts";
import type { Person } from "./person.ts";
import { bannerWords, pillWords } from "./words.ts";

export class PersonPanel {
  readonly root: HTMLElement;
  readonly person: Person;
  readonly #card: ConnectionCard;
  readonly #faults: FaultPanel;

  /** `reload` puts a panel of a new client in the place of this one. */
  constructor(person: Person, reload: () => Promise<void>) {
    this.person = person;
    this.#card = new ConnectionCard(person);
    this.#faults = new FaultPanel(person, reload);
    const titleId = `name-of-${person.account}`;
    this.root = element(
      "article",
      { class: "panel", "aria-labelledby": titleId, "data-account": person.account },
      element(
        "header",
        { class: "panel-header" },
        element("span", { class: "avatar", "aria-hidden": "true" }, person.name.slice(0, 1)),
        element("h2", { id: titleId }, person.name),
        signInButton(person),
        pill(person),
      ),
      banner(person),
      new ConversationView(person).root,
      this.#card.root,
      this.#faults.root,
    );
    person.client.connection.subscribe(({ state, sessionId }) => {
      this.root.dataset["connection"] = state;
      this.root.dataset["session"] = String(sessionId);
    });
    person.client.state.subscribe((state) => {
      this.root.dataset["state"] = state;
    });
  }

  /** This panel takes the place of `old`, whose client is closed. */
  replace(old: PersonPanel): void {
    const hadFocus = old.root.contains(document.activeElement);
    old.root.replaceWith(this.root);
    this.#faults.reloaded({ hadFocus });
  }

  tick(now: number): void {
    this.#card.tick(now);
  }
}

function pill(person: Person): HTMLElement {
  const root = element("span", { class: "pill" });
  person.client.state.subscribe((state) => setText(root, pillWords(state)));
  return root;
}

/** Where the server or the user has ended the credentials, the way back stands at the top. */
function signInButton(person: Person): HTMLElement {
  const root = element("button", { class: "sign-in", type: "button" }, "Sign in again");
  root.addEventListener("click", () => {
    // While the server is away nothing changes, and the button stays.
    person.signInAgain().catch(() => undefined);
  });
  person.client.connection.subscribe(({ blockedBy, isRenewingToken }) => {
    root.hidden = !blockedBy.includes("auth") || isRenewingToken;
  });
  return root;
}

/** Calm: it waits before it says anything, and stays long enough to be read. */
function banner(person: Person): HTMLElement {
  const root = element("p", { class: "banner", role: "status" });
  let hasConnected = false;
  person.display.subscribe((displayed) => {
    hasConnected ||= displayed.state === "connected";
    root.dataset["shown"] = String(displayed.isShown);
    root.dataset["state"] = displayed.state;
    setText(root, bannerWords(displayed, hasConnected));
  });
  return root;
}
