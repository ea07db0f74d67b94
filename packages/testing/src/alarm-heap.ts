/**
 * Alarms in the order in which they are due: a binary heap from which any can be taken out. A
 * world of many clients keeps hundreds of them, and most are moved before they ring.
 */
import type { Millis } from "@holdfast/client";

/** One alarm. Its place in the heap is the heap's business. */
export interface HeapAlarm {
  readonly deadline: Millis;
  /** Of its making: it decides between equal deadlines. */
  readonly order: number;
  readonly wake: () => void;
  /** -1 when it is not in the heap. */
  slot: number;
}

export class AlarmHeap {
  readonly #alarms: HeapAlarm[] = [];
  #order = 0;

  get size(): number {
    return this.#alarms.length;
  }

  /** The one that is due first. */
  get first(): HeapAlarm | undefined {
    return this.#alarms[0];
  }

  add(deadline: Millis, wake: () => void): HeapAlarm {
    const alarm: HeapAlarm = { deadline, order: this.#order++, wake, slot: -1 };
    this.#rise(alarm, this.#alarms.length);
    return alarm;
  }

  /** Taking out what is not there does nothing. */
  remove(alarm: HeapAlarm): void {
    const { slot } = alarm;
    if (slot < 0) return;
    alarm.slot = -1;
    const last = this.#alarms.pop();
    if (!last || last === alarm) return;
    this.#rise(last, slot);
    if (last.slot === slot) this.#sink(last, slot);
  }

  /** Puts the alarm at `slot`, or nearer to the front if it is due before those. */
  #rise(alarm: HeapAlarm, slot: number): void {
    let at = slot;
    while (at > 0) {
      const parent = this.#alarms[(at - 1) >> 1];
      if (!parent || !isBefore(alarm, parent)) break;
      at = this.#put(parent, at, (at - 1) >> 1);
    }
    this.#put(alarm, at, at);
  }

  #sink(alarm: HeapAlarm, slot: number): void {
    let at = slot;
    for (;;) {
      const left = this.#alarms[2 * at + 1];
      const right = this.#alarms[2 * at + 2];
      const child = left && right && isBefore(right, left) ? right : left;
      if (!child || !isBefore(child, alarm)) break;
      at = this.#put(child, at, child.slot);
    }
    this.#put(alarm, at, at);
  }

  /** Returns `freed`, the place that is free then. */
  #put(alarm: HeapAlarm, slot: number, freed: number): number {
    this.#alarms[slot] = alarm;
    alarm.slot = slot;
    return freed;
  }
}

function isBefore(one: HeapAlarm, other: HeapAlarm): boolean {
  return one.deadline === other.deadline ? one.order < other.order : one.deadline < other.deadline;
}
