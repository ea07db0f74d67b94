/** Tells all about one connection: where it is, why, what it waits for, and how its heart beats. */
import type { ConnectionSnapshot } from "@holdfast/client";

import { element, setText } from "./element.ts";
import type { Person } from "./person.ts";
import type { TimelineEntry } from "./timeline.ts";
import {
  agoWords,
  blockerWords,
  countdownWords,
  durationWords,
  readWords,
  reasonWords,
  stateWords,
  troubleWords,
} from "./words.ts";

const NOTHING = "–";

export class ConnectionCard {
  readonly root: HTMLElement;
  readonly #person: Person;
  readonly #title = element("h3", { class: "state-title" });
  readonly #text = element("p", { class: "state-text" });
  readonly #why = element("p", { class: "why" });
  readonly #blocked = element("p", { class: "blocked" });
  readonly #failure = element("p", { class: "failure" });
  readonly #trouble = element("p", { class: "trouble" });
  readonly #nextTry = element("dd");
  readonly #attempt = element("dd");
  readonly #roundTrip = element("dd");
  readonly #session = element("dd");
  readonly #unsent = element("dd");
  readonly #read = element("dd");
  readonly #pulse = element("p", { class: "pulse" });
  readonly #timeline = element("ol", { class: "timeline" });

  constructor(person: Person) {
    this.#person = person;
    const facts = element(
      "dl",
      { class: "facts" },
      fact("Next try", this.#nextTry),
      fact("Failed tries", this.#attempt),
      fact("Round trip", this.#roundTrip),
      fact("Session", this.#session),
      fact("Not yet sent", this.#unsent),
      fact("Read up to", this.#read),
    );
    const now = element(
      "div",
      { class: "now" },
      element("div", { class: "headline" }, this.#title, this.#text),
      element("div", { class: "causes" }, this.#why, this.#blocked, this.#failure, this.#trouble),
      facts,
      this.#pulse,
    );
    const past = element(
      "div",
      { class: "past" },
      element("h3", { class: "label" }, "Lately"),
      this.#timeline,
    );
    const label = `${person.name}'s connection`;
    this.root = element("section", { class: "card", "aria-label": label }, now, past);
    const { client, room } = person;
    client.connection.subscribe((snapshot) => this.#draw(snapshot));
    client.state.subscribe(() => this.#drawState(client.connection.current));
    client.pending.subscribe(({ length }) => setText(this.#unsent, String(length)));
    client.trouble.subscribe(() => this.#drawRoom());
    room.subscribe(() => this.#drawRoom());
    person.timeline.subscribe((entries) => this.#drawTimeline(entries));
  }

  /** Moves what moves by itself. */
  tick(now: number): void {
    const { retryAt, reason, lastFailure } = this.#person.client.connection.current;
    setText(this.#nextTry, retryAt === undefined ? NOTHING : countdownWords(retryAt - now));
    // Where the failure is the very reason, it has been told.
    const failure = lastFailure?.reason === reason ? undefined : lastFailure;
    setText(
      this.#failure,
      failure ? `Before that, ${agoWords(now - failure.at)}: ${reasonWords(failure.reason)}` : "",
    );
    this.#drawPulse(now);
  }

  #drawState(snapshot: ConnectionSnapshot): void {
    const isUpdating = this.#person.client.state.current === "updating";
    const { title, text } = stateWords({ ...snapshot, isUpdating });
    setText(this.#title, title);
    setText(this.#text, text);
  }

  #drawRoom(): void {
    const { client, room } = this.#person;
    setText(this.#read, readWords(room.current));
    setText(this.#trouble, troubleWords(client.trouble.current.storeFailure, room.current));
  }

  #draw(snapshot: ConnectionSnapshot): void {
    this.#drawState(snapshot);
    setText(this.#why, `Because: ${reasonWords(snapshot.reason)}`);
    setText(this.#blocked, blockerWords(snapshot.blockedBy));
    setText(this.#attempt, String(snapshot.attempt));
    setText(
      this.#roundTrip,
      snapshot.roundTripMs === undefined ? NOTHING : durationWords(snapshot.roundTripMs),
    );
    setText(this.#session, snapshot.sessionId === 0 ? NOTHING : `#${snapshot.sessionId}`);
    this.tick(Date.now());
  }

  #drawPulse(now: number): void {
    const pulse = this.#person.pulse.current;
    this.#pulse.dataset["phase"] = pulse.phase;
    switch (pulse.phase) {
      case "none":
        return setText(this.#pulse, "No heartbeat: there is no open session.");
      case "quiet":
        return setText(
          this.#pulse,
          `Heartbeat: next ping ${countdownWords(pulse.nextPingAt - now)}.`,
        );
      case "asking": {
        const left = countdownWords(pulse.givesUpAt - now);
        return setText(this.#pulse, `Ping unanswered, given up ${left}.`);
      }
    }
  }

  #drawTimeline(entries: readonly TimelineEntry[]): void {
    this.#timeline.replaceChildren(
      ...entries.map(({ at, title, text, mood }) =>
        element(
          "li",
          { "data-mood": mood },
          element("span", { class: "at" }, clockWords(at)),
          element("span", { class: "what" }, element("b", {}, title), ` ${text}`),
        ),
      ),
    );
  }
}

function fact(name: string, value: HTMLElement): HTMLElement {
  return element("div", {}, element("dt", {}, name), value);
}

/** "12:03:07.4", so that quick moves can be told apart. */
function clockWords(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const tenth = Math.floor(date.getMilliseconds() / 100);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${tenth}`;
}
