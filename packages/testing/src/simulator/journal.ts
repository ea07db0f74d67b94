/**
 * What happened in a run: counted, hashed so that two runs can be compared, and kept in words for
 * the timeline of a run that fails. Also where the first broken property is written down.
 */
import type { Clock, Millis } from "@holdfast/client";

/** One thing that happened. */
export interface JournalLine {
  /** From the beginning of the run. */
  readonly at: Millis;
  readonly who: string;
  readonly what: string;
}

/** A property that did not hold. */
export interface Violation {
  /** Which one: the words of the checker. The same words are the same finding. */
  readonly property: string;
  /** What was seen instead. */
  readonly detail: string;
  readonly at: Millis;
}

/** The timeline holds so many lines; older ones are forgotten. */
const LINES_MAX = 20_000;

export class Journal {
  /** How much has happened. */
  events = 0;
  /** How often, by the reason of a connection's change or the name of a fault. */
  readonly reasons: Map<string, number> = new Map();
  readonly faults: Map<string, number> = new Map();
  readonly #clock: Clock;
  readonly #startedAt: Millis;
  #lines: JournalLine[] = [];
  #hash = 0x811c9dc5;
  #violation: Violation | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  /** How far the run is. */
  get elapsedMs(): Millis {
    return this.#clock.now() - this.#startedAt;
  }

  get lines(): readonly JournalLine[] {
    return this.#lines;
  }

  /** The first property that did not hold. What breaks later may only follow from it. */
  get violation(): Violation | undefined {
    return this.#violation;
  }

  /** Of everything that was noted and when, in hexadecimal. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }

  note(who: string, what: string): void {
    this.happened(who, what);
    this.#lines.push({ at: this.elapsedMs, who, what });
    if (this.#lines.length > 2 * LINES_MAX) this.#lines = this.#lines.slice(LINES_MAX);
  }

  /** Counted and hashed, but not for people: there is too much of it. */
  happened(who: string, what: string): void {
    this.events++;
    this.#mix(`${this.elapsedMs}|${who}|${what}`);
  }

  broke(property: string, detail: string): void {
    this.note("checker", `BROKEN: ${property}: ${detail}`);
    this.#violation ??= { property, detail, at: this.elapsedMs };
  }

  count(counts: Map<string, number>, name: string): void {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  #mix(text: string): void {
    let hash = this.#hash;
    for (let at = 0; at < text.length; at++) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    }
    this.#hash = hash;
  }
}
