/**
 * What the page remembers over reloads: who its people are, for as long as the browser keeps it and
 * over all tabs; how many there are and what is done to them, for its own tab.
 */
import { TOGGLE_NAMES, type ToggleName } from "./fault-words.ts";

/** What we use of `localStorage` and `sessionStorage`. */
export type PageStorage = Pick<Storage, "getItem" | "setItem">;

const PREFIX = "holdfast-chat-";

export class PageMemory {
  /** Names this browser: all its tabs are one device, and share what is stored. */
  readonly device: string;
  /** Names this tab, so that faults hit nobody else's connections. */
  readonly tab: string;
  readonly #ofTab: () => PageStorage;

  /** Merely to look at a storage may throw: then nothing is remembered. */
  constructor(ofBrowser: () => PageStorage, ofTab: () => PageStorage, newName: () => string) {
    this.#ofTab = ofTab;
    this.device = named(ofBrowser, "device", newName);
    this.tab = named(ofTab, "tab", newName);
  }

  /** How many people there are; undefined before that was decided. */
  get people(): number | undefined {
    const count = Number(read(this.#ofTab, "people"));
    return Number.isSafeInteger(count) && count > 0 ? count : undefined;
  }

  set people(count: number) {
    write(this.#ofTab, "people", String(count));
  }

  /** What is switched on for a person. */
  toggles(name: string): ReadonlySet<ToggleName> {
    const words = (read(this.#ofTab, `toggles-${name}`) ?? "").split(" ");
    return new Set(TOGGLE_NAMES.filter((toggle) => words.includes(toggle)));
  }

  rememberToggles(name: string, toggles: ReadonlySet<ToggleName>): void {
    write(this.#ofTab, `toggles-${name}`, [...toggles].join(" "));
  }
}

function named(storage: () => PageStorage, key: string, newName: () => string): string {
  const known = read(storage, key);
  if (known !== null && /^[0-9a-f]{8}$/.test(known)) return known;
  const name = newName();
  write(storage, key, name);
  return name;
}

function read(storage: () => PageStorage, key: string): string | null {
  try {
    return storage().getItem(PREFIX + key);
  } catch {
    // Forbidden: as on a first visit.
    return null;
  }
}

function write(storage: () => PageStorage, key: string, value: string): void {
  try {
    storage().setItem(PREFIX + key, value);
  } catch {
    // Forbidden or full: it lasts as long as the page.
  }
}
