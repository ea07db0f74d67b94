/**
 * One timer for any number of sessions. Each holds one `Alarm`, set to its earliest deadline; a
 * binary heap finds the earliest of all. A deadline that moves back, as silence does with every
 * frame, costs nothing until the old one passes.
 */
import type { Cancel, Clock, Millis } from "./clock.ts";

/** One owner's place in the heap. Made by {@link Alarms.alarm}. */
export interface Alarm {
  /** Moves it; undefined takes it out. */
  set(deadline: Millis | undefined): void;
}

/** Who is woken: an object, because a function for each of many sessions is memory. */
export interface Sleeper {
  wake(): void;
}

class Entry implements Alarm {
  readonly sleeper: Sleeper;
  /** Where the heap has it: never later than `wanted`. */
  deadline: Millis = Infinity;
  wanted: Millis = Infinity;
  /** Its index in the heap, -1 when it is not there. */
  slot = -1;
  readonly #move: (entry: Entry, deadline: Millis | undefined) => void;

  constructor(sleeper: Sleeper, move: (entry: Entry, deadline: Millis | undefined) => void) {
    this.sleeper = sleeper;
    this.#move = move;
  }

  set(deadline: Millis | undefined): void {
    this.#move(this, deadline);
  }
}

/** The alarms of one server. `size` is 0, and the clock untouched, when nobody waits. */
export class Alarms {
  readonly #clock: Clock;
  readonly #heap: Entry[] = [];
  #armed: { readonly for: Millis; readonly cancel: Cancel } | undefined;
  #firing = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many deadlines wait. */
  get size(): number {
    return this.#heap.length;
  }

  /** A new alarm, not yet set. `wake` may set it again. */
  alarm(wake: () => void): Alarm {
    return this.alarmOf({ wake });
  }

  /** The same for who wakes by a method of its own. */
  alarmOf(sleeper: Sleeper): Alarm {
    return new Entry(sleeper, this.#set);
  }

  /** One for all entries. */
  readonly #set = (entry: Entry, deadline: Millis | undefined): void => {
    entry.wanted = deadline ?? Infinity;
    if (deadline === undefined) {
      if (entry.slot >= 0) this.#remove(entry);
    } else if (entry.slot < 0) {
      this.#insert(entry, deadline);
    } else if (deadline < entry.deadline) {
      entry.deadline = deadline;
      this.#rise(entry);
    } else {
      return;
    }
    this.#rearm();
  };

  #rearm(): void {
    if (this.#firing) return;
    const first = this.#heap[0];
    if (first && this.#armed && this.#armed.for <= first.deadline) return;
    this.#armed?.cancel();
    this.#armed = first && {
      for: first.deadline,
      cancel: this.#clock.at(first.deadline, this.#onDeadline),
    };
  }

  // A process that stood still wakes with every silence deadline overdue and the frames that
  // disprove them unread. One turn of the event loop lets those frames speak first.
  readonly #onDeadline = (): void => {
    this.#armed = { for: -Infinity, cancel: this.#clock.turn(this.#fire) };
  };

  readonly #fire = (): void => {
    this.#armed = undefined;
    this.#firing = true;
    const now = this.#clock.now();
    try {
      for (let first = this.#heap[0]; first && first.deadline <= now; first = this.#heap[0]) {
        this.#remove(first);
        if (first.wanted > now) this.#insert(first, first.wanted);
        else first.sleeper.wake();
      }
    } finally {
      this.#firing = false;
      this.#rearm();
    }
  };

  #insert(entry: Entry, deadline: Millis): void {
    entry.deadline = deadline;
    entry.slot = this.#heap.push(entry) - 1;
    this.#rise(entry);
  }

  #remove(entry: Entry): void {
    const last = this.#heap.pop();
    const slot = entry.slot;
    entry.slot = -1;
    if (!last || last === entry) return;
    this.#heap[slot] = last;
    last.slot = slot;
    this.#rise(last);
    this.#sink(last);
  }

  #rise(entry: Entry): void {
    while (entry.slot > 0) {
      const parent = this.#heap[(entry.slot - 1) >> 1];
      if (!parent || parent.deadline <= entry.deadline) return;
      this.#swap(parent, entry);
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.slot + 1];
      const right = this.#heap[2 * entry.slot + 2];
      const child = right && left && right.deadline < left.deadline ? right : left;
      if (!child || child.deadline >= entry.deadline) return;
      this.#swap(entry, child);
    }
  }

  /** `lower` takes the place of its parent `upper`. */
  #swap(upper: Entry, lower: Entry): void {
    const slot = upper.slot;
    upper.slot = lower.slot;
    lower.slot = slot;
    this.#heap[upper.slot] = upper;
    this.#heap[lower.slot] = lower;
  }
}
